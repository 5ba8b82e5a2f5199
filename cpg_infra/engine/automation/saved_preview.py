"""A preview in a file, so that what was reviewed is what is run, and nothing else.

The file holds hashes, URNs and keys, never a value. The engine's own update plans are not used: they refuse a step
when its turn comes, after others were made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.outcome import Outcome, Step, name_of
from cpg_infra.engine.automation.previews import Looked
from cpg_infra.engine.automation.run import Run

FORMAT: Final = 1
_SHOWN: Final = 5
_DEFAULTS: Final = '__defaults'
"""Where the providers built on Terraform's list the inputs that they filled in."""
_MADE_UP: Final = re.compile(r'[-_]?[0-9a-f]{7}\Z')
"""How the names end that they make up: https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming."""

Said: TypeAlias = tuple[str, str, str]
"""What a step does, to what, and the digest of with what inputs."""


@dataclass(frozen=True)
class SavedPreview:
    """The hash of the plan; by stack the hash of its state, and its steps."""

    plan: str
    states: Mapping[str, str]
    steps: Mapping[str, tuple[Said, ...]]
    plan_now: str = ''

    @classmethod
    def of(cls, plan: str, run: Run, looked: Looked) -> SavedPreview:
        """What was previewed."""
        stacks = {shard.name: run.place(shard.name).stack for shard in run.shards}
        return cls(
            plan,
            {stack: looked.states[name].hash for name, stack in stacks.items()},
            {stack: _steps(looked.previews.get(name)) for name, stack in stacks.items()},
            plan,
        )

    @classmethod
    def from_bytes(cls, content: bytes, plan_now: str) -> SavedPreview:
        """Read a file that `to_bytes` wrote; `plan_now` is the hash of today's plan. Raises `EngineError`."""
        try:
            found: dict[str, Any] = orjson.loads(content)
            if found['format'] != FORMAT:
                raise EngineError('the saved preview is of another version of cpg-infra: preview again', 'refused')
            steps = {
                stack: tuple((str(op), str(urn), str(digest)) for op, urn, digest in each)
                for stack, each in found['steps'].items()
            }
            return cls(str(found['plan']), dict(found['states']), steps, plan_now)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise EngineError(
                'this file is no saved preview: write one with `preview --save FILE`', 'refused'
            ) from None

    def to_bytes(self) -> bytes:
        """The file's content."""
        told = {'format': FORMAT, 'plan': self.plan, 'states': self.states, 'steps': self.steps}
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b'\n'

    def differences(self, run: Run, looked: Looked) -> tuple[str, ...]:
        """How what would be done now differs from what was previewed, one line each."""
        if self.plan != self.plan_now:
            hashes = f'{self.plan[:12]} then, {self.plan_now[:12]} now'
            why = 'the configuration, the date or the program changed; preview again'
            return (f'the plan is not the one that was previewed ({hashes}): {why}',)
        now = SavedPreview.of(self.plan, run, looked)
        found = [
            f'{stack}: it is among {"the previewed" if stack in self.states else "today’s"} stacks only'
            for stack in sorted(self.states.keys() ^ now.states.keys())
        ]
        for stack in sorted(self.states.keys() & now.states.keys()):
            if self.states[stack] != now.states[stack]:
                found.append(f'{stack}: its state was changed since the preview; preview again')
            elif self.steps.get(stack, ()) != now.steps[stack]:
                found.append(f'{stack}: the steps differ: {_shown(self.steps.get(stack, ()), now.steps[stack])}')
        return tuple(found)


def _steps(outcome: Outcome | None) -> tuple[Said, ...]:
    changing = outcome.changing if outcome else ()
    made_up = dict(pair for step in changing for pair in _made_up_names(step))
    return tuple(sorted((step.op, step.urn, _digest(step, made_up)) for step in changing))


def _made_up_names(step: Step) -> Iterator[tuple[bytes, bytes]]:
    """Names that a provider made up for what has none, each with what stands for it: the next preview has others."""
    new = step.new or {}
    for key in new.get(_DEFAULTS, ()):
        name = new.get(key)
        if isinstance(name, str) and _MADE_UP.search(name):
            yield name.encode(), f'«{step.name}.{key}»'.encode()


def _digest(step: Step, made_up: Mapping[bytes, bytes]) -> str:
    told = orjson.dumps([step.changed, step.new], option=orjson.OPT_SORT_KEYS)
    for name, instead in made_up.items():
        told = told.replace(name, instead)
    return hashlib.sha256(told).hexdigest()[:16]


def _shown(then: Iterable[Said], now: Iterable[Said]) -> str:
    before, after = set(then), set(now)
    names = [
        *(f'{op} {name_of(urn)} (not any more)' for op, urn, _ in sorted(before - after)),
        *(f'{op} {name_of(urn)} (new)' for op, urn, _ in sorted(after - before)),
    ]
    return ', '.join(names[:_SHOWN]) + (', …' if len(names) > _SHOWN else '')

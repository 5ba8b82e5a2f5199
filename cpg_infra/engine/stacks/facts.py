"""Facts: the few values that a stack needs of others and that no plan can know.

Each stack exports what others read as one small JSON object, the stack output `facts`. There is never a reference
into another stack's state, which would bring all of it along. A fact is never secret (`SecretFactError`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from cpg_infra.plan import Json, Ref, Value

Facts: TypeAlias = Mapping[str, Mapping[str, Json]]
"""Values by logical name of the resource, then by output."""

FACTS_OUTPUT: Final = 'facts'
"""The stack output that holds what a stack gives."""


class MissingFactsError(Exception):
    """Stacks that must run first have not told what this one reads. `missing` are the references."""

    def __init__(self, missing: Iterable[Ref], givers: Mapping[str, str]) -> None:
        self.missing = tuple(missing)
        self.run_first = tuple(sorted({givers[ref.resource] for ref in self.missing if ref.resource in givers}))
        some = ', '.join(map(str, self.missing[:3])) + (', …' if len(self.missing) > len(self.missing[:3]) else '')
        stacks = f'run {" and ".join(self.run_first)} first' if self.run_first else 'run the stack that has them first'
        super().__init__(f'not known yet: {some}; {stacks}')


def missing_facts(reads: Iterable[Ref], facts: Facts) -> tuple[Ref, ...]:
    """Which references no fact answers. None is no answer: a provider did not say it."""
    return tuple(ref for ref in reads if facts.get(ref.resource, {}).get(ref.output) is None)


def chosen_facts(reads: Iterable[Ref], facts: Facts) -> dict[str, dict[str, Json]]:
    """The facts that are read, those that are missing left out; sorted."""
    chosen: dict[str, dict[str, Json]] = {}
    for ref in sorted(reads, key=lambda ref: (ref.resource, ref.output)):
        value = facts.get(ref.resource, {}).get(ref.output)
        if value is not None:
            chosen.setdefault(ref.resource, {})[ref.output] = value
    return chosen


def facts_output(gives: Iterable[Ref]) -> dict[str, Value]:
    """The stack output `facts`, as a value of the plan."""
    given: dict[str, dict[str, Value]] = {}
    for ref in gives:
        given.setdefault(ref.resource, {})[ref.output] = ref
    return dict(given)


def joined(facts: Iterable[Facts]) -> Facts:
    """What several stacks gave, as one."""
    return {name: outputs for each in facts for name, outputs in each.items()}

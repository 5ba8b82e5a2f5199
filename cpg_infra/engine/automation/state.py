"""The exported state of a stack. Secrets in it are encrypted: it is never asked for in clear."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson

Kept: TypeAlias = Mapping[str, Any]
"""A resource as the state has it."""

MISSING: Final = 'no stack'
"""Stands for the hash of a stack that does not exist."""

_VERSION: Final = 3
_OWN: Final = 'pulumi:'


@dataclass(frozen=True)
class State:
    """What an export says. `export` is empty when there is no such stack."""

    export: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> State:
        """Read what the CLI printed."""
        return cls(orjson.loads(text))

    @property
    def exists(self) -> bool:
        """Whether there is such a stack."""
        return bool(self.export)

    @cached_property
    def _deployment(self) -> Mapping[str, Any]:
        return self.export.get('deployment') or {}

    @property
    def resources(self) -> tuple[Kept, ...]:
        """Everything, providers and the stack itself too."""
        return tuple(self._deployment.get('resources') or ())

    @property
    def things(self) -> Iterator[Kept]:
        """What stands for something in a cloud."""
        return (each for each in self.resources if not each['type'].startswith(_OWN))

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs."""
        for each in self.resources:
            if each['type'] == 'pulumi:pulumi:Stack':
                found: Mapping[str, Any] = each.get('outputs') or {}
                return found
        return {}

    @property
    def pending(self) -> tuple[Kept, ...]:
        """What an interrupted run was doing: `type` is `creating`, `updating` or `deleting`, `resource` what."""
        return tuple(self._deployment.get('pending_operations') or ())

    @property
    def protected(self) -> frozenset[str]:
        """URNs of what is protected."""
        return frozenset(each['urn'] for each in self.things if each.get('protect'))

    @property
    def is_settled(self) -> bool:
        """Whether nothing was interrupted, half made, or left to be deleted."""
        return not self.pending and not any(each.get('delete') or each.get('initErrors') for each in self.resources)

    @cached_property
    def secrets_settings(self) -> dict[str, object]:
        """How the secrets are encrypted, as a stack's settings say it."""
        provider = self._deployment.get('secrets_providers') or {}
        state = provider.get('state') or {}
        if provider.get('type') == 'passphrase':
            return {'encryptionsalt': state['salt']}
        if provider.get('type') == 'cloud':
            return {'secretsprovider': state['url'], 'encryptedkey': state['encryptedkey']}
        return {}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the resources and of what was interrupted."""
        if not self.exists:
            return MISSING
        told = orjson.dumps([self.resources, self.pending], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(told).hexdigest()

    @property
    def without_resources(self) -> State:
        """The same stack with nothing in it."""
        return State({**self.export, 'deployment': {**self._deployment, 'resources': []}})

    def write_copy(self, backend: Path, project: str, stack: str) -> None:
        """Write a file backend that holds this stack alone, for previews.

        Nothing in it is protected, so that a preview shows every step instead of stopping at the first protected
        resource, and nothing is pending. A stack that does not exist is an empty one there.
        """
        copied = {key: value for key, value in self._deployment.items() if key != 'pending_operations'}
        copied['resources'] = [{k: v for k, v in each.items() if k != 'protect'} for each in self.resources]
        copied.setdefault('manifest', {'time': '2000-01-01T00:00:00Z', 'magic': '', 'version': ''})
        stacks = backend / '.pulumi' / 'stacks' / project
        stacks.mkdir(parents=True)
        (backend / '.pulumi' / 'meta.yaml').write_text('version: 1\n', encoding='utf-8')
        file = stacks / f'{stack}.json'
        checkpoint = {'stack': f'organization/{project}/{stack}', 'latest': copied}
        with file.open('w', encoding='utf-8') as stream:
            json.dump({'version': self.export.get('version', _VERSION), 'checkpoint': checkpoint}, stream)
        file.chmod(0o600)


def read_state(backend: Path, project: str, stack: str) -> State | None:
    """The state of a stack in a file backend, without a process of the CLI; None when only the CLI can say.

    A hundred stacks are read in the time that the CLI needs to start once.
    """
    stacks = backend / '.pulumi' / 'stacks' / project
    file = stacks / f'{stack}.json'
    if backend.is_dir() and not (backend / '.pulumi').exists():
        return State()
    if not _is_of_our_layout(backend) or any(stacks.glob(f'{stack}.json.[gz]*')):
        return None
    try:
        found = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        return State()
    except (OSError, orjson.JSONDecodeError):
        return None
    if not isinstance(found, dict) or found.get('version') != _VERSION:
        return None
    checkpoint = found.get('checkpoint') or {}
    return State({'version': _VERSION, 'deployment': checkpoint.get('latest') or {}})


def _is_of_our_layout(backend: Path) -> bool:
    try:
        return (backend / '.pulumi' / 'meta.yaml').read_text(encoding='utf-8').split() == ['version:', '1']
    except OSError:
        return False

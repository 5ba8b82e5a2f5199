"""What changes between a thing as the state has it and new inputs, path by path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tests.simulated_cloud.wire import UNKNOWN


class Change(StrEnum):
    """How one value changes."""

    ADD = 'ADD'
    UPDATE = 'UPDATE'
    DELETE = 'DELETE'


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changes, at a path such as `lifecycleRules[0].condition.age`."""

    path: str
    change: Change

    @property
    def key(self) -> str:
        """The top-level key."""
        return self.path.partition('.')[0].partition('[')[0]


_NOTHING: Final = (None, '', False, 0)


def is_nothing(value: Any) -> bool:
    """Whether a value is as good as absent: providers built on Terraform do not tell them apart."""
    return value in ([], {}) or any(value is nothing or value == nothing for nothing in _NOTHING)


def differences(
    outputs: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
    new_inputs: Mapping[str, Any],
    unordered: Collection[str] = (),
    *,
    exact: bool = False,
) -> Iterator[Difference]:
    """What an update would change.

    A value that is asked for is compared with what is there; one that was asked for and no longer is, goes away.
    The order in a list under a key in `unordered` says nothing. `exact`: false and absent are two things.
    """
    for key in sorted(old_inputs.keys() | new_inputs.keys()):
        if key.startswith('__'):
            continue
        old = outputs[key] if key in outputs else old_inputs.get(key)
        new = new_inputs.get(key)
        if (old is None and new is None) if exact else (is_nothing(old) and is_nothing(new)):
            continue
        if key in unordered and isinstance(old, list) and isinstance(new, list):
            yield from _of_sets(key, old, new)
        else:
            yield from _of_values(key, old, new)


def _of_sets(path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    # A position stands for the item in the list that has it: in the old one when it goes, in the new one when it comes.
    for position, item in enumerate(old):
        if item not in new:
            yield Difference(f'{path}[{position}]', Change.DELETE)
    for position, item in enumerate(new):
        if item not in old:
            yield Difference(f'{path}[{position}]', Change.ADD)


def _of_values(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if new == UNKNOWN or type(old) is not type(new) or not isinstance(new, dict | list):
        if old != new:
            yield Difference(path, Change.ADD if old is None else Change.DELETE if new is None else Change.UPDATE)
    elif isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _of_values(f'{path}.{key}', old.get(key), new.get(key))
    else:
        for position in range(max(len(old), len(new))):
            before, after = (side[position] if position < len(side) else None for side in (old, new))
            yield from _of_values(f'{path}[{position}]', before, after)

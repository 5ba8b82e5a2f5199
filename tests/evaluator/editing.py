"""Changes to lowered resources, one at a time: what a mutation is made of."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.evaluator.words import Plain

Lowered: TypeAlias = list[dict[str, Plain]]
"""The resources of a plan in its JSON form."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One resource of a plan, by its logical name, becomes `after`: another one, none, or itself and more."""

    resource: str
    after: tuple[dict[str, Plain], ...]

    def apply(self, lowered: Lowered) -> Lowered:
        """The resources with this one changed."""
        changed: Lowered = []
        for resource in lowered:
            changed += self.after if resource['name'] == self.resource else (resource,)
        return changed


@dataclass(frozen=True, slots=True)
class Mutation:
    """A kind of damage, and every place of a plan at which it can be done."""

    name: str
    places: Callable[[Lowered], Iterator[Edit]]


def of(lowered: Lowered, *begin: str) -> Iterator[dict[str, Plain]]:
    """The resources whose type begins in one of these ways."""
    return (resource for resource in lowered if resource['type'].startswith(begin))


def changed(resource: Mapping[str, Plain], change: Callable[[dict[str, Plain]], None]) -> Edit:
    """A resource with its inputs changed in place by `change`."""
    copied: dict[str, Plain] = copy.deepcopy(dict(resource))
    change(copied['inputs'])
    return Edit(resource['name'], (copied,))


def with_inputs(resource: Mapping[str, Plain], **inputs: Plain) -> Edit:
    """A resource with some inputs replaced; None takes one away."""
    all_ = {
        key: value for key, value in {**resource['inputs'], **inputs}.items() if value is not None or key not in inputs
    }
    return Edit(resource['name'], ({**resource, 'inputs': all_},))


def without(resource: Mapping[str, Plain]) -> Edit:
    """No such resource."""
    return Edit(resource['name'], ())


def beside(resource: Mapping[str, Plain], type_: str, inputs: Mapping[str, Plain]) -> Edit:
    """The same resource, and another next to it."""
    return Edit(
        resource['name'], (dict(resource), {'name': f'{resource["name"]}-more', 'type': type_, 'inputs': inputs})
    )


def other(values: Iterable[Plain], than: Plain) -> Plain | None:
    """The value after `than` in a list, round and round; None when there is no other."""
    listed = [value for value in values if value != than]
    return listed[len(str(than)) % len(listed)] if listed else None

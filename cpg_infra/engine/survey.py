"""What an emission must know of a whole plan before it registers the first resource.

One walk over all inputs finds what is deferred, so that the loop of the emission never looks into a plain input,
and which outputs of a resource are read, because a generic resource only offers outputs that are among its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from cpg_infra.plan import Archive, Computed, DanglingReferenceError, Lookup, Ref, Resource, Value
from cpg_infra.plan.values import refs_of

Leaf: TypeAlias = Ref | Lookup
"""What only a deployment knows; everything else is computed from these."""

BUILT_IN_OUTPUTS: Final = frozenset({'id', 'urn'})
"""Outputs that every resource offers without being asked to."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found, by logical name. Resources that need nothing special are in none of the tables.

    `deferred` holds the top-level inputs with something deferred inside; `refers_to` the resources that these
    refer to; `waits_for` those that must come first although no input says so; `read_outputs` the outputs that
    others read, those built in left out; `from_elsewhere` the references to resources of other stacks.
    """

    deferred: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refers_to: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waits_for: dict[str, tuple[str, ...]] = field(default_factory=dict)
    read_outputs: dict[str, dict[str, None]] = field(default_factory=dict)
    from_elsewhere: dict[Ref, None] = field(default_factory=dict)

    def needs(self, name: str) -> tuple[str, ...]:
        """The resources that must be registered before `name`."""
        return (*self.refers_to.get(name, ()), *self.waits_for.get(name, ()))

    def note(self, leaves: Iterable[Leaf], elsewhere: Callable[[str], bool]) -> tuple[str, ...]:
        """Remember which outputs are read; returns the resources of this stack that offer them, each once."""
        offering: dict[str, None] = {}
        for leaf in leaves:
            # The arguments of a look-up may refer to resources too.
            for ref in (leaf,) if isinstance(leaf, Ref) else refs_of(leaf):
                if elsewhere(ref.resource):
                    self.from_elsewhere[ref] = None
                    continue
                offering[ref.resource] = None
                if ref.output not in BUILT_IN_OUTPUTS:
                    self.read_outputs.setdefault(ref.resource, {})[ref.output] = None
        return tuple(offering)


def survey(
    resources: Mapping[str, Resource], outputs: Mapping[str, Value], absent: Collection[str], *, is_part: bool = False
) -> Survey:
    """Walk over the inputs of `resources` and the stack's `outputs`.

    Coming after a resource that is `absent` (planned, but not registered) means nothing; reading an output of one
    is impossible. Raises `DanglingReferenceError` for that, and for resources that are in no plan; of a plan that
    `is_part` of a larger one, outputs of resources of the other parts may be read.
    """
    found = Survey()

    def elsewhere(name: str) -> bool:
        return is_part and name not in resources and name not in absent

    for name, resource in resources.items():
        leaves: list[Leaf] = []
        if deferred := tuple(key for key, value in resource.inputs.items() if collect_leaves(value, leaves)):
            found.deferred[name] = deferred
            found.refers_to[name] = found.note(leaves, elsewhere)
            _refuse_unknown(name, found.refers_to[name], resources)
        if resource.depends_on:
            needed = dict.fromkeys(other for other in resource.depends_on if other not in absent)
            # What an input refers to is waited for anyway, and every entry here costs the SDK a task.
            found.waits_for[name] = tuple(other for other in needed if other not in found.refers_to.get(name, ()))
            _refuse_unknown(name, needed, resources)
    for name, value in outputs.items():
        _refuse_unknown(f'stack output {name}', found.note(leaves_of(value), elsewhere), resources)
    return found


def leaves_of(value: Value) -> list[Leaf]:
    """The references and look-ups inside a value, each once, in order of appearance."""
    leaves: list[Leaf] = []
    collect_leaves(value, leaves)
    return list(dict.fromkeys(leaves))


def collect_leaves(value: Value, leaves: list[Leaf]) -> bool:
    """Append the references and look-ups inside `value`; tell whether anything in it is deferred."""
    # Most values are texts: they must cost one comparison.
    if value is None or isinstance(value, str | bool | int | float):
        return False
    if isinstance(value, Ref | Lookup):
        leaves.append(value)
        return True
    if isinstance(value, Computed):
        for argument in value.arguments:
            collect_leaves(argument, leaves)
        return True
    if isinstance(value, Archive):
        # Known, but Pulumi has a kind of its own for it.
        return True
    deferred = False
    for item in value.values() if isinstance(value, Mapping) else value:
        deferred |= collect_leaves(item, leaves)
    return deferred


def _refuse_unknown(name: str, needed: Iterable[str], resources: Mapping[str, Resource]) -> None:
    for other in needed:
        if other not in resources:
            raise DanglingReferenceError(f'{name} needs {other}, which is not registered')

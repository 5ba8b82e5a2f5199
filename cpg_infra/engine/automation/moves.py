"""Whoever loses one way in and gets another in the same run keeps the old one until the new one is there.

The engine writes lists side by side. A person who moves from one group to another would be in neither for a moment, and
would lose what both give. So such a run has two passes: first everybody comes, in all stacks, then whoever is to go
goes; where somebody could not be let in, they keep what they had. Lists alone need this: of resources that stand for one grant each, the engine makes the new before it deletes the
old.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from cpg_infra.engine.automation.entries import UNKNOWN, entries_of
from cpg_infra.engine.automation.outcome import Step, name_of
from cpg_infra.engine.stacks import Shard
from cpg_infra.plan import Resource

Staying: TypeAlias = Mapping[str, tuple[str, ...]]
"""Members whom lists keep in the first pass, by the logical name of the resource."""

_LIST: Final = 'members'


@dataclass(frozen=True, slots=True)
class Moves:
    """Of a whole run: whom lists keep for now, by URN, and in which resources somebody is let in anew, by address."""

    kept: Mapping[str, tuple[str, ...]]
    come: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Moves:
        """Those that a preview shows."""
        seen = tuple(steps)
        come: dict[str, frozenset[str]] = {}
        for step in seen:
            for address in map(_address, _gained(step)):
                come[address] = come.get(address, frozenset()) | {step.urn}
        kept: dict[str, tuple[str, ...]] = {}
        for step in seen:
            # A list that is withdrawn as a whole removes nobody.
            if step.op == 'update' and _LIST in (step.new or {}):
                wanted = {each.casefold() for each in _members(step.new)}
                going = (each for each in _members(step.old) if each.casefold() not in wanted)
                if stay := tuple(each for each in going if _address(each) in come):
                    kept[step.urn] = stay
        return cls(kept, come)

    def staying(self, urns: Collection[str]) -> Staying:
        """Whom the lists among these keep in the first pass."""
        return {name_of(urn): who for urn, who in self.kept.items() if urn in urns}

    def awaited(self, urns: Collection[str]) -> frozenset[str]:
        """What must be done before the lists among these let go: where those whom they keep are let in anew."""
        who = {_address(each) for urn, kept in self.kept.items() if urn in urns for each in kept}
        return frozenset().union(*(self.come[each] for each in who))


def with_staying(shard: Shard, kept: Staying) -> Shard:
    """The shard as its first pass deploys it."""

    def first(resource: Resource) -> Resource:
        if resource.name not in kept:
            return resource
        members = resource.inputs[_LIST]
        listed = members if isinstance(members, list | tuple) else ()
        return dataclasses.replace(resource, inputs={**resource.inputs, _LIST: (*listed, *kept[resource.name])})

    resources = tuple(first(each) for each in shard.plan.resources)
    return dataclasses.replace(shard, plan=dataclasses.replace(shard.plan, resources=resources))


def _gained(step: Step) -> set[str]:
    before = {(each.place, each.role, each.who) for each in entries_of(step.type, step.old)}
    after = {(each.place, each.role, each.who) for each in entries_of(step.type, step.new)}
    return {who for _, _, who in after - before}


def _members(inputs: Mapping[str, Any] | None) -> tuple[str, ...]:
    members = (inputs or {}).get(_LIST)
    listed = members if isinstance(members, list | tuple) else ()
    return tuple(each for each in listed if isinstance(each, str) and each != UNKNOWN)


def _address(who: str) -> str:
    """Somebody without their kind: a policy writes `user:ana@…` where a group writes `ana@…`."""
    return who.rpartition(':')[2].casefold()

"""Whoever loses one way in and gets another in the same run keeps the old one until the new one is there.

The engine writes lists side by side. A person who moves from one group to another would be in neither for a moment, and
would lose what both give. So such a run has two passes: first everybody comes, in all stacks, then whoever is to go
goes. Lists alone need this: of resources that stand for one grant each, the engine makes the new before it deletes the
old.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from cpg_infra.engine.automation.entries import UNKNOWN, entries_of
from cpg_infra.engine.automation.outcome import Step
from cpg_infra.engine.stacks import Shard
from cpg_infra.plan import Resource

Staying: TypeAlias = Mapping[str, tuple[str, ...]]
"""Members whom a list keeps in the first pass, by the URN or the logical name of its resource."""

_LIST: Final = 'members'


def staying(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    """Whom the lists of a whole run keep in its first pass, by URN."""
    seen = tuple(steps)
    come = {_address(each) for step in seen for each in _gained(step)}
    found: dict[str, tuple[str, ...]] = {}
    for step in seen:
        if step.op == 'update':
            wanted = {each.casefold() for each in _members(step.new)}
            kept = [each for each in _members(step.old) if each.casefold() not in wanted and _address(each) in come]
            # A list that is left alone as a whole removes nobody.
            if kept and _LIST in (step.new or {}):
                found[step.urn] = tuple(kept)
    return found


def with_staying(shard: Shard, kept: Staying) -> Shard:
    """The shard as its first pass deploys it; `kept` is by logical name."""

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

"""From what was given to what follows of it: groups in groups, things in things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tests.evaluator.words import Ability, Access, Gathering, Request, Thing, every


def close(found: Gathering) -> Access:
    """Everything that follows of what was found."""
    members = {group: frozenset(inside) for group, inside in found.members.items() if inside}
    below: dict[str, frozenset[str]] = {}
    effective: defaultdict[tuple[str, Thing], set[Ability]] = defaultdict(set)
    for (who, thing), abilities in found.given.items():
        for here, can in _spread(thing, abilities, found.inside).items():
            for somebody in _everybody(who, members, below):
                effective[somebody, here] |= can
    requests: defaultdict[tuple[str, Thing], set[Request]] = defaultdict(set)
    for (who, thing), asked in found.asked.items():
        for somebody in _everybody(who, members, below):
            requests[somebody, thing] |= asked
    return Access(
        members,
        {key: frozenset(can) for key, can in found.given.items() if can},
        {key: frozenset(can) for key, can in effective.items() if can},
        {key: frozenset(asked) for key, asked in requests.items() if asked},
    )


def _everybody(who: str, members: Mapping[str, frozenset[str]], below: dict[str, frozenset[str]]) -> frozenset[str]:
    """Whoever comes down from a principal: itself, and all that is in it, however deep."""
    if who not in below:
        found = {who}
        pending = [who]
        while pending:
            new = members.get(pending.pop(), frozenset()) - found
            found |= new
            pending += new
        below[who] = frozenset(found)
    return below[who]


def _spread(
    thing: Thing,
    abilities: set[Ability],
    inside: Mapping[Thing, set[Thing]],
) -> dict[Thing, set[Ability]]:
    """Abilities on a thing, as abilities on it and on what lies in it."""
    found: defaultdict[Thing, set[Ability]] = defaultdict(set)
    within = inside.get(thing, set())
    kinds = {every(kind): kind for kind in {other.kind for other in within}}
    for ability in abilities:
        if not ability.part.startswith(every('')):
            found[thing].add(ability)
            continue
        for other in within:
            if other.kind == kinds.get(ability.part):
                found[other].add(Ability('', ability.can))
    return found

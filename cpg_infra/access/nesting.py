"""Groups in groups: who is in what, how, and until when."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Final

from cpg_infra.plan import Membership

FOREVER: Final = dt.date.max
"""The last day of what does not end: later than every other."""


class Nesting:
    """The memberships of a plan, to be walked in both directions.

    A walk visits each group once unless it finds a way that lasts longer, so groups that contain each other, which
    no plan has, would not hold it up.
    """

    def __init__(self, memberships: Iterable[Membership]) -> None:
        self._containing: dict[str, list[Membership]] = defaultdict(list)
        self._inside: dict[str, list[Membership]] = defaultdict(list)
        for membership in memberships:
            self._containing[membership.member].append(membership)
            self._inside[membership.group].append(membership)

    def above(self, principal: str) -> Mapping[str, dt.date]:
        """Every group that a principal is in, itself included, with the last day on which that holds."""
        return _walk(principal, self._containing, upwards=True)

    def below(self, group: str) -> Mapping[str, dt.date]:
        """Everybody and every group in a group, itself included, with the last day on which that holds."""
        return _walk(group, self._inside, upwards=False)

    def routes(self, principal: str, group: str) -> Iterator[tuple[Membership, ...]]:
        """Each way from a principal up to a group, short ones first.

        There can be very many (datasets depend on each other in layers), so they are made one by one.
        """
        steps_left = self._distances(group)
        order = count()
        pending: list[tuple[int, int, int, str, tuple[Membership, ...]]] = []
        if principal in steps_left:
            left = steps_left[principal]
            pending.append((left, left, next(order), principal, ()))
        while pending:
            *_, end, route = heapq.heappop(pending)
            if end == group:
                yield route
                continue
            visited = {principal, *(step.group for step in route)}
            for step in self._containing.get(end, ()):
                if step.group in steps_left and step.group not in visited:
                    left = steps_left[step.group]
                    # Of ways that will be as long as each other the one that is nearly there goes on.
                    heapq.heappush(pending, (len(route) + 1 + left, left, next(order), step.group, (*route, step)))

    def _distances(self, group: str) -> Mapping[str, int]:
        """How many steps everybody in a group is away from it at least."""
        found = {group: 0}
        pending = deque([group])
        while pending:
            here = pending.popleft()
            for step in self._inside.get(here, ()):
                if step.member not in found:
                    found[step.member] = found[here] + 1
                    pending.append(step.member)
        return found


def _walk(start: str, steps: Mapping[str, list[Membership]], *, upwards: bool) -> dict[str, dt.date]:
    found = {start: FOREVER}
    pending = [start]
    while pending:
        here = pending.pop()
        until = found[here]
        for step in steps.get(here, ()):
            there = step.group if upwards else step.member
            last = until if step.expires is None or step.expires > until else step.expires
            if there not in found or found[there] < last:
                found[there] = last
                pending.append(there)
    return found

"""Placeholder groups, and what they resolve to.

Drivers and plugins only ever touch placeholders. When everybody has had their say the book is closed: nesting
is checked for cycles, and a group's people and programs can be asked for. The sinks (`finalisation`) all read
from the one closed book.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cpg_infra.abstraction import By, CloudInfrastructure
from cpg_infra.config.names import Cloud
from cpg_infra.plan.access import Group, Principal
from cpg_infra.plan.builder import PlanError


class DuplicateMemberError(PlanError):
    """One key was used for two members of a group."""

    def __init__(self, group: str, key: str, first: str, second: str) -> None:
        super().__init__(f'group {group}: the member {key!r} is added twice, by {first} and by {second}')


class GroupCycleError(PlanError):
    """Groups contain each other."""

    def __init__(self, path: Iterable[str]) -> None:
        super().__init__(f'groups contain each other: {" → ".join(path)}')


class ClosedBookError(PlanError):
    """A member was added after the groups were closed."""


@dataclass(slots=True)
class Member:
    """One entry of a placeholder group."""

    key: str
    principal: Principal
    group: PlaceholderGroup | None
    by: By
    caller: str
    expires: dt.date | None = None
    reason: str | None = None


class PlaceholderGroup:
    """A group whose members are still being gathered.

    `identifier` is set for a group that was made by hand: we add members to it and own nothing else of it.
    """

    __slots__ = ('_book', 'by', 'cached', 'description', 'identifier', 'infrastructure', 'members', 'name', 'principal')

    def __init__(
        self,
        book: GroupBook,
        infrastructure: CloudInfrastructure,
        name: str,
        principal: Principal,
        by: By,
        *,
        cached: bool,
        description: str | None,
        identifier: str | None,
    ) -> None:
        self._book = book
        self.infrastructure = infrastructure
        self.name = name
        self.principal = principal
        self.by = by
        self.cached = cached
        self.description = description
        self.identifier = identifier
        self.members: dict[str, Member] = {}

    @property
    def cloud(self) -> Cloud:
        """The cloud the group is on."""
        return self.infrastructure.cloud

    @property
    def group(self) -> Group:
        """The group as the plan records it."""
        return Group(
            self.principal.key,
            self.name,
            self.cloud,
            self.by.owner,
            self.by.origin,
            self.cached,
            self.description,
        )

    def add(
        self,
        member: Principal | PlaceholderGroup,
        by: By,
        *,
        key: str | None = None,
        expires: dt.date | None = None,
        reason: str | None = None,
    ) -> None:
        """Put a principal or a group in this group.

        `key` identifies the member inside the group; by default it is the principal's. Raises
        `DuplicateMemberError` when the key is taken (it names both callers), `ClosedBookError` after closing.
        """
        if self._book.closed:
            raise ClosedBookError(f'group {self.name}: the groups are closed, nothing can be added')
        nested = member if isinstance(member, PlaceholderGroup) else None
        principal = nested.principal if nested else member
        assert isinstance(principal, Principal)  # noqa: S101 - a member is one or the other
        key = key or principal.key
        caller = sys._getframe(1).f_code.co_qualname  # noqa: SLF001 - the message must name the caller
        first = self.members.get(key)
        if first is not None:
            raise DuplicateMemberError(self.name, key, first.caller, caller)
        self.members[key] = Member(key, principal, nested, by, caller, expires, reason)

    def direct(self) -> Iterator[Member]:
        """The members, each principal once, in canonical order."""
        seen: set[str] = set()
        for key in sorted(self.members):
            member = self.members[key]
            if member.principal.key not in seen:
                seen.add(member.principal.key)
                yield member


class GroupBook:
    """Every placeholder group of every cloud."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Cloud, str], PlaceholderGroup] = {}
        self._resolved: dict[int, frozenset[str]] = {}
        self._principals: dict[str, Principal] = {}
        self.closed = False

    def make(
        self,
        infrastructure: CloudInfrastructure,
        name: str,
        by: By,
        *,
        cached: bool = False,
        description: str | None = None,
        identifier: str | None = None,
    ) -> PlaceholderGroup:
        """A new group. Raises `PlanError` when the cloud has one of this name.

        With an `identifier` it was made by hand, and its name is only what we call it.
        """
        key = (infrastructure.cloud, identifier or name)
        if key in self._groups:
            raise PlanError(f'the group {name} is made twice on {infrastructure.cloud}')
        principal = (
            infrastructure.existing_group_principal(identifier)
            if identifier
            else infrastructure.own_group_principal(name)
        )
        group = PlaceholderGroup(
            self,
            infrastructure,
            name,
            principal,
            by,
            cached=cached,
            description=description,
            identifier=identifier,
        )
        self._groups[key] = group
        return group

    def __iter__(self) -> Iterator[PlaceholderGroup]:
        """All groups, by cloud and name."""
        return (self._groups[key] for key in sorted(self._groups))

    def close(self) -> None:
        """No more members. Raises `GroupCycleError` when groups contain each other."""
        self.closed = True
        for group in self:
            self._resolve(group)

    def resolve(self, group: PlaceholderGroup) -> list[Principal]:
        """The people and programs in a group, nested ones included, in canonical order.

        Raises `PlanError` while the book is open: an answer could still change.
        """
        if not self.closed:
            raise PlanError(f'group {group.name}: members can be resolved only when the groups are closed')
        return [self._principals[key] for key in sorted(self._resolved[id(group)])]

    def _resolve(self, start: PlaceholderGroup) -> None:
        """Post-order walk with a stack of our own: nesting may be as deep as the datasets' dependencies."""
        if id(start) in self._resolved:
            return
        path = [start]
        on_path = {id(start)}
        pending = [_nested(start)]
        while path:
            group = path[-1]
            nested = next(pending[-1], None)
            if nested is None:
                self._resolved[id(group)] = self._union(group)
                path.pop()
                pending.pop()
                on_path.discard(id(group))
            elif id(nested) in on_path:
                names = [step.name for step in path]
                raise GroupCycleError([*names[names.index(nested.name) :], nested.name])
            elif id(nested) not in self._resolved:
                path.append(nested)
                on_path.add(id(nested))
                pending.append(_nested(nested))

    def _union(self, group: PlaceholderGroup) -> frozenset[str]:
        keys: set[str] = set()
        for member in group.members.values():
            if member.group is not None:
                keys |= self._resolved[id(member.group)]
            else:
                self._principals[member.principal.key] = member.principal
                keys.add(member.principal.key)
        return frozenset(keys)


def _nested(group: PlaceholderGroup) -> Iterator[PlaceholderGroup]:
    return (group.members[key].group for key in sorted(group.members) if group.members[key].group)  # type: ignore[misc]  # the filter drops None

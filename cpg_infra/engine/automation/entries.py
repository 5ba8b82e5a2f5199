"""Who is let in by which resource: what its inputs say of memberships and grants.

A table beats the plan here, because what is taken away is in the state only, and a stack may hold types that we do
not write any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

Inputs: TypeAlias = Mapping[str, Any]

UNKNOWN: Final = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'
"""How the engine writes a value that it does not know yet."""


class EntryKind(StrEnum):
    """What an entry is."""

    MEMBERSHIP = 'membership'
    GRANT = 'grant'


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """`who` is let in at `place` (a group, a bucket…) as `role`."""

    kind: EntryKind
    place: str
    role: str
    who: str

    @property
    def is_known(self) -> bool:
        """Whether it is known who is let in."""
        return self.who != UNKNOWN


_IAM: Final = re.compile(r'^gcp:(?P<service>[^/:]+)[/:].*I[aA][mM](?P<shape>Binding|Member)$')
_NOT_PLACE: Final = frozenset({'role', 'member', 'members', 'condition', 'etag'})


def entries_of(type_: str, inputs: Inputs | None) -> Iterator[Entry]:
    """The entries that a resource's inputs stand for; none for types that let nobody in."""
    if inputs is None:
        return
    if reader := _READERS.get(type_):
        yield from reader(inputs)
    elif found := _IAM.match(type_):
        rest = {key: value for key, value in inputs.items() if key not in _NOT_PLACE and not key.startswith('__')}
        place = ' '.join([found['service'], *(f'{key}={rest[key]}' for key in sorted(rest))])
        members = inputs.get('members') if found['shape'] == 'Binding' else [inputs.get('member')]
        yield from _entries(EntryKind.GRANT, place, str(inputs.get('role', '')), members)


def _entries(kind: EntryKind, place: object, role: str, who: object) -> Iterator[Entry]:
    # A list that is not known as a whole counts as one that nobody knows.
    listed = who if isinstance(who, list | tuple) else [] if who is None else [who]
    for each in listed:
        yield Entry(kind, str(place), role, each.casefold() if isinstance(each, str) else UNKNOWN)


def _listed(place: str, members: str) -> Callable[[Inputs], Iterable[Entry]]:
    return lambda inputs: _entries(EntryKind.MEMBERSHIP, inputs.get(place), '', inputs.get(members))


def _metamist(inputs: Inputs) -> Iterator[Entry]:
    roles = inputs.get('members')
    for role, members in roles.items() if isinstance(roles, Mapping) else ():
        yield from _entries(EntryKind.MEMBERSHIP, inputs.get('name'), role, members)


def _member_of_group(inputs: Inputs) -> Iterator[Entry]:
    key = inputs.get('preferredMemberKey') or inputs.get('memberKey') or {}
    who = key.get('id') if isinstance(key, Mapping) else None
    return _entries(EntryKind.MEMBERSHIP, inputs.get('group'), '', who)


def _role_assignment(inputs: Inputs) -> Iterator[Entry]:
    role = str(inputs.get('roleDefinitionId', ''))
    return _entries(EntryKind.GRANT, inputs.get('scope'), role, inputs.get('principalId'))


def _entitlement(inputs: Inputs) -> Iterator[Entry]:
    for each in inputs.get('eligibleUsers') or ():
        members = each.get('principals') if isinstance(each, Mapping) else None
        yield from _entries(EntryKind.GRANT, inputs.get('parent'), str(inputs.get('entitlementId', '')), members)


_READERS: Final[Mapping[str, Callable[[Inputs], Iterable[Entry]]]] = {
    'cpg:google:GroupMembers': _listed('group', 'members'),
    'cpg:hail:BillingProject': _listed('name', 'users'),
    'cpg:metamist:Project': _metamist,
    'gcp:cloudidentity/groupMembership:GroupMembership': _member_of_group,
    'gcp:privilegedaccessmanager/entitlement:entitlement': _entitlement,
    'azuread:index/groupMember:GroupMember': _listed('groupObjectId', 'memberObjectId'),
    'azure-native:authorization:PimRoleEligibilitySchedule': _role_assignment,
    'azure-native:authorization:RoleAssignment': _role_assignment,
}

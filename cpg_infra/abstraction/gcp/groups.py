"""Groups of Cloud Identity, and who is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpg_infra.abstraction.gcp.names import GcpNames
from cpg_infra.abstraction.handles import By
from cpg_infra.abstraction.specification import CloudService
from cpg_infra.plan.access import Group, Principal
from cpg_infra.plan.resource import Options
from cpg_infra.plan.values import Value

_GROUP = Options(ignore_changes=('initialGroupConfig',))


class GcpGroups(GcpNames):
    """Groups and their members."""

    def own_group_at(self, address: str) -> str | None:
        """The logical name of the resource that makes the group of an address, if it is one of ours."""
        name = address.lower().partition('@')[0].removeprefix(self.organisation.group_prefix or '')
        if self.group_address(name).lower() != address.lower():
            return None
        return self.state.made_by.get(f'{self.cloud.value}:group:{name}')

    def _lower_group(self, group: Group, principal: Principal, logical: str, by: By) -> None:
        inputs: dict[str, Value] = {
            'parent': f'customers/{self.gcp.customer_id}',
            'groupKey': {'id': principal.address},
            'displayName': f'{self.organisation.group_prefix or ""}{group.name}',
            'labels': {'cloudidentity.googleapis.com/groups.discussion_forum': ''},
            'initialGroupConfig': 'EMPTY' if self.gcp.create_empty_groups else 'WITH_INITIAL_OWNER',
        }
        if group.description is not None:
            inputs['description'] = group.description
        self._resource(
            logical,
            'gcp:cloudidentity/group:Group',
            str(principal.address),
            inputs,
            by,
            group.key,
            depends_on=self.require(CloudService.GROUPS),
            options=_GROUP,
        )

    def _lower_group_members(
        self,
        group: Group,
        principal: Principal,
        members: tuple[Principal, ...],
        by: By,
    ) -> None:
        """One resource holds a group's whole member list and its external-members setting.

        When memberships are disabled the list is absent, never empty: the provider then leaves members alone.
        """
        inputs: dict[str, Value] = {'group': principal.address}
        managed = not self.organisation.disable_group_memberships
        if managed:
            inputs['members'] = _addresses(members)
            inputs['authoritative'] = self.organisation.groups_authoritative
        if self.gcp.allow_external_group_members:
            inputs['allowExternalMembers'] = 'true'
        elif not managed:
            return
        logical = self.state.made_by[principal.key]
        self._resource(
            f'{logical}-members',
            'cpg:google:GroupMembers',
            str(principal.address),
            inputs,
            by,
            group.key,
            *(f'{group.key}|{member.key}' for member in members if managed),
            depends_on=[logical, *(self._made(*members) if managed else ())],
        )

    def existing_group_members(self, logical: str, identifier: str, members: Mapping[str, Principal], by: By) -> None:
        """Add members to a group that was made by hand. Never authoritative: others add members too."""
        if self.organisation.disable_group_memberships or not members:
            return
        self._resource(
            logical,
            'cpg:google:GroupMembers',
            identifier,
            {'group': identifier, 'members': _addresses(members.values()), 'authoritative': False},
            by,
            *sorted(members),
            depends_on=self._made(*members.values()),
        )


def _addresses(members: Iterable[Principal]) -> list[Value]:
    """Addresses in canonical order: those that are known, then those that a deployment will tell."""
    known = sorted({member.address for member in members if isinstance(member.address, str)})
    deferred = {str(member.address): member.address for member in members if not isinstance(member.address, str)}
    return [*known, *(deferred[text] for text in sorted(deferred))]

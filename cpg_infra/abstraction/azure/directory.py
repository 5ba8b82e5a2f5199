"""Groups of the directory, who is in them, and the object ids of everybody.

The directory knows everybody by an object id. Those of what we make a deployment tells; people are looked up, or
invited where the organisation wants that; Hail
Batch tells the id of an *application*, whose service principal is who can be let in.
"""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.abstraction.azure.names import AzureNames, is_object_id
from cpg_infra.abstraction.handles import By
from cpg_infra.abstraction.slugs import slug
from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.plan.access import AssetKind, Group, Principal, PrincipalKind
from cpg_infra.plan.owner import ORGANISATION_WIDE, Owner
from cpg_infra.plan.resource import Options
from cpg_infra.plan.values import Lookup, Ref, Text, Value

PRINCIPAL_TYPES: Mapping[PrincipalKind, str] = {
    PrincipalKind.PERSON: 'User',
    PrincipalKind.MACHINE: 'ServicePrincipal',
    PrincipalKind.GROUP: 'Group',
}
"""Said with every assignment: the directory replicates late, and Azure cannot tell what a new id is."""


_INVITATION = Options(retain=True, ignore_changes=('message', 'redirectUrl'))
"""To delete an invitation is to delete the guest's account, which they may have for other reasons too; and to change one
is to delete it and invite anew."""


class AzureDirectory(AzureNames):
    """Groups and identities."""

    def object_id(self, principal: Principal) -> Text:
        """What the directory calls a principal."""
        if principal.kind is PrincipalKind.MACHINE:
            return principal.address
        if principal.kind is PrincipalKind.PERSON:
            address = str(principal.address)
            return Ref(self._invitation(principal), 'userId') if self._is_invited(address) else self._person_id(address)
        made_by = self.state.made_by.get(principal.key)
        if made_by is not None:
            return Ref(made_by, 'objectId')
        return self._group_id(str(principal.address))

    def _person_id(self, address: str) -> Text:
        if is_object_id(address):
            return address
        # A guest's principal name is made up by the tenant; what people know is the mail address.
        key = 'userPrincipalName' if self._is_of_the_tenant(address) else 'mail'
        return Lookup('azuread:index/getUser:getUser', ((key, address),), 'objectId')

    def _is_invited(self, address: str) -> bool:
        return self.azure.invite_guests is not None and '@' in address and not self._is_of_the_tenant(address)

    def _invitation(self, guest: Principal) -> str:
        """The logical name of the invitation of a guest; made on first use, once in the organisation."""
        logical, address = f'{self.cloud.value}-guest-{guest.address}', str(guest.address)
        if guest.key not in self.state.made_by and self.azure.invite_guests is not None:
            self.state.made_by[guest.key] = logical
            by = By(Owner(ORGANISATION_WIDE, self.cloud, 'guests'), organisation_path('azure', 'invite_guests'))
            self._resource(
                logical,
                'azuread:index/invitation:Invitation',
                address,
                {
                    'userEmailAddress': address,
                    'redirectUrl': self.azure.invite_guests.redirect_url,
                    # Without a message nobody is told.
                    'message': {'language': 'en-US'},
                },
                by,
                self._asset(AssetKind.GUEST, address, by).key,
                options=_INVITATION,
            )
        return logical

    def _is_of_the_tenant(self, address: str) -> bool:
        domain = address.rpartition('@')[2]
        own = self.azure.domains or (self.organisation.domain,)
        return domain.endswith('.onmicrosoft.com') or domain in {each.lower() for each in own}

    def _group_id(self, identifier: str) -> Text:
        """A group that was made by hand, named by its object id or its display name."""
        if is_object_id(identifier):
            return identifier
        return Lookup('azuread:index/getGroup:getGroup', (('displayName', identifier),), 'objectId')

    def approver_id(self, address: str) -> Text:
        """A group of approvers, named by its address: one of ours, or one that was made by hand.

        Ours carry the prefix: a group of the same name without it is another, of other people.
        """
        name = address.lower().partition('@')[0]
        prefix = self.organisation.group_prefix or ''
        key = f'{self.cloud.value}:group:{name.removeprefix(prefix)}'
        ours = self.state.made_by.get(key) if name.startswith(prefix) else None
        return Ref(ours, 'objectId') if ours is not None else self._group_id(name)

    def hail_identity(self, logical: str, username: str) -> Text:
        """The service principal of the application that a Hail Batch user's jobs run as."""
        application = (('objectId', Ref(logical, 'identity')),)
        client = Lookup('azuread:index/getApplication:getApplication', application, 'clientId')
        return Lookup('azuread:index/getServicePrincipal:getServicePrincipal', (('clientId', client),), 'objectId')

    # Groups -----------------------------------------------------------------------------------------------

    def _lower_group(self, group: Group, principal: Principal, logical: str, by: By) -> None:
        name = str(principal.address)
        inputs: dict[str, Value] = {
            'displayName': name,
            'securityEnabled': True,
            'mailEnabled': False,
            # Display names are not unique, and a second group of a name would be let in nowhere.
            'preventDuplicateNames': True,
        }
        if group.description is not None:
            inputs['description'] = group.description
        self._resource(logical, 'azuread:index/groupWithoutMembers:GroupWithoutMembers', name, inputs, by, group.key)

    def _lower_group_members(
        self,
        group: Group,
        principal: Principal,
        members: tuple[Principal, ...],
        by: By,
    ) -> None:
        """One resource a member: the directory has no list that leaves others alone.

        When memberships are disabled there is none.
        """
        if self.organisation.disable_group_memberships:
            return
        logical = self.state.made_by[principal.key]
        for member in members:
            self._lower_member(logical, principal, member, f'{group.key}|{member.key}', by)

    def existing_group_members(self, logical: str, identifier: str, members: Mapping[str, Principal], by: By) -> None:
        """Add members to a group that was made by hand."""
        if self.organisation.disable_group_memberships:
            return
        group = self.existing_group_principal(identifier)
        for key, member in sorted(members.items()):
            self._lower_member(logical, group, member, key, by)

    def _lower_member(self, begin: str, group: Principal, member: Principal, key: str, by: By) -> None:
        self._resource(
            f'{begin}-{slug(member)}',
            'azuread:index/groupMember:GroupMember',
            key,
            {'groupObjectId': self.object_id(group), 'memberObjectId': self.object_id(member)},
            by,
            key,
            depends_on=self._made(group, member),
        )

"""Groups, who is in them, and guests. The provider is built on the one for Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tests.simulated_cloud.azure.lookups import made_up_id, tenant
from tests.simulated_cloud.azure.principals import NOT_REPLICATED, make_user, principal
from tests.simulated_cloud.azure.refusals import refused_by_graph
from tests.simulated_cloud.kind import Inputs, Made, Thing
from tests.simulated_cloud.wire import UNKNOWN, Properties
from tests.simulated_cloud.world import Refused, World

OWNERS: Final = 100
CHARACTERS_OF_A_NAME: Final = 256
CHARACTERS_OF_A_DESCRIPTION: Final = 1024


def _wrong_group(inputs: Inputs) -> Iterable[tuple[str, str]]:
    if not inputs.get('securityEnabled') and not inputs.get('mailEnabled'):
        yield 'securityEnabled', '`securityEnabled` or `mailEnabled` must be true'
    if inputs.get('mailEnabled') and 'Unified' not in (inputs.get('types') or ()):
        yield 'mailEnabled', '`mailEnabled` needs the type `Unified`'


def _refuse_group(world: World, inputs: Inputs) -> None:
    name = inputs['displayName']
    if not 1 <= len(name) <= CHARACTERS_OF_A_NAME:
        raise refused_by_graph(400, 'Request_BadRequest', "Invalid value specified for property 'displayName'.")
    if len(inputs.get('description') or '') > CHARACTERS_OF_A_DESCRIPTION:
        raise refused_by_graph(400, 'Request_BadRequest', "Invalid value specified for property 'description'.")
    owners = inputs.get('owners') or ()
    if len(owners) > OWNERS:
        raise refused_by_graph(400, 'Request_BadRequest', f'A group has at most {OWNERS} owners.')
    for owner in owners:
        found = principal(world, owner)
        if found is None or found[0] == 'Group':
            raise refused_by_graph(400, 'Request_BadRequest', f"Owner '{owner}' is no user and no service principal.")


def _group_outputs(world: World, inputs: Inputs) -> Properties:
    return {'objectId': made_up_id('group', world.next_number()), 'owners': inputs.get('owners') or [_deployer(world)]}


def _deployer(world: World) -> str:
    return str(tenant(world)['deployer'])


class _Group(Thing):
    """A group, whose name is anybody's unless the provider is told to look."""

    def create(self, world: World, inputs: Inputs) -> Made:
        if inputs.get('preventDuplicateNames'):
            for _, there in world.of_kind('group'):
                if there['inputs']['displayName'] == inputs['displayName']:
                    raise Refused(
                        f'Preventing creation of group: a group with the display name {inputs["displayName"]!r} '
                        f'already exists with ID {there["outputs"]["objectId"]}'
                    )
        made = super().create(world, inputs)
        key = f'group {made.outputs["objectId"]}'
        kept = world.get(key)
        assert kept is not None, 'it was just written'
        world.put(key, {**kept, 'unseen': kept.get('unseen', NOT_REPLICATED)})
        return made


def _delete_group(world: World, key: str, _: Inputs) -> None:
    object_id = key.partition(' ')[2]
    for name, _thing in list(world.of_kind('member')):
        if object_id in name.split('/'):
            world.remove(f'member {name}')
    # Role assignments stay, and count: nobody tells the resource manager.
    world.remove(key)


GROUP = _Group(
    'azuread:index/groupWithoutMembers:GroupWithoutMembers',
    key=lambda inputs: f'group {inputs["objectId"]}',
    id=lambda _, outputs: f'/groups/{outputs["objectId"]}',
    required=('displayName',),
    replaces=frozenset({'assignableToRole', 'behaviors', 'mailEnabled', 'mailNickname', 'theme', 'types'}),
    unordered=frozenset({'owners'}),
    wrong=_wrong_group,
    refuse=_refuse_group,
    outputs=_group_outputs,
    deleting=_delete_group,
)


def _member(inputs: Inputs) -> str:
    return f'{inputs["groupObjectId"]}/member/{inputs["memberObjectId"]}'


def _refuse_member(world: World, inputs: Inputs) -> None:
    for key, kinds in (('groupObjectId', {'Group'}), ('memberObjectId', {'Group', 'ServicePrincipal', 'User'})):
        found = principal(world, inputs[key])
        if found is None or found[0] not in kinds:
            raise refused_by_graph(
                404,
                'Request_ResourceNotFound',
                f"Resource '{inputs[key]}' does not exist or one of its queried "
                'reference-property objects are not present.',
            )
    if inputs['groupObjectId'] == inputs['memberObjectId']:
        raise refused_by_graph(400, 'Request_BadRequest', 'A group cannot be a member of itself.')


MEMBER = Thing(
    'azuread:index/groupMember:GroupMember',
    key=lambda inputs: f'member {inputs["groupObjectId"]}/{inputs["memberObjectId"]}',
    id=lambda inputs, _: _member(inputs),
    required=('groupObjectId', 'memberObjectId'),
    replaces=frozenset({'groupObjectId', 'memberObjectId'}),
    refuse=_refuse_member,
    taken=lambda inputs: (
        f'A resource with the ID "{_member(inputs)}" already exists - to be managed via Terraform this resource needs '
        'to be imported into the State. Please see the resource documentation for "azuread_group_member" for more '
        'information.'
    ),
)


def _wrong_invitation(inputs: Inputs) -> Iterable[tuple[str, str]]:
    address = inputs.get('userEmailAddress')
    if isinstance(address, str) and address != UNKNOWN and not re.fullmatch(r'[^@\s]+@[^@\s]+\.[^@\s]+', address):
        yield 'userEmailAddress', f'{address!r} is no e-mail address'
    url = inputs.get('redirectUrl')
    if isinstance(url, str) and url != UNKNOWN and not url.startswith('https://'):
        yield 'redirectUrl', f'expected {url!r} to have a url with schema of: "https"'


def _refuse_invitation(world: World, inputs: Inputs) -> None:
    address = inputs['userEmailAddress'].lower()
    for _, user in world.of_kind('user'):
        there = user['inputs']
        if address in {str(there['userPrincipalName']).lower(), str(there['mail']).lower()} and (
            there['userType'] == 'Member'
        ):
            raise refused_by_graph(
                400, 'BadRequest', 'The invited user already exists in the directory as object of type Member.'
            )


def _invitation_outputs(world: World, inputs: Inputs) -> Properties:
    address = inputs['userEmailAddress']
    name = f'{address.replace("@", "_")}#EXT#@{tenant(world)["domain"]}'
    # Somebody who was invited before stays who they are.
    user = make_user(world, name, address, inputs.get('userType') or 'Guest')
    return {'userId': user, 'redeemUrl': f'https://login.example.org/redeem/{world.next_number()}'}


def _delete_guest(world: World, key: str, known: Inputs) -> None:
    # The provider has nothing to take back an invitation with, so it deletes the user.
    world.remove(f'user {known["userId"]}')
    world.remove(key)


INVITATION = Thing(
    'azuread:index/invitation:Invitation',
    key=lambda inputs: f'invitation {inputs["userEmailAddress"].lower()}',
    id=lambda _, outputs: str(outputs['userId']),
    required=('redirectUrl', 'userEmailAddress'),
    replaces=frozenset({'message', 'redirectUrl', 'userDisplayName', 'userEmailAddress', 'userType'}),
    wrong=_wrong_invitation,
    refuse=_refuse_invitation,
    outputs=_invitation_outputs,
    deleting=_delete_guest,
)

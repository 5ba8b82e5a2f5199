"""What can go wrong in resources for Azure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Final

from tests.evaluator.azure_roles import BLOB, CONTAINER, REGISTRY
from tests.evaluator.editing import Edit, Lowered, Mutation, beside, changed, of, other, with_inputs, without
from tests.evaluator.words import Plain

ASSIGNMENTS: Final = 'azure-native:authorization:RoleAssignment'
DEFINITIONS: Final = 'azure-native:authorization:RoleDefinition'
ELIGIBLE: Final = 'azure-native:authorization:PimRoleEligibilitySchedule'
POLICIES: Final = 'azure-native:authorization:RoleManagementPolicy'
MEMBERS: Final = 'azuread:index/groupMember:GroupMember'
GROUPS: Final = 'azuread:index/groupWithoutMembers:GroupWithoutMembers'

READER, CONTRIBUTOR, OWNER = (
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
)
PULL, PUSH = '7f951dda-4ed3-4680-a7ca-43fe172d538d', '8311e382-0749-4cb8-b61a-304f252e45ec'
ACCOUNT_CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c'

SWAPS: Final = {'blobServices': (READER, CONTRIBUTOR, OWNER), 'registries': (PULL, PUSH), '': (ACCOUNT_CONTRIBUTOR,)}
"""Built-in roles that may be mistaken for each other, by what occurs in the scope."""


def _swapped_roles(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, ASSIGNMENTS, ELIGIBLE):
        place, _, now = resource['inputs']['roleDefinitionId'].rpartition('/')
        roles = next(roles for word, roles in SWAPS.items() if word in resource['inputs']['scope'])
        if 'condition' in resource['inputs']:
            # What the condition leaves of reading is listing, whichever role reads.
            roles = tuple(role for role in roles if role != READER)
        yield from (with_inputs(resource, roleDefinitionId=f'{place}/{role}') for role in roles if role != now)


def _entries(lowered: Lowered, key: str, change: Callable[[list[Plain]], list[Plain]]) -> Iterator[Edit]:
    for resource in of(lowered, DEFINITIONS):
        entry = resource['inputs']['permissions'][0]
        after = change(entry[key])
        if after != entry[key]:
            yield with_inputs(resource, permissions=[{**entry, key: after}])


def _more_actions(lowered: Lowered) -> Iterator[Edit]:
    for action in (f'{CONTAINER}/delete', f'{CONTAINER}/*', '*/read', '*'):
        yield from _entries(lowered, 'actions', lambda now, new=action: [*now, new] if new not in now else now)  # type: ignore[misc]  # bound here
    yield from _entries(lowered, 'notActions', lambda _: [])
    for action in (f'{BLOB}/delete', f'{BLOB}/deleteBlobVersion/action', f'{BLOB}/tags/write', f'{BLOB}/*'):
        yield from _entries(lowered, 'dataActions', lambda now, new=action: [*now, new] if new not in now else now)  # type: ignore[misc]  # bound here


LEFT_OUT: Final = (
    ('actions', 'notActions', f'{CONTAINER}/read'),
    ('actions', 'notActions', '*/read'),
    ('actions', 'notActions', 'Microsoft.Authorization/*/read'),
    ('actions', 'notActions', 'Microsoft.Resources/subscriptions/resourceGroups/read'),
    ('dataActions', 'notDataActions', f'{BLOB}/read'),
)
"""What a role may leave out of what it allows."""


def _fewer_actions(lowered: Lowered) -> Iterator[Edit]:
    yield from _entries(lowered, 'actions', lambda _: [])
    # Whoever may write needs no permission to add, and moving is not counted: neither changes what anybody can do.
    for action in (f'{BLOB}/read', f'{BLOB}/write', f'{BLOB}/delete'):
        yield from _entries(lowered, 'dataActions', lambda now, old=action: [each for each in now if each != old])  # type: ignore[misc]  # bound here
    for resource in of(lowered, DEFINITIONS):
        entry = resource['inputs']['permissions'][0]
        for key, less, action in LEFT_OUT:
            if action in entry[key]:
                yield with_inputs(resource, permissions=[{**entry, less: [*entry[less], action]}])


def _conditional(lowered: Lowered) -> Iterator[Plain]:
    return (resource for resource in of(lowered, ASSIGNMENTS) if 'condition' in resource['inputs'])


def _unconditional(lowered: Lowered) -> Iterator[Edit]:
    return (with_inputs(resource, condition=None, conditionVersion=None) for resource in _conditional(lowered))


def _other_conditions(lowered: Lowered) -> Iterator[Edit]:
    for resource in _conditional(lowered):
        now = resource['inputs']['condition']
        for old, new in (
            ('Blob.List', 'Blob.Write.Tier'),
            ('Blob.Write.Tier', 'Blob.List'),
            ('blobs/read', 'blobs/write'),
            ('((!(', '(((('),
            (' AND ', ' OR '),
            ('AND NOT', 'AND'),
        ):
            if old in now:
                yield with_inputs(resource, condition=now.replace(old, new))


def _new_conditions(lowered: Lowered) -> Iterator[Edit]:
    never = f"(!(ActionMatches{{'{BLOB}/*'}}))"
    for resource in of(lowered, ASSIGNMENTS):
        if 'condition' not in resource['inputs'] and 'blobServices' in resource['inputs']['scope']:
            yield with_inputs(resource, condition=never, conditionVersion='2.0')


def _widened(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, ASSIGNMENTS, ELIGIBLE):
        steps = resource['inputs']['scope'].split('/')
        # A subscription, a resource group, a storage account or a vault: each holds more.
        for length in (3, 5, 9):
            if length < len(steps):
                yield with_inputs(resource, scope='/'.join(steps[:length]))


def _moved(lowered: Lowered) -> Iterator[Edit]:
    scopes = sorted({each['inputs']['scope'] for each in of(lowered, ASSIGNMENTS)})
    for resource in of(lowered, ASSIGNMENTS, ELIGIBLE):
        # Two roles of an analyst on a resource group allow the same: where one goes there is still the other.
        if '/providers/' not in resource['inputs']['scope'] and 'condition' not in resource['inputs']:
            continue
        elsewhere = other(scopes, resource['inputs']['scope'])
        if elsewhere is not None:
            yield with_inputs(resource, scope=elsewhere)
            steps = resource['inputs']['scope'].split('/')
            yield with_inputs(resource, scope='/'.join([*steps[:2], f'{steps[2][:-1]}f', *steps[3:]]))


def _group_ids(lowered: Lowered) -> list[Plain]:
    return [{'$ref': [resource['name'], 'objectId']} for resource in of(lowered, GROUPS)]


def _swapped_principals(lowered: Lowered) -> Iterator[Edit]:
    groups = _group_ids(lowered)
    for resource in of(lowered, ASSIGNMENTS, ELIGIBLE):
        if resource['inputs']['principalId'] in groups:
            yield with_inputs(resource, principalId=other(groups, resource['inputs']['principalId']))


def _swapped_types(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, ASSIGNMENTS):
        # Of an object id that was configured nobody can tell what it is.
        if not isinstance(resource['inputs']['principalId'], str):
            said = other(('User', 'Group', 'ServicePrincipal'), resource['inputs']['principalType'])
            yield with_inputs(resource, principalType=said)


def _wrong_ids(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, ASSIGNMENTS, MEMBERS):
        key = 'principalId' if 'principalId' in resource['inputs'] else 'memberObjectId'
        now = resource['inputs'][key]
        if isinstance(now, dict) and '$ref' in now:
            yield with_inputs(resource, **{key: {'$ref': [now['$ref'][0], 'id']}})


def _lost_assignments(lowered: Lowered) -> Iterator[Edit]:
    return (without(resource) for resource in of(lowered, ASSIGNMENTS))


def _more_assignments(lowered: Lowered) -> Iterator[Edit]:
    stranger = {
        '$lookup': ['azuread:index/getUser:getUser', {'userPrincipalName': 'stranger@example.com'}, 'objectId'],
    }
    for resource in of(lowered, ASSIGNMENTS):
        inputs = {**resource['inputs'], 'principalId': stranger, 'principalType': 'User'}
        yield beside(resource, ASSIGNMENTS, inputs)


# Groups ---------------------------------------------------------------------------------------------------


def _lost_memberships(lowered: Lowered) -> Iterator[Edit]:
    return (without(resource) for resource in of(lowered, MEMBERS))


def _more_memberships(lowered: Lowered) -> Iterator[Edit]:
    groups = _group_ids(lowered)
    pairs = [each['inputs'] for each in of(lowered, MEMBERS)]
    for resource in of(lowered, MEMBERS):
        inputs = copy.deepcopy(resource['inputs'])
        inputs['groupObjectId'] = other(groups, inputs['groupObjectId'])
        if inputs not in pairs and inputs['groupObjectId'] not in (None, inputs['memberObjectId']):
            yield beside(resource, MEMBERS, inputs)


def _swapped_guests(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'azuread:index/invitation:'):
        yield with_inputs(resource, userEmailAddress='stranger@example.com')
        yield without(resource)


def _moved_memberships(lowered: Lowered) -> Iterator[Edit]:
    groups = _group_ids(lowered)
    for resource in of(lowered, MEMBERS):
        for key in ('groupObjectId', 'memberObjectId'):
            now = resource['inputs'][key]
            if now in groups:
                yield with_inputs(resource, **{key: other(groups, now)})


# Temporary access -----------------------------------------------------------------------------------------


def _other_terms(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, POLICIES):
        rules = resource['inputs']['rules']
        for position, rule in enumerate(rules):
            rest = rules[:position] + rules[position + 1 :]
            match rule['id']:
                case 'Expiration_EndUser_Assignment':
                    yield with_inputs(resource, rules=[*rest, {**rule, 'maximumDuration': 'PT48H'}])
                    yield with_inputs(resource, rules=rest)
                case 'Enablement_EndUser_Assignment':
                    yield with_inputs(resource, rules=[*rest, {**rule, 'enabledRules': []}])
                case 'Approval_EndUser_Assignment':
                    yield with_inputs(resource, rules=rest)
                    open_ = {**rule, 'setting': {**rule['setting'], 'isApprovalRequired': False}}
                    yield with_inputs(resource, rules=[*rest, open_])
                case _:
                    pass


# Ways in beside the assignments ---------------------------------------------------------------------------


def _open_doors(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'azure-native:storage:StorageAccount'):
        for setting in ('allowSharedKeyAccess', 'allowBlobPublicAccess'):
            yield from (with_inputs(resource, **{setting: value}) for value in (True, None))
    for resource in of(lowered, 'azure-native:storage:BlobContainer'):
        yield from (with_inputs(resource, publicAccess=value) for value in ('Blob', 'Container', None))
    for resource in of(lowered, 'azure-native:containerregistry:Registry'):
        yield with_inputs(resource, adminUserEnabled=True)
        yield with_inputs(resource, anonymousPullEnabled=True)
    for resource in of(lowered, 'azure-native:keyvault:Vault'):
        yield changed(resource, lambda inputs: inputs['properties'].update(enableRbacAuthorization=False))
        yield changed(resource, lambda inputs: inputs['properties'].pop('enableRbacAuthorization'))


def _federated(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'azure-native:managedidentity:FederatedIdentityCredential'):
        yield with_inputs(resource, subject='repo:stranger/stranger')
        yield with_inputs(resource, issuer='https://token.example.com')
        if resource['inputs']['resourceGroupName'] != 'lantern-common':
            yield with_inputs(resource, resourceGroupName='lantern-common')
        yield without(resource)


# Subscriptions --------------------------------------------------------------------------------------------


def _elsewhere(lowered: Lowered) -> Iterator[Edit]:
    names = [each['name'] for each in of(lowered, 'pulumi:providers:azure-native')]
    for resource in of(lowered, 'azure-native:storage:BlobContainer', 'azure-native:containerregistry:', ASSIGNMENTS):
        if 'provider' in resource:
            here = {key: value for key, value in resource.items() if key != 'provider'}
            yield Edit(resource['name'], (here,))
        else:
            yield from (Edit(resource['name'], ({**resource, 'provider': name},)) for name in names)


def _other_subscriptions(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'pulumi:providers:azure-native'):
        now = resource['inputs']['subscriptionId']
        yield with_inputs(resource, subscriptionId=f'{now[:-1]}f')


def _less_assignable(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, DEFINITIONS):
        guid = resource['inputs']['roleDefinitionId']
        # Where nobody holds the role it is not missed.
        used = [
            each['inputs']['scope'] for each in of(lowered, ASSIGNMENTS) if guid in each['inputs']['roleDefinitionId']
        ]
        scopes = resource['inputs']['assignableScopes']
        for left_out in scopes:
            if any(scope.startswith(left_out) for scope in used):
                yield with_inputs(resource, assignableScopes=[scope for scope in scopes if scope != left_out])


def _unknown(lowered: Lowered) -> Iterator[Edit]:
    for resource in of(lowered, 'azure-native:containerregistry:Registry'):
        inputs = {'registryName': resource['inputs']['registryName'], 'actions': [f'{REGISTRY}/pull/read']}
        yield beside(resource, 'azure-native:containerregistry:ScopeMap', inputs)


AZURE: Final = (
    Mutation('a role is swapped for another', _swapped_roles),
    Mutation('a role of the organisation allows more', _more_actions),
    Mutation('a role of the organisation allows less', _fewer_actions),
    Mutation('an assignment loses its condition', _unconditional),
    Mutation('the condition of an assignment is another', _other_conditions),
    Mutation('an assignment gets a condition', _new_conditions),
    Mutation('an assignment is on more: an account, a group, the subscription', _widened),
    Mutation('an assignment is on something else', _moved),
    Mutation('an assignment names another group', _swapped_principals),
    Mutation('an assignment says another type of principal', _swapped_types),
    Mutation('somebody is named by another id than the directory’s', _wrong_ids),
    Mutation('an assignment is lost', _lost_assignments),
    Mutation('there is an assignment for somebody else too', _more_assignments),
    Mutation('a membership is lost', _lost_memberships),
    Mutation('a group takes in one more member', _more_memberships),
    Mutation('a membership is of another group or member', _moved_memberships),
    Mutation('somebody else is invited, or nobody', _swapped_guests),
    Mutation('an eligible role is active longer, without a reason or without approval', _other_terms),
    Mutation('an account, a container, a registry or a vault has another way in', _open_doors),
    Mutation('a program elsewhere is federated, and is another', _federated),
    Mutation('a thing or an assignment is made in another subscription', _elsewhere),
    Mutation('the subscription of a dataset is another', _other_subscriptions),
    Mutation('a role may be assigned in fewer subscriptions', _less_assignable),
    Mutation('a registry gets passwords of its own', _unknown),
)

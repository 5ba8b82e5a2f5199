"""The evaluator on resources for Azure that were written by hand."""

from __future__ import annotations

from typing import Final

import pytest

from tests.evaluator.azure_requests import seconds
from tests.evaluator.azure_roles import BLOB, CONTAINER
from tests.evaluator.evaluate import evaluate
from tests.evaluator.resources import UnreadableError
from tests.evaluator.words import Access, Plain, Thing

SUBSCRIPTION: Final = '/subscriptions/00000000-0000-4000-8000-000000000000'
GROUP: Final = f'{SUBSCRIPTION}/resourceGroups/alpha'
ACCOUNT: Final = f'{GROUP}/providers/Microsoft.Storage/storageAccounts/alphaver'
MAIN: Final = f'{ACCOUNT}/blobServices/default/containers/main'
REGISTRY: Final = f'{GROUP}/providers/Microsoft.ContainerRegistry/registries/alphaimages'
SECRET: Final = f'{GROUP}/providers/Microsoft.KeyVault/vaults/alpha/secrets/key'
IDENTITY: Final = f'{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/upload'

READER, CONTRIBUTOR = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
VIEWER: Final = '0b6c3c6e-6f7e-5c57-8f2e-0d1c1d4a8d11'
LIST_ONLY: Final = f"((!(ActionMatches{{'{BLOB}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})))"

ANA: Final = {'$lookup': ['azuread:index/getUser:getUser', {'userPrincipalName': 'ana@example.org'}, 'objectId']}
ANALYSTS: Final = {'$ref': ['analysts', 'objectId']}
UPLOAD: Final = {'$ref': ['upload', 'principalId']}


def resource(type_: str, name: str, **inputs: Plain) -> dict[str, Plain]:
    return {'name': name, 'type': type_, 'inputs': inputs}


ACCOUNT_INPUTS: Final = {
    'resourceGroupName': 'alpha',
    'accountName': 'alphaver',
    'allowBlobPublicAccess': False,
    'allowSharedKeyAccess': False,
}
THINGS: Final = (
    resource('azure-native:resources:ResourceGroup', 'group', resourceGroupName='alpha'),
    resource('azure-native:storage:StorageAccount', 'account', **ACCOUNT_INPUTS),
    *(
        resource(
            'azure-native:storage:BlobContainer',
            name,
            resourceGroupName='alpha',
            accountName='alphaver',
            containerName=name,
            publicAccess='None',
        )
        for name in ('main', 'main-analysis')
    ),
    resource(
        'azure-native:containerregistry:Registry',
        'registry',
        resourceGroupName='alpha',
        registryName='alphaimages',
        adminUserEnabled=False,
        anonymousPullEnabled=False,
    ),
    resource(
        'azure-native:keyvault:Vault',
        'vault',
        resourceGroupName='alpha',
        vaultName='alpha',
        properties={'enableRbacAuthorization': True},
    ),
    resource('azure-native:keyvault:Secret', 'secret', resourceGroupName='alpha', vaultName='alpha', secretName='key'),
    resource(
        'azure-native:managedidentity:UserAssignedIdentity', 'upload', resourceGroupName='alpha', resourceName='upload'
    ),
    resource('azuread:index/groupWithoutMembers:GroupWithoutMembers', 'analysts', displayName='alpha-analysis'),
    resource('azuread:index/groupWithoutMembers:GroupWithoutMembers', 'readers', displayName='alpha-main-read'),
)


def assignment(scope: str, role: str, who: Plain = ANA, kind: str = 'User', **more: Plain) -> dict[str, Plain]:
    id_ = f'{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}'
    type_ = 'azure-native:authorization:RoleAssignment'
    name = f'{scope} {role} {who}'
    return resource(type_, name, scope=scope, roleDefinitionId=id_, principalId=who, principalType=kind, **more)


def definition(
    guid: str, *, actions: tuple[str, ...] = (), data: tuple[str, ...] = (), **more: Plain
) -> dict[str, Plain]:
    entry = {'actions': list(actions), 'dataActions': list(data), **more}
    type_ = 'azure-native:authorization:RoleDefinition'
    return resource(type_, guid, scope=SUBSCRIPTION, roleDefinitionId=guid, permissions=[entry])


def member(group: Plain, inside: Plain) -> dict[str, Plain]:
    name = f'{group} {inside}'
    return resource('azuread:index/groupMember:GroupMember', name, groupObjectId=group, memberObjectId=inside)


def can(access: Access, kind: str, name: str, who: str = 'azure:user:ana@example.org') -> set[str]:
    found = access.effective.get((who, Thing('azure', kind, name)), frozenset())
    return {f'{each.part} {each.can}'.strip() for each in found}


def on_main(*resources: dict[str, Plain]) -> set[str]:
    return can(evaluate([*THINGS, *resources]), 'bucket', 'alphaver/main')


def test_a_built_in_role_is_known_by_its_id() -> None:
    assert on_main(assignment(MAIN, READER)) == {'list', 'read', 'read metadata'}
    assert on_main(assignment(MAIN, CONTRIBUTOR)) == {
        'administer',
        'create',
        'delete',
        'list',
        'overwrite',
        'read',
        'read metadata',
        'tier overwrite',
    }


def test_a_condition_leaves_listing_of_reading() -> None:
    role = definition('lister', actions=(f'{CONTAINER}/read',), data=(f'{BLOB}/read',))
    narrowed = assignment(MAIN, 'lister', condition=LIST_ONLY, conditionVersion='2.0')
    assert on_main(role, narrowed) == {'list', 'read metadata'}
    # Another assignment is not narrowed by it: grants add up.
    assert on_main(role, narrowed, assignment(MAIN, READER)) == {'list', 'read', 'read metadata'}


@pytest.mark.parametrize(
    ('data', 'operations'),
    [
        (('add/action',), {'create'}),
        (('write',), {'create', 'overwrite', 'tier overwrite'}),
        (('delete',), {'delete'}),
        (('deleteBlobVersion/action',), {'versions delete'}),
        (('move/action',), set()),
    ],
)
def test_what_a_blob_permission_lets_somebody_do(data: tuple[str, ...], operations: set[str]) -> None:
    role = definition('mine', data=tuple(f'{BLOB}/{action}' for action in data))
    assert on_main(role, assignment(MAIN, 'mine')) == operations


def test_what_a_role_leaves_out_it_does_not_allow() -> None:
    role = definition('mine', data=(f'{BLOB}/*',), notDataActions=[f'{BLOB}/delete', f'{BLOB}/write'])
    assert 'delete' not in on_main(role, assignment(MAIN, 'mine'))
    assert 'read' in on_main(role, assignment(MAIN, 'mine'))


@pytest.mark.parametrize('scope', [MAIN, ACCOUNT, GROUP, SUBSCRIPTION, MAIN.upper()])
def test_a_scope_holds_what_begins_with_it(scope: str) -> None:
    assert on_main(assignment(scope, READER)) == {'list', 'read', 'read metadata'}


@pytest.mark.parametrize('scope', [f'{MAIN}-analysis', f'{GROUP}x', f'{ACCOUNT}2'])
def test_a_scope_does_not_hold_what_only_looks_like_it(scope: str) -> None:
    assert on_main(assignment(scope, READER)) == set()


def test_groups_in_groups_and_programs_in_groups() -> None:
    access = evaluate(
        [
            *THINGS,
            member(ANALYSTS, ANA),
            member(ANALYSTS, UPLOAD),
            member({'$ref': ['readers', 'objectId']}, ANALYSTS),
            assignment(MAIN, READER, {'$ref': ['readers', 'objectId']}, 'Group'),
        ],
    )
    for who in (
        'azure:user:ana@example.org',
        'azure:serviceAccount:«upload.principalId»',
        'azure:group:alpha-analysis',
    ):
        assert can(access, 'bucket', 'alphaver/main', who) == {'list', 'read', 'read metadata'}


def test_reader_on_a_resource_group_pulls_images_and_reads_no_secret() -> None:
    access = evaluate([*THINGS, assignment(GROUP, 'acdd72a7-3385-48ef-bd42-f606fba81ae7')])
    assert can(access, 'registry', 'alphaimages') == {'list', 'read', 'read metadata'}
    assert can(access, 'secret', 'alpha/key') == set()
    assert can(access, 'bucket', 'alphaver/main') == {'read metadata'}


@pytest.mark.parametrize(
    ('left_out', 'operations'),
    [
        (('pull', 'quarantine'), {'read metadata'}),
        # Either is enough to have images.
        (('pull',), {'list', 'read', 'read metadata'}),
        (('quarantine',), {'list', 'read', 'read metadata'}),
    ],
)
def test_what_a_declared_role_leaves_out_of_reading_everything_nobody_in_it_can_do(
    left_out: tuple[str, ...], operations: set[str]
) -> None:
    less = [f'Microsoft.ContainerRegistry/registries/{each}/read' for each in left_out]
    role = definition(VIEWER, actions=('*/read',), notActions=less)
    assert can(evaluate([*THINGS, role, assignment(GROUP, VIEWER)]), 'registry', 'alphaimages') == operations


def test_what_a_role_on_a_group_allows_with_a_part_of_things_in_it_counts() -> None:
    role = definition(VIEWER, data=(f'{BLOB}/tags/write',))
    assert can(evaluate([*THINGS, role, assignment(GROUP, VIEWER)]), 'bucket', 'alphaver/main') == {'overwrite'}


@pytest.mark.parametrize(
    ('scope', 'role', 'thing', 'operations'),
    [
        (REGISTRY, '7f951dda-4ed3-4680-a7ca-43fe172d538d', ('registry', 'alphaimages'), {'list', 'read'}),
        (
            REGISTRY,
            '8311e382-0749-4cb8-b61a-304f252e45ec',
            ('registry', 'alphaimages'),
            {'list', 'read', 'create', 'overwrite'},
        ),
        (SECRET, '4633458b-17de-408a-b874-0445c86b69e6', ('secret', 'alpha/key'), {'read', 'read metadata'}),
        (
            IDENTITY,
            'f1a07417-d97a-45cb-824c-7a7467783830',
            ('machine-account', 'alpha/upload'),
            {'act as', 'read metadata'},
        ),
    ],
)
def test_roles_on_other_things(scope: str, role: str, thing: tuple[str, str], operations: set[str]) -> None:
    assert can(evaluate([*THINGS, assignment(scope, role)]), *thing) == operations


def test_a_federated_program_makes_tokens_of_the_identity() -> None:
    federation = resource(
        'azure-native:managedidentity:FederatedIdentityCredential',
        'federation',
        resourceGroupName='alpha',
        resourceName='upload',
        issuer='https://issuer.example.org',
        subject='repo:lantern',
    )
    access = evaluate([*THINGS, federation])
    who = 'azure:outside:https://issuer.example.org repo:lantern'
    assert can(access, 'machine-account', 'alpha/upload', who) == {'create tokens'}


def test_an_eligible_group_may_ask_on_the_terms_of_the_policy() -> None:
    eligible = assignment(MAIN, READER, ANALYSTS, 'Group') | {
        'type': 'azure-native:authorization:PimRoleEligibilitySchedule',
    }
    rules = [
        {'id': 'Expiration_EndUser_Assignment', 'maximumDuration': 'PT24H'},
        {'id': 'Enablement_EndUser_Assignment', 'enabledRules': []},
    ]
    policy = resource('azure-native:authorization:RoleManagementPolicy', 'policy', scope=MAIN, rules=rules)
    access = evaluate([*THINGS, member(ANALYSTS, ANA), eligible, policy])
    assert access.effective == {}
    thing = Thing('azure', 'bucket', 'alphaver/main')
    asked = access.requests['azure:user:ana@example.org', thing]
    assert {(each.ability.can.value, each.seconds, each.justified) for each in asked} == {
        (operation, 86400, False) for operation in ('list', 'read', 'read metadata')
    }


def test_without_a_policy_the_terms_are_those_that_azure_begins_with() -> None:
    eligible = assignment(MAIN, READER) | {'type': 'azure-native:authorization:PimRoleEligibilitySchedule'}
    (asked, *_) = evaluate([*THINGS, eligible]).requests.values()
    assert {(each.seconds, each.justified, each.approvals) for each in asked} == {(8 * 3600, True, 0)}


@pytest.mark.parametrize(('text', 'wanted'), [('PT24H', 86400), ('P1D', 86400), ('P1DT2H30M', 95400)])
def test_durations(text: str, wanted: int) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize('text', ['', 'P', 'PT', '24h', 'P1Y'])
def test_no_durations(text: str) -> None:
    with pytest.raises(UnreadableError, match='not a duration'):
        seconds(text)


def test_roles_in_two_subscriptions_are_refused() -> None:
    elsewhere = MAIN.replace('00000000-', '11111111-')
    with pytest.raises(UnreadableError, match='roles in two subscriptions'):
        evaluate([*THINGS, assignment(MAIN, READER), assignment(elsewhere, READER)])


ELSEWHERE: Final = '11111111-0000-4000-8000-000000000000'
APART: Final = resource('pulumi:providers:azure-native', 'apart', subscriptionId=ELSEWHERE)


def test_a_thing_lies_in_the_subscription_of_its_provider() -> None:
    """Of two groups with one name in two subscriptions, an assignment is on the one that its scope names."""
    there = [{**each, 'name': f'other-{each["name"]}', 'provider': 'apart'} for each in THINGS[:2]]
    inputs = {**THINGS[2]['inputs'], 'containerName': 'apart'}
    container = {**THINGS[2], 'name': 'other-main', 'inputs': inputs, 'provider': 'apart'}
    scope = MAIN.replace('00000000-0000-4000-8000-000000000000', ELSEWHERE).replace('/main', '/apart')
    on_it = assignment(scope, READER) | {'provider': 'apart'}
    here = assignment(MAIN, CONTRIBUTOR)
    access = evaluate([APART, *THINGS, *there, container, on_it, here])
    assert can(access, 'bucket', 'alphaver/apart') == {'list', 'read', 'read metadata'}
    assert 'delete' in can(access, 'bucket', 'alphaver/main')


def test_a_scope_and_a_provider_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(UnreadableError, match='its provider in'):
        evaluate([APART, *THINGS, assignment(MAIN, READER) | {'provider': 'apart'}])
    with pytest.raises(UnreadableError, match='there is no provider'):
        evaluate([*THINGS, assignment(MAIN, READER) | {'provider': 'apart'}])


def test_a_role_is_refused_where_it_is_not_assignable() -> None:
    ours = definition('11111111-1111-4111-8111-111111111111', data=(f'{BLOB}/read',))
    narrow = {**ours, 'inputs': {**ours['inputs'], 'assignableScopes': [REGISTRY]}}
    on_it = assignment(MAIN, '11111111-1111-4111-8111-111111111111')
    assert can(evaluate([*THINGS, ours, on_it]), 'bucket', 'alphaver/main') == {'list', 'read'}
    with pytest.raises(UnreadableError, match='is not assignable at'):
        evaluate([*THINGS, narrow, on_it])


@pytest.mark.parametrize(
    'more',
    [
        assignment(MAIN, '00000000-0000-0000-0000-000000000000'),
        assignment(MAIN, READER, condition=LIST_ONLY),
        assignment(MAIN, READER, condition='@Request[x] StringEquals y', conditionVersion='2.0'),
        assignment(MAIN, READER, ANALYSTS, 'User'),
        assignment(MAIN, READER, {'$ref': ['analysts', 'id']}, 'Group'),
        assignment(MAIN, READER, {'$ref': ['account', 'id']}, 'ServicePrincipal'),
        assignment(MAIN, READER, 'ana@example.org'),
        resource('azure-native:storage:StorageAccount', 'open', **{**ACCOUNT_INPUTS, 'allowSharedKeyAccess': True}),
        resource('azure-native:storage:LocalUser', 'local', accountName='alphaver'),
    ],
    ids=[
        'a role',
        'no version',
        'a condition',
        'the wrong type',
        'the wrong output',
        'no principal',
        'no id',
        'shared keys',
        'another way in',
    ],
)
def test_what_is_not_understood_is_refused(more: dict[str, Plain]) -> None:
    with pytest.raises(UnreadableError):
        evaluate([*THINGS, more])

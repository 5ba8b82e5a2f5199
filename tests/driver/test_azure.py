"""A dataset on Azure, by the same driver: what it is made of, and how that is spelt."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cpg_infra.access import resolve
from cpg_infra.config import ConfigurationError, Severity
from cpg_infra.engine.stacks import shards_of
from cpg_infra.plan import AccountRole, Plan, PrincipalKind, Ref, Resource
from tests.organisations import (
    AZURE,
    DESTINATION_ON_AZURE,
    DROPBOX_ON_AZURE,
    HAIL_AZURE,
    WEB_ON_AZURE,
    Plain,
    azure_only,
    dataset,
    on_azure,
    on_both,
    plan_of,
    two_clouds,
    user,
    users,
)

SUBSCRIPTION = '/subscriptions/11111111-2222-4333-8444-555555555555'
ALPHA = f'{SUBSCRIPTION}/resourceGroups/lantern-alpha'
ROLES = f'{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions'
BLOB_READER = f'{ROLES}/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'


def azure_plan(*datasets: Any, **changes: Plain) -> Plan:
    """The plan of an organisation on Azure only."""
    return plan_of(on_azure('common'), *datasets, **azure_only(**changes))


def of_type(plan: Plan, token: str, dataset_name: str = 'alpha') -> list[Resource]:
    return [each for each in plan.resources_by_type.get(token, ()) if each.owner.dataset == dataset_name]


def inputs(plan: Plan, name: str) -> dict[str, Any]:
    return dict(plan.resource_by_name[name].inputs)


# The whole ------------------------------------------------------------------------------------------------


def test_an_organisation_on_azure_alone_needs_nothing_of_google() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}))
    assert {each.type.partition(':')[0] for each in plan.resources} == {'azure-native', 'azuread', 'cpg'}
    assert plan.errors == ()


def test_a_section_as_it_was_before_azure_was_planned_is_enough() -> None:
    old = {
        key: AZURE[key] for key in ('region', 'subscription', 'tenant', 'dataset_storage_prefix', 'config_bucket_name')
    }
    plan = azure_plan(on_azure('alpha'), azure=old)
    assert plan.errors == ()
    assert [str(each) for each in plan.diagnostics if each.code == 'no-budget'] == [
        (
            'warning: alpha.budgets.azure.monthly_budget: there is no budget on azure: azure.budget_start is missing, '
            'the first of the month to start from'
        ),
        (
            'warning: common.budgets.azure.monthly_budget: there is no budget on azure: azure.budget_start is missing, '
            'the first of the month to start from'
        ),
    ]


def test_a_dataset_takes_no_more_resources_on_azure_than_on_google_cloud() -> None:
    plan = plan_of(on_both('common'), on_both('alpha'), **two_clouds())
    counts = Counter(str(each.owner.cloud) for each in plan.resources if each.owner.dataset == 'alpha')
    assert counts['azure'] <= 0.7 * counts['gcp']


def test_with_the_same_components_the_memberships_make_the_difference() -> None:
    components = ['storage', 'hail-accounts', 'analysis-runner', 'container-registry', 'metamist']
    plan = plan_of(
        on_both('common'), on_both('alpha', components=dict.fromkeys(('gcp', 'azure'), components)), **two_clouds()
    )
    found = [each for each in plan.resources if each.owner.dataset == 'alpha']
    counts = Counter(str(each.owner.cloud) for each in found)
    memberships = len(of_type(plan, 'azuread:index/groupMember:GroupMember'))
    lists = len(of_type(plan, 'cpg:google:GroupMembers'))
    assert counts['azure'] - memberships <= counts['gcp'] - lists + 10


def test_the_resource_providers_that_a_subscription_needs_are_said() -> None:
    (remark,) = [each for each in azure_plan(on_azure('alpha')).diagnostics if each.code == 'resource-providers']
    assert str(remark) == (
        'info: azure.subscription: the subscription must have these resource providers registered before a deployment: '
        'Microsoft.Authorization, Microsoft.Consumption, Microsoft.CostManagement, Microsoft.KeyVault, Microsoft.ManagedIdentity, Microsoft.Storage'
    )


# Subscriptions --------------------------------------------------------------------------------------------

APART = '99999999-2222-4333-8444-555555555555'


def apart_plan() -> Plan:
    """Alpha in a subscription of its own, and beta, whose people read alpha."""
    own = {'subscription': APART.upper()}
    members = {'analysis': ['ana']}
    return azure_plan(on_azure('alpha', azure=own, members=members), on_azure('beta', depends_on_readonly=['alpha']))


def test_everything_of_a_dataset_lies_in_its_subscription_and_nothing_else_does() -> None:
    plan = apart_plan()
    (name,) = plan.providers
    assert dict(plan.providers[name].inputs) == {'subscriptionId': APART, 'tenantId': AZURE['tenant']}
    native = [each for each in plan.resources if each.type.startswith('azure-native:')]
    assert {each.name for each in native if each.provider == name} == {
        each.name for each in native if each.owner.dataset == 'alpha'
    }
    assert {each.provider for each in plan.resources if each not in native} == {None}
    begins = {
        (each.provider, each.inputs['scope'].split('/')[2])  # type: ignore[union-attr]  # a text
        for each in native
        if 'scope' in each.inputs and each.owner.dataset
    }
    assert begins == {(name, APART), (None, AZURE['subscription'])}


def test_a_group_of_one_subscription_holds_roles_in_another() -> None:
    plan = apart_plan()
    main = f'/subscriptions/{APART}/resourceGroups/lantern-alpha/providers/Microsoft.Storage/storageAccounts/'
    found = [
        each
        for each in of_type(plan, 'azure-native:authorization:RoleAssignment')
        if str(each.inputs['scope']).startswith(f'{main}lanternalphaver')
    ]
    roles = f'/subscriptions/{APART}/providers/Microsoft.Authorization/roleDefinitions/'
    assert found
    assert {str(each.inputs['roleDefinitionId']).startswith(roles) for each in found} == {True}
    joined = {each.member for each in plan.memberships if each.group == 'azure:group:alpha-main-read'}
    assert any('beta' in each for each in joined)


def test_roles_of_ours_are_assignable_wherever_a_dataset_is_and_keep_their_names() -> None:
    alone, apart = (
        plan.resources_by_type['azure-native:authorization:RoleDefinition']
        for plan in (azure_plan(on_azure('alpha')), apart_plan())
    )
    assert [{**each.inputs, 'assignableScopes': ()} for each in alone] == [
        {**each.inputs, 'assignableScopes': ()} for each in apart
    ]
    assert {tuple(each.inputs['assignableScopes']) for each in alone} == {(SUBSCRIPTION,)}  # type: ignore[arg-type]  # a list
    assert {tuple(each.inputs['assignableScopes']) for each in apart} == {  # type: ignore[arg-type]  # a list
        (SUBSCRIPTION, f'/subscriptions/{APART}')
    }


def test_what_must_be_registered_is_said_of_each_subscription() -> None:
    remarks = [each for each in apart_plan().diagnostics if each.code == 'resource-providers']
    assert [str(each).partition(': the ')[0] for each in remarks] == [
        'info: alpha.azure.subscription',
        'info: azure.subscription',
    ]


def test_the_organisations_subscription_may_be_named_and_changes_nothing() -> None:
    named = azure_plan(on_azure('alpha', azure={'subscription': str(AZURE['subscription'])}))
    assert named.canonical_bytes() == azure_plan(on_azure('alpha', azure={})).canonical_bytes()


def test_a_stack_must_be_set_to_the_organisations_subscription() -> None:
    (setting,) = apart_plan().settings
    assert (setting.key, setting.variable, setting.value) == (
        'azure-native:subscriptionId',
        'ARM_SUBSCRIPTION_ID',
        AZURE['subscription'],
    )


# Guests ---------------------------------------------------------------------------------------------------

INVITING = {**AZURE, 'domains': ['tenant.example.org'], 'invite_guests': {'redirect_url': 'https://start.example.org'}}
INVITATION = 'azuread:index/invitation:Invitation'
VISITOR = 'dara@guest.example.com'


def with_a_guest(section: Plain, **members: Plain) -> Plan:
    """Dara is of another tenant."""
    people = {**users(), 'dara': user('dara', clouds={'azure': {'id': VISITOR}})}
    given = {'analysis': ['ana', 'dara'], **members}
    return azure_plan(on_azure('alpha', members=given), on_azure('beta', members=given), azure=section, users=people)


def test_a_guest_is_invited_once_and_known_by_what_the_invitation_tells() -> None:
    plan = with_a_guest(INVITING)
    (invitation,) = plan.resources_by_type[INVITATION]
    assert invitation.name == f'azure-guest-{VISITOR}'
    assert invitation.owner.dataset == ''
    assert not invitation.options.protect
    assert invitation.inputs == {
        'userEmailAddress': VISITOR,
        'redirectUrl': 'https://start.example.org',
        'message': {'language': 'en-US'},
    }
    ids = {
        each.inputs['memberObjectId']
        for each in plan.resources_by_type['azuread:index/groupMember:GroupMember']
        if VISITOR in each.name
    }
    assert ids == {Ref(invitation.name, 'userId')}
    assert 'getUser' in str(of_type(plan, 'azuread:index/groupMember:GroupMember'))


def test_without_the_key_guests_are_looked_up_as_before() -> None:
    plan = with_a_guest({**AZURE, 'domains': ['tenant.example.org']})
    assert INVITATION not in plan.resources_by_type
    assert f"(('mail', '{VISITOR}'),)" in str(of_type(plan, 'azuread:index/groupMember:GroupMember'))


def test_an_organisation_without_guests_invites_nobody() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}), azure=INVITING)
    assert INVITATION not in plan.resources_by_type


def test_an_invitation_is_in_the_stack_before_all_that_name_it() -> None:
    places = {
        each.name: shard.name
        for shard in shards_of(with_a_guest(INVITING), 'per-dataset', 'common')
        for each in shard.deployed
    }
    assert places[f'azure-guest-{VISITOR}'] == 'foundation'


# Appending ------------------------------------------------------------------------------------------------


def test_appending_may_be_strict_and_then_a_warning_says_what_fails() -> None:
    strict, plan = azure_plan(on_azure('alpha'), azure={**AZURE, 'strict_append': True}), azure_plan(on_azure('alpha'))
    names = {each.name for each in strict.resources if 'storage-strict-creator' in each.name}
    assert {each.name for each in plan.resources if 'storage-creator' in each.name} == {
        name.replace('strict-', '') for name in names
    }
    role = strict.resource_by_name['azure-role-storage-strict-creator'].inputs['permissions']
    assert "'dataActions': ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'" in str(role)
    assert '/write' not in str(role)
    assert not any('condition' in strict.resource_by_name[name].inputs for name in names)
    said = [(each.code, str(each)) for each in strict.diagnostics if each.severity is Severity.WARNING]
    assert [text for code, text in said if code == 'strict-append'] == [
        (
            'warning: azure.strict_append: uploads in stages are refused on azure, also of new files: every one of Hail '
            'Batch, so that the level standard cannot write through it, and large ones of other programs'
        ),
    ]
    assert not any('append is only approximate' in text for _, text in said)
    assert any('append is only approximate' in str(each) for each in plan.diagnostics)


# Storage --------------------------------------------------------------------------------------------------


def test_a_dataset_has_a_storage_account_with_versions_and_one_without() -> None:
    plan = azure_plan(on_azure('alpha'))
    by_account: dict[str, set[str]] = {}
    for each in of_type(plan, 'azure-native:storage:BlobContainer'):
        account, _, container = each.physical.partition('/')
        by_account.setdefault(account, set()).add(container)
    assert by_account == {
        'lanternalphaver': {
            *('archive', 'main', 'main-analysis', 'main-upload', 'main-web'),
            *('test', 'test-analysis', 'test-upload', 'test-web'),
        },
        'lanternalphatmp': {'hail', 'main-tmp', 'test-tmp'},
    }


def test_storage_is_closed_but_to_role_assignments_and_kept_from_deletion() -> None:
    plan = azure_plan(on_azure('alpha', azure={'region': 'westeurope'}))
    account = plan.resource_by_name['alpha-azure-versioned-storage-account']
    assert account.inputs == {
        'accountName': 'lanternalphaver',
        'resourceGroupName': 'lantern-alpha',
        'location': 'westeurope',
        'kind': 'StorageV2',
        'sku': {'name': 'Standard_LRS'},
        'accessTier': 'Hot',
        'allowBlobPublicAccess': False,
        'allowSharedKeyAccess': False,
        'allowCrossTenantReplication': False,
        'defaultToOAuthAuthentication': True,
        'enableHttpsTrafficOnly': True,
        'minimumTlsVersion': 'TLS1_2',
        'isHnsEnabled': False,
        'tags': {'dataset': 'alpha'},
    }
    assert (account.options.protect, account.options.retain) == (True, True)
    container = plan.resource_by_name['alpha-azure-main-bucket']
    assert container.inputs == {
        'accountName': 'lanternalphaver',
        'resourceGroupName': 'lantern-alpha',
        'containerName': 'main',
        'publicAccess': 'None',
    }
    assert (container.options.protect, container.options.retain) == (True, True)


def test_what_was_deleted_can_be_brought_back_for_a_month_and_nothing_of_what_is_temporary() -> None:
    plan = azure_plan(on_azure('alpha', autoclass=False))
    assert inputs(plan, 'alpha-azure-versioned-storage-account-settings') == {
        'accountName': 'lanternalphaver',
        'resourceGroupName': 'lantern-alpha',
        'blobServicesName': 'default',
        'isVersioningEnabled': True,
        'containerDeleteRetentionPolicy': {'enabled': True, 'days': 7},
        'deleteRetentionPolicy': {'enabled': True, 'days': 30},
    }
    temporary = inputs(plan, 'alpha-azure-temporary-storage-account-settings')
    assert (temporary['isVersioningEnabled'], temporary['deleteRetentionPolicy']) == (False, {'enabled': False})


def test_access_is_tracked_where_rules_need_it_and_before_they_do() -> None:
    plan = azure_plan(on_azure('alpha'))
    settings = inputs(plan, 'alpha-azure-versioned-storage-account-settings')
    assert settings['lastAccessTimeTrackingPolicy'] == {
        'enable': True,
        'name': 'AccessTimeTracking',
        'trackingGranularityInDays': 1,
        'blobType': ['blockBlob'],
    }
    lifecycle = plan.resource_by_name['alpha-azure-versioned-storage-account-lifecycle']
    assert lifecycle.depends_on == ('alpha-azure-versioned-storage-account-settings',)


# Grants ---------------------------------------------------------------------------------------------------


def test_a_grant_is_an_assignment_at_the_container() -> None:
    plan = azure_plan(on_azure('alpha'))
    assignment = plan.resource_by_name['alpha-azure-main-bucket-storage-blob-data-reader-group-alpha-main-read']
    scope = f'{ALPHA}/providers/Microsoft.Storage/storageAccounts/lanternalphaver/blobServices/default/containers/main'
    assert assignment.inputs == {
        'roleAssignmentName': assignment.inputs['roleAssignmentName'],
        'scope': scope,
        'roleDefinitionId': BLOB_READER,
        'principalId': Ref('alpha-azure-main-read-group', 'objectId'),
        'principalType': 'Group',
    }
    assert assignment.options.delete_before_replace
    assert set(assignment.depends_on) == {'alpha-azure-main-read-group', 'alpha-azure-main-bucket'}


def test_grants_of_one_role_on_one_thing_are_one_assignment() -> None:
    plan = azure_plan(on_azure('alpha'))
    assignment = plan.resource_by_name['alpha-azure-project-resource-viewer-group-alpha-analysis']
    key = 'azure:project:lantern-alpha|project.{}|azure:group:alpha-analysis'
    assert assignment.intents == tuple(key.format(f'view-{what}') for what in ('compute', 'logs', 'monitoring'))
    assert assignment.inputs['scope'] == ALPHA


def test_our_own_roles_are_defined_once_and_before_they_are_assigned() -> None:
    plan = azure_plan(on_azure('alpha'), on_azure('beta'))
    definitions = {each.name: each for each in plan.resources if each.type.endswith(':RoleDefinition')}
    assert definitions.keys() == {
        *(f'azure-role-storage-{role}' for role in ('lister', 'creator', 'mutator')),
        *(f'azure-role-{role}' for role in ('resource-viewer', 'role-viewer')),
    }
    lister = definitions['azure-role-storage-lister'].inputs
    assert (lister['roleName'], lister['scope'], lister['assignableScopes']) == (
        'lantern-storage-lister',
        SUBSCRIPTION,
        [SUBSCRIPTION],
    )
    assignment = plan.resource_by_name['beta-azure-project-storage-lister-group-beta-main-list']
    assert 'azure-role-storage-lister' in assignment.depends_on
    assert assignment.inputs['roleDefinitionId'] == f'{ROLES}/{lister["roleDefinitionId"]}'
    assert assignment.inputs['conditionVersion'] == '2.0'


def test_nobody_pays_for_requests_or_makes_keys() -> None:
    plan = azure_plan(on_azure('alpha', enable_release=True))
    assert {grant.role.value for grant in plan.grants} & {'project.pay-for-requests', 'account.manage-keys'} == set()


# Identities and groups ------------------------------------------------------------------------------------


def test_a_group_is_made_empty_and_each_membership_is_a_resource() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}))
    assert inputs(plan, 'alpha-azure-analysis-group') == {
        'displayName': 'alpha-analysis',
        'securityEnabled': True,
        'mailEnabled': False,
        'preventDuplicateNames': True,
    }
    nested = inputs(plan, 'alpha-azure-analysis-group-group-alpha-data-manager')
    assert nested == {
        'groupObjectId': Ref('alpha-azure-analysis-group', 'objectId'),
        'memberObjectId': Ref('alpha-azure-data-manager-group', 'objectId'),
    }


def test_no_membership_is_made_while_memberships_are_disabled() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}), disable_group_memberships=True)
    assert 'azuread:index/groupMember:GroupMember' not in plan.resources_by_type
    assert len(of_type(plan, 'azuread:index/groupWithoutMembers:GroupWithoutMembers')) == 21


@pytest.mark.parametrize(
    ('account', 'member'),
    [
        ('Ana@tenant.example.org', '«getUser(ana@tenant.example.org).objectId»'),
        ('0a0a0a0a-1111-4222-8333-444444444444', '0a0a0a0a-1111-4222-8333-444444444444'),
    ],
)
def test_people_are_looked_up_unless_their_object_id_is_known(account: str, member: str) -> None:
    ana = {'id': 'ana', 'clouds': {'azure': {'id': account}}}
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}), users={'ana': ana})
    (membership,) = [each for each in plan.memberships if each.member_key == 'person-ana']
    principal = plan.principal_by_key[membership.member]
    assert (principal.kind.value, principal.user) == ('person', 'ana')
    (resource,) = [each for each in plan.resources if each.intents == (membership.key,)]
    assert str(resource.inputs['memberObjectId']) == member


@pytest.mark.parametrize(
    ('domain', 'key'),
    [('example.org', 'userPrincipalName'), ('x.onmicrosoft.com', 'userPrincipalName'), ('partner.org', 'mail')],
)
def test_guests_are_found_by_mail(domain: str, key: str) -> None:
    ana = {'id': 'ana', 'clouds': {'azure': {'id': f'ana@{domain}'}}}
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}), users={'ana': ana})
    member: Any = plan.resource_by_name[f'alpha-azure-analysis-group-person-ana@{domain}'].inputs['memberObjectId']
    assert member.arguments == ((key, f'ana@{domain}'),)


def test_hail_tells_an_application_whose_service_principal_is_let_in() -> None:
    plan = azure_plan(on_azure('alpha'))
    assignment = plan.resource_by_name['alpha-azure-hail-bucket-storage-mutator-hail-alpha-full']
    assert assignment.inputs['principalType'] == 'ServicePrincipal'
    assert str(assignment.inputs['principalId']) == (
        '«getServicePrincipal(«getApplication(«alpha-azure-hail-batch-user-full.identity»).clientId»).objectId»'
    )


def test_programs_elsewhere_upload_without_a_key_one_after_the_other() -> None:
    named = [
        {'name': name, 'issuer': 'https://issuer.example.org', 'subject': f'program:{name}'} for name in ('one', 'two')
    ]
    plan = azure_plan(on_azure('alpha', azure={'upload_federations': named}))
    begin = 'alpha-azure-service-account-main-upload'
    assert inputs(plan, f'{begin}-federation-one') == {
        'federatedIdentityCredentialResourceName': 'one',
        'resourceName': 'main-upload',
        'resourceGroupName': 'lantern-alpha',
        'issuer': 'https://issuer.example.org',
        'subject': 'program:one',
        'audiences': ['api://AzureADTokenExchange'],
    }
    assert plan.resource_by_name[f'{begin}-federation-two'].depends_on == (begin, f'{begin}-federation-one')


def test_a_program_elsewhere_is_somebody_who_comes_in_as_the_upload_account() -> None:
    named = [{'name': 'one', 'issuer': 'https://issuer.example.org', 'subject': 'program:one'}]
    plan = azure_plan(on_azure('alpha', azure={'upload_federations': named}))
    program = plan.principal_by_key['azure:federated:https://issuer.example.org program:one']
    assert program.kind is PrincipalKind.FEDERATED
    account = 'azure:machine-account:main-upload@lantern-alpha'
    assert [(each.role, each.asset) for each in plan.grants if each.principal == program.key] == [
        (AccountRole.COME_IN_AS, account)
    ]
    assert [each.role for each in resolve(plan).of(program.key)] == [AccountRole.COME_IN_AS]
    credential = plan.resource_by_name['alpha-azure-service-account-main-upload-federation-one']
    assert credential.intents == (
        'azure:federation:main-upload@lantern-alpha/one',
        f'{account}|account.come-in-as|{program.key}',
    )


def test_one_program_under_two_names_is_refused_at_its_place() -> None:
    named = [
        {'name': name, 'issuer': 'https://issuer.example.org', 'subject': 'program:one'} for name in ('one', 'two')
    ]
    with pytest.raises(ConfigurationError) as refused:
        azure_plan(on_azure('alpha', azure={'upload_federations': named}))
    (error,) = [str(each) for each in refused.value.diagnostics if each.severity == 'error']
    assert error.startswith('alpha.azure.upload_federations.two: grant ')
    assert 'federated:https://issuer.example.org program:one' in error


# Budgets, secrets, registries -----------------------------------------------------------------------------


def test_a_budget_starts_where_the_configuration_says() -> None:
    plan = azure_plan(on_azure('alpha'), budget_notification_thresholds=[0.5, 1])
    notification = {
        'enabled': True,
        'operator': 'GreaterThanOrEqualTo',
        'thresholdType': 'Actual',
        'contactEmails': ['costs@example.org'],
    }
    assert inputs(plan, 'alpha-azure-monthly-budget') == {
        'budgetName': 'lantern-alpha-monthly-budget',
        'scope': ALPHA,
        'category': 'Cost',
        'amount': 100,
        'timeGrain': 'Monthly',
        'timePeriod': {'startDate': '2030-01-01T00:00:00Z', 'endDate': '2040-01-01T00:00:00Z'},
        'notifications': {
            'at-50-percent': {**notification, 'threshold': 50.0},
            'at-100-percent': {**notification, 'threshold': 100.0},
        },
    }


def test_a_budget_that_nobody_hears_of_has_no_thresholds() -> None:
    plan = azure_plan(on_azure('alpha'), azure={**AZURE, 'budget_contacts': []})
    assert 'notifications' not in inputs(plan, 'alpha-azure-monthly-budget')


def test_a_shared_budget_is_one_of_years() -> None:
    budget = {'azure': {'monthly_budget': 1, 'shared_total_budget': 500}}
    plan = azure_plan(on_azure('alpha', enable_release=True, enable_shared_project=True, budgets=budget))
    found = inputs(plan, 'alpha-azure-shared-budget')
    assert (found['timeGrain'], found['amount'], found['scope']) == ('Annually', 500, f'{ALPHA}-shared')


def test_the_dropbox_configuration_is_a_secret_in_the_vault_of_the_common_dataset() -> None:
    plan = azure_plan(on_azure('alpha'))
    secret = plan.resource_by_name['common-azure-dropbox-server-config']
    assert secret.inputs == {
        'secretName': 'dropbox-server-config',
        'vaultName': 'lantern-common',
        'resourceGroupName': 'lantern-common',
        'properties': {'value': '{"dropboxes": []}', 'contentType': 'text/plain'},
    }
    assert secret.options.secret_inputs == ('properties',)
    vault = plan.resource_by_name['common-azure-vault']
    properties = vault.inputs['properties']
    assert isinstance(properties, dict)
    assert (properties['enableRbacAuthorization'], properties['enablePurgeProtection']) == (True, True)
    assert vault.options.protect
    read = plan.resource_by_name[f'{secret.name}-key-vault-secrets-user-machine-{DROPBOX_ON_AZURE}']
    assert str(read.inputs['scope']).endswith(
        '/lantern-common/providers/Microsoft.KeyVault/vaults/lantern-common/secrets/dropbox-server-config'
    )


def test_each_registry_is_a_registry_of_its_own_without_an_administrator() -> None:
    plan = azure_plan(on_azure('alpha', create_container_registry=True))
    found = {each.physical: each for each in of_type(plan, 'azure-native:containerregistry:Registry')}
    assert found.keys() == {f'lanternalphaimages{end}.azurecr.io' for end in ('', 'dev', 'tmp')}
    assert {each.inputs['adminUserEnabled'] for each in found.values()} == {False}
    push = plan.resource_by_name['alpha-azure-artifact-registry-images-acrpush-group-alpha-images-writer']
    assert push.inputs['scope'] == f'{ALPHA}/providers/Microsoft.ContainerRegistry/registries/lanternalphaimages'


# Temporary access -----------------------------------------------------------------------------------------

PREMIUM = {**AZURE, 'premium_tenant': True}
POLICY = '0f0f0f0f-1111-4222-8333-444444444444'


def test_temporary_access_is_an_eligible_group_for_a_day_at_most() -> None:
    changes: dict[str, Plain] = {
        'azure': PREMIUM,
        'adhoc_groups': [{'name': 'owners', 'description': 'Approve', 'members': ['bao']}],
        'temporary_access': {'approver_groups': ['owners@example.org', 'board@example.org']},
    }
    asking = {'members': {'tmp-main-read-access': ['ana']}, 'azure': {'temporary_access_policy': POLICY}}
    plan = azure_plan(on_azure('alpha', **asking), **changes)
    schedule = inputs(plan, 'alpha-azure-temporary-bucket-access-main-read')
    assert schedule['principalId'] == Ref('alpha-azure-tmp-main-read-access-group', 'objectId')
    assert (schedule['roleDefinitionId'], schedule['scheduleInfo']) == (
        BLOB_READER,
        {'expiration': {'type': 'NoExpiration'}},
    )
    policy = inputs(plan, 'alpha-azure-temporary-bucket-access-main-read-policy')
    assert (policy['scope'], policy['roleManagementPolicyName']) == (schedule['scope'], POLICY)
    rules = {rule['id']: rule for rule in policy['rules']}
    assert rules['Expiration_EndUser_Assignment']['maximumDuration'] == 'PT24H'
    assert rules['Enablement_EndUser_Assignment']['enabledRules'] == ['Justification']
    (stage,) = rules['Approval_EndUser_Assignment']['setting']['approvalStages']
    assert [str(each['id']) for each in stage['primaryApprovers']] == [
        '«getGroup(board).objectId»',
        '«common-azure-owners-group.objectId»',
    ]
    (entitlement,) = plan.entitlements
    assert entitlement.max_duration.days == 1


def test_without_the_policy_that_azure_makes_access_is_renewed_every_year_under_its_rules() -> None:
    asking = on_azure('alpha', members={'tmp-main-read-access': ['ana']})
    plan = azure_plan(asking, azure=PREMIUM)
    schedule = inputs(plan, 'alpha-azure-temporary-bucket-access-main-read')
    assert schedule['scheduleInfo'] == {'expiration': {'type': 'AfterDuration', 'duration': 'P365D'}}
    assert 'azure-native:authorization:RoleManagementPolicy' not in plan.resources_by_type


def test_approvals_without_that_policy_are_not_passed_over() -> None:
    asking = on_azure('alpha', members={'tmp-main-read-access': ['ana']})
    plan = azure_plan(asking, azure=PREMIUM, temporary_access={'approver_groups': ['board@example.org']})
    assert plan.entitlements == ()
    assert [str(each) for each in plan.diagnostics if each.code == 'no-temporary-access'] == [
        (
            'warning: alpha.members.tmp-main-read-access: nobody may ask on azure yet: approvals and notifications need '
            'azure.temporary_access_policy of the dataset, the policy that Azure makes with the main container'
        ),
    ]


def test_notebooks_alone_ask_for_nothing_on_azure() -> None:
    plan = azure_plan(on_azure('alpha', allow_notebook_tmp_main_read=True), azure=PREMIUM)
    assert plan.entitlements == ()
    assert [each.severity.value for each in plan.diagnostics if 'allow_notebook' in each.message] == ['warning']


def test_a_tenant_without_the_licence_is_told_at_the_list_of_people() -> None:
    with pytest.raises(ConfigurationError) as caught:
        azure_plan(on_azure('alpha', members={'tmp-main-read-access': ['ana']}))
    assert [str(each) for each in caught.value.diagnostics if each.severity == 'error'] == [
        (
            'alpha.members.tmp-main-read-access: temporary access cannot be granted on azure: the tenant has no premium '
            'licence (azure.premium_tenant: true, once it has Entra ID P2 or ID Governance)'
        ),
    ]


# Outputs --------------------------------------------------------------------------------------------------


def test_the_configuration_of_jobs_is_written_to_a_blob() -> None:
    plan = azure_plan(on_azure('alpha'))
    blob = plan.resource_by_name['storage-config-azure-alpha-main']
    assert (blob.type, blob.physical) == ('cpg:azure:Blob', f'{DESTINATION_ON_AZURE}/storage/azure/alpha-main.toml')
    assert {key: value for key, value in blob.inputs.items() if key != 'content'} == {
        'account': 'lanternconfig',
        'container': 'deployed',
        'name': 'runner/storage/azure/alpha-main.toml',
    }
    assert blob.options.secret_inputs == ('content',)
    assert 'tmp = "https://lanternalphatmp.blob.core.windows.net/main-tmp"' in str(blob.inputs['content'])


def test_members_caches_lie_in_an_account_of_the_common_dataset() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}))
    cache = inputs(plan, 'alpha-analysis-azure-group-cache-members')
    assert cache == {
        'account': 'lanterncommonver',
        'container': 'members-group-cache',
        'name': 'alpha-analysis-members.txt',
        'content': 'ana@tenant.example.org',
    }
    assert 'lanterncommonver.blob' in str(inputs(plan, 'infrastructure-config')['content'])


def test_configuration_viewers_are_let_in_where_it_lies() -> None:
    plan = azure_plan(on_azure('alpha'))
    (grant,) = [each for each in plan.grants if each.principal.endswith('config-viewers-group')]
    assert grant.asset == 'azure:bucket:lanternconfig/deployed'
    (assignment,) = [each for each in plan.resources if grant.key in each.intents]
    assert '/resourceGroups/lantern-configuration/' in str(assignment.inputs['scope'])


# Two clouds -----------------------------------------------------------------------------------------------


def test_a_dataset_on_both_clouds_is_on_each_as_if_alone() -> None:
    both = plan_of(on_both('common'), on_both('alpha', members={'analysis': ['ana']}), **two_clouds())
    on_google = plan_of(dataset('common'), dataset('alpha', members={'analysis': ['ana']}), **two_clouds())
    shared = {'infrastructure-config'}
    for resource in on_google.resources:
        if resource.name not in shared:
            assert both.resource_by_name[resource.name] == resource


def test_a_cloud_that_does_not_hold_the_configuration_has_its_own_members_cache() -> None:
    plan = plan_of(on_both('common'), **two_clouds())
    assert inputs(plan, 'infrastructure-config')['content'] == (
        '[infrastructure]\n'
        'git_credentials_secret_name = "git-credentials"\n'
        'git_credentials_secret_project = "lantern-runner"\n'
        'members_cache_location = "gs://lantern-members-group-cache"\n'
        '\n'
        '[infrastructure.azure]\n'
        'members_cache_location = "https://lanterncommonver.blob.core.windows.net/members-group-cache"\n'
    )
    assert plan.outputs.keys() >= {'members-cache-bucket', 'azure-members-cache-bucket'}


def test_dependencies_hold_where_both_are_and_the_plan_says_where_not() -> None:
    plan = plan_of(
        on_both('common'),
        on_both('alpha', depends_on=['beta', 'gamma']),
        dataset('beta'),
        on_azure('gamma'),
        **two_clouds(),
    )
    nested = {each.key for each in plan.memberships if each.group.endswith(('beta-full', 'gamma-full'))}
    assert nested >= {
        'gcp:group:beta-full|gcp:group:alpha-full',
        'azure:group:gamma-full|azure:group:alpha-full',
    }
    said = [str(each) for each in plan.diagnostics if each.code == 'dependency-elsewhere']
    assert said == [
        'info: alpha.depends_on.beta: beta is not on azure: nothing of it can be used there',
        'info: alpha.depends_on.gamma: gamma is not on gcp: nothing of it can be used there',
    ]


def test_everybody_is_in_a_metamist_project_once_whatever_clouds_they_are_on() -> None:
    components = {'azure': ['storage', 'hail-accounts', 'metamist']}
    ana = user('ana')
    guest = {'id': 'guest', 'clouds': {'azure': {'id': 'Guest@partner.org'}}}
    there = on_azure('beta', depends_on=['alpha'], components=components, members={'analysis': ['guest', 'ana']})
    plan = plan_of(
        on_both('common'),
        on_both('alpha', components=components, members={'analysis': ['ana']}),
        there,
        **two_clouds(users={'ana': ana, 'guest': guest}),
    )
    members: Any = plan.resource_by_name['metamist-project-alpha'].inputs['members']
    readers = [each for each in members['reader'] if isinstance(each, str) and 'gserviceaccount' not in each]
    assert readers == ['ana@example.org', 'guest@partner.org']
    assert [each for each in members['reader'] if 'azure' in str(each)] == []


def test_each_hail_batch_has_the_users_of_its_cloud() -> None:
    plan = plan_of(on_both('common'), on_both('alpha', members={'analysis': ['ana']}), **two_clouds())
    google, azure = (inputs(plan, f'alpha-{cloud}-batch-billing-project') for cloud in ('gcp', 'azure'))
    assert (azure['url'], azure['cloud']) == (HAIL_AZURE['hail_batch_url'], 'azure')
    assert azure['users'] == google['users'] == ['aggregator', 'alpha-full', 'alpha-standard', 'alpha-test', 'ana-hail']


def test_services_of_azure_are_let_in_on_azure() -> None:
    plan = plan_of(on_both('common'), on_both('alpha'), **two_clouds())
    readers = {each.asset for each in plan.grants if each.principal == f'azure:machine:{WEB_ON_AZURE}'}
    assert readers == {
        'azure:bucket:lanterncommonver/members-group-cache',
        *(f'azure:bucket:lantern{name}ver/{key}' for name in ('alpha', 'common') for key in ('main-web', 'test-web')),
    }
    assert [each for each in plan.principals if each.cloud == 'azure' and 'gserviceaccount' in each.key] == []

"""A grant is an assignment of a role; roles of our own are defined first."""

from __future__ import annotations

from cpg_infra.config import Severity
from cpg_infra.plan import Ref
from tests.driver.azure.building import ALPHA, BLOB_READER, ROLES, SUBSCRIPTION, azure_plan
from tests.organisations import (
    AZURE,
    on_azure,
)

# Grants -----------------------------------------------------------------------------------------------------


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


# Appending --------------------------------------------------------------------------------------------------


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

"""Roles, who has them, and who is in which group: what the directory and the resource manager make of them."""

from __future__ import annotations

import pytest

from tests.simulated_cloud import building_azure as types
from tests.simulated_cloud.azure.assignments import ASSIGNMENTS_OF_A_SUBSCRIPTION
from tests.simulated_cloud.azure.principals import make_application
from tests.simulated_cloud.building_azure import BLOBS, LIST_ONLY, SUBSCRIPTION, AzureCloud, definition, guid
from tests.simulated_cloud.world import Refused, World


@pytest.fixture
def main(azure: AzureCloud) -> str:
    """The id of a container."""
    azure.account()
    return azure.container().id


# Assignments ----------------------------------------------------------------------------------------------


def test_a_second_assignment_of_one_role_to_one_principal_at_one_scope_is_refused(azure: AzureCloud, main: str) -> None:
    group = azure.group()
    azure.assignment(group, main)
    with pytest.raises(Refused, match='Status=409 Code="RoleAssignmentExists"'):
        azure.assignment(group, main, roleAssignmentName=guid('another'))
    with pytest.raises(Refused, match='Code="RoleAssignmentExists"'):
        azure.assignment(group, main, roleAssignmentName=guid('another'), condition=LIST_ONLY, conditionVersion='2.0')


def test_a_name_of_an_assignment_is_taken_in_the_whole_tenant(azure: AzureCloud, main: str) -> None:
    name, group = guid('one'), azure.group()
    azure.assignment(group, main, roleAssignmentName=name)
    with pytest.raises(Refused, match='Status=400 Code="RoleAssignmentUpdateNotPermitted"'):
        azure.assignment(group, azure.resource_group.id, roleAssignmentName=name)
    with pytest.raises(Refused, match='Code="RoleAssignmentUpdateNotPermitted"'):
        azure.assignment(azure.group('other'), main, roleAssignmentName=name)


def test_an_assignment_that_went_leaves_its_name_and_its_place(azure: AzureCloud, main: str) -> None:
    group = azure.group()
    azure.delete(types.ASSIGNMENT, azure.assignment(group, main))
    azure.assignment(group, main, roleAssignmentName=guid('another'))


def test_whoever_is_new_is_found_only_when_it_is_said_of_what_sort_they_are(azure: AzureCloud, main: str) -> None:
    said, unsaid = azure.identity('said').outputs['principalId'], azure.identity('unsaid').outputs['principalId']
    azure.assignment(said, main, principalType='ServicePrincipal')
    with pytest.raises(Refused, match=r'Code="PrincipalNotFound".*replication delay'):
        azure.assignment(unsaid, main, principalType=None)
    azure.assignment(unsaid, main, principalType=None)


def test_an_assignment_to_nobody_or_to_somebody_of_another_sort_is_refused(azure: AzureCloud, main: str) -> None:
    with pytest.raises(Refused, match='Code="PrincipalNotFound"'):
        azure.assignment(guid('nobody'), main)
    with pytest.raises(Refused, match=r"has type 'User', which is different from specified PrincipalType 'Group'"):
        azure.assignment(azure.user(), main, principalType='Group')


def test_an_assignment_needs_a_role_that_is_defined_and_may_be_used_there(azure: AzureCloud, main: str) -> None:
    group, lister = azure.group(), guid('Lister')
    with pytest.raises(Refused, match='Code="RoleDefinitionDoesNotExist"'):
        azure.assignment(group, main, roleDefinitionId=definition(lister))
    azure.role(assignableScopes=[azure.resource_group.id], scope=azure.resource_group.id)
    azure.assignment(group, main, roleDefinitionId=definition(lister))
    with pytest.raises(Refused, match='Code="RoleDefinitionNotAssignable"'):
        azure.assignment(group, SUBSCRIPTION, roleDefinitionId=definition(lister))
    with pytest.raises(Refused, match='Code="InvalidRoleDefinitionId"'):
        azure.assignment(group, SUBSCRIPTION, roleDefinitionId=lister)


def test_an_assignment_needs_something_at_its_scope(azure: AzureCloud, main: str) -> None:
    group = azure.group()
    azure.assignment(group, main.replace('/resourceGroups/', '/resourcegroups/'))
    for scope in (
        f'{main}s',
        main.replace('small-alpha', 'lantern-configuration'),
        f'{SUBSCRIPTION}/resourceGroups/nowhere',
    ):
        with pytest.raises(Refused, match='Code="ResourceNotFound"'):
            azure.assignment(group, scope)


@pytest.mark.parametrize(
    ('condition', 'version', 'says'),
    [
        (LIST_ONLY, None, 'The only condition version that is supported is 2.0'),
        (LIST_ONLY, '1.0', 'The only condition version that is supported is 2.0'),
        (LIST_ONLY[:-1], '2.0', "'\\)' expected, not 'the end'"),
        (f'{LIST_ONLY})', '2.0', "unexpected '\\)'"),
        ("SubOperationMatches{'Blob.Lists'}", '2.0', 'is no suboperation'),
        ("ActionMatches{'blobs read'}", '2.0', 'is no action'),
        ("Matches{'Blob.List'}", '2.0', "a term begins with 'Matches'"),
        ('', '2.0', "a term begins with 'nothing'"),
        ('(' * 8_193, '2.0', 'longer than 8192 bytes'),
        (f'{LIST_ONLY} AND {LIST_ONLY} OR {LIST_ONLY}', '2.0', 'three or more terms need parentheses'),
    ],
)
def test_a_condition_must_be_one(azure: AzureCloud, main: str, condition: str, version: str | None, says: str) -> None:
    inputs = {'condition': condition, **({'conditionVersion': version} if version else {})}
    with pytest.raises(Refused, match=says):
        azure.create(
            types.ASSIGNMENT,
            roleAssignmentName=guid('conditional'),
            principalId=azure.group(),
            principalType='Group',
            roleDefinitionId=definition(types.READER),
            scope=main,
            **inputs,
        )


@pytest.mark.parametrize(
    'condition',
    [
        LIST_ONLY,
        f"!(ActionMatches{{'{BLOBS}/write'}}) || SubOperationMatches{{'Blob.Write.Tier'}}",
        f"((!(ActionMatches{{'{BLOBS}/read'}})) OR (@Resource[{BLOBS}:path] StringLike 'open/*'))",
        "@Resource[a:name] ForAnyOfAnyValues:StringEquals {'a', 'b'}",
    ],
)
def test_a_condition_may_have_every_form_of_the_language(azure: AzureCloud, main: str, condition: str) -> None:
    made = azure.assignment(azure.group(), main, condition=condition, conditionVersion='2.0')
    assert made.inputs['condition'] == condition


def test_a_subscription_holds_4000_assignments_and_not_one_more(azure: AzureCloud, main: str) -> None:
    group = azure.group()
    with azure.journal.transaction() as transaction:
        for number in range(ASSIGNMENTS_OF_A_SUBSCRIPTION - 1):
            inputs = {'scope': SUBSCRIPTION, 'roleDefinitionId': f'/{number}', 'principalId': group}
            transaction.put(f'assignment {number}', {'type': types.ASSIGNMENT, 'id': '', 'inputs': inputs})
    azure.assignment(group, main)
    with pytest.raises(Refused, match='Code="RoleAssignmentLimitExceeded"'):
        azure.assignment(azure.group('other'), main)


# Roles ----------------------------------------------------------------------------------------------------


def test_a_role_is_not_assignable_everywhere_and_its_name_is_the_tenants(azure: AzureCloud) -> None:
    with pytest.raises(Refused, match="cannot be assignable at '/'"):
        azure.role(assignableScopes=['/', SUBSCRIPTION])
    groups = [f'/providers/Microsoft.Management/managementGroups/{name}' for name in 'ab']
    with pytest.raises(Refused, match='Only one management group'):
        azure.role(assignableScopes=[SUBSCRIPTION, *groups])
    with pytest.raises(Refused, match='is not among the assignable scopes'):
        azure.role(assignableScopes=[azure.resource_group.id])
    azure.role()
    with pytest.raises(Refused, match='Code="RoleDefinitionWithSameNameExists"'):
        azure.role('lister', roleDefinitionId=guid('another'))
    with pytest.raises(Refused, match='Code="RoleDefinitionWithSameNameExists"'):
        azure.role('Storage Blob Data Reader')


def test_a_role_needs_actions_that_are_some(azure: AzureCloud) -> None:
    with pytest.raises(Refused, match='Code="InvalidActionOrNotAction"'):
        azure.role(permissions=[{'actions': ['blobs/read']}])
    with pytest.raises(Refused, match='Code="InvalidPermissions"'):
        azure.role(permissions=[{'actions': []}])


def test_a_role_that_somebody_has_is_not_deleted(azure: AzureCloud) -> None:
    role = azure.role()
    given = azure.assignment(azure.group(), azure.resource_group.id, roleDefinitionId=role.id)
    with pytest.raises(Refused, match='Code="RoleDefinitionHasAssignments"'):
        azure.delete(types.ROLE, role)
    azure.delete(types.ASSIGNMENT, given)
    azure.delete(types.ROLE, role)
    assert azure.read(types.ROLE, role.id) is None


# The directory --------------------------------------------------------------------------------------------


def test_a_display_name_is_anybodys_unless_the_provider_is_told_to_look(azure: AzureCloud) -> None:
    first = azure.group(preventDuplicateNames=False)
    assert azure.group(preventDuplicateNames=False) != first
    with pytest.raises(Refused, match='a group with the display name'):
        azure.group()


def test_groups_hold_people_services_and_other_groups_which_must_be_there(azure: AzureCloud) -> None:
    outer, inner, identity = azure.group('outer'), azure.group('inner'), azure.identity()
    for member in (inner, azure.user(), identity.outputs['principalId']):
        azure.member(outer, member)
    with pytest.raises(Refused, match='does not exist'):
        azure.member(outer, guid('nobody'))
    with pytest.raises(Refused, match='does not exist'):
        azure.member(azure.user(), inner)
    with pytest.raises(Refused, match='needs to be imported into the State'):
        azure.member(outer, inner)


def test_an_application_is_no_principal_and_its_service_principal_is_found_by_its_client_id(
    azure: AzureCloud,
) -> None:
    with azure.journal.transaction() as transaction:
        application = make_application(World(transaction), 'alpha-standard')
    group = azure.group()
    with pytest.raises(Refused, match='does not exist'):
        azure.member(group, application)
    client = azure.ask('getApplication', objectId=application)['clientId']
    principal = azure.ask('getServicePrincipal', clientId=client)['objectId']
    assert principal != application
    azure.member(group, principal)


def test_a_group_that_goes_takes_its_memberships_with_it_and_leaves_its_roles(azure: AzureCloud, main: str) -> None:
    outer, inner = azure.group('outer'), azure.group('inner')
    azure.member(outer, inner)
    made = azure.assignment(inner, main)
    found = azure.read(types.GROUP, f'/groups/{inner}')
    assert found is not None
    azure.delete(types.GROUP, found)
    assert [key for key in azure.journal.things() if key.startswith('member ')] == []
    assert azure.read(types.ASSIGNMENT, made.id) is not None


def test_a_guest_is_a_member_of_groups_once_invited_and_stays_the_same_when_invited_again(azure: AzureCloud) -> None:
    guest = azure.guest()
    azure.member(azure.group(), guest.outputs['userId'])
    azure.delete(types.INVITATION, guest)
    assert azure.guest().outputs['userId'] == guest.outputs['userId']
    with pytest.raises(Refused, match='already exists in the directory as object of type Member'):
        azure.guest('ana@lantern.example.org')


def test_people_are_found_without_regard_to_case_and_missing_ones_only_when_that_is_meant(azure: AzureCloud) -> None:
    ana = azure.user()
    assert azure.ask('getUser', mail='Ana@Lantern.example.org')['objectId'] == ana
    names = ['ana@lantern.example.org', 'nobody@lantern.example.org']
    with pytest.raises(Refused, match=r"'nobody@lantern\.example\.org' was not found"):
        azure.ask('getUsers', userPrincipalNames=names)
    assert azure.ask('getUsers', userPrincipalNames=names, ignoreMissing=True)['objectIds'] == [ana]
    with pytest.raises(Refused, match='one of'):
        azure.ask('getUser')


# Asking for access ----------------------------------------------------------------------------------------


def test_people_and_groups_may_be_eligible_and_services_not(azure: AzureCloud, main: str) -> None:
    group = azure.group()
    assert azure.eligibility(group, main).outputs['principalType'] == 'Group'
    with pytest.raises(Refused, match='Code="RoleAssignmentExists"'):
        azure.eligibility(group, main)
    with pytest.raises(Refused, match='Service principals cannot be eligible'):
        azure.eligibility(azure.identity().outputs['principalId'], main)
    with pytest.raises(Refused, match='Code="SubjectNotFound"'):
        azure.eligibility(guid('nobody'), main)


def test_an_eligible_assignment_must_end_unless_the_policy_says_otherwise(azure: AzureCloud, main: str) -> None:
    group, for_ever = azure.group(), {'type': 'NoExpiration'}
    with pytest.raises(Refused, match=r'policy rules failed: \["ExpirationRule"\]'):
        azure.eligibility(group, main, for_ever)
    with pytest.raises(Refused, match='needs duration'):
        azure.eligibility(group, main, {'type': 'AfterDuration'})
    rule = {'ruleType': 'RoleManagementPolicyExpirationRule', 'id': 'Expiration_Admin_Eligibility'}
    azure.policy(main, {**rule, 'isExpirationRequired': False})
    azure.eligibility(group, main, for_ever)


def test_a_policy_has_a_name_that_the_service_made_up_and_lets_nobody_in_for_more_than_a_day(
    azure: AzureCloud, main: str
) -> None:
    rule = {'ruleType': 'RoleManagementPolicyExpirationRule', 'id': 'Expiration_EndUser_Assignment'}
    with pytest.raises(Refused, match='Code="RoleManagementPolicyNotFound"'):
        azure.policy(main, roleManagementPolicyName=guid('mine'))
    with pytest.raises(Refused, match='between half an hour and 24 hours'):
        azure.policy(main, {**rule, 'maximumDuration': 'PT25H'})
    azure.policy(main, {**rule, 'maximumDuration': 'PT24H'})

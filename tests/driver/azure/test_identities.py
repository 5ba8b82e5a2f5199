"""Groups, people, programs here and elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from cpg_infra.access import resolve
from cpg_infra.config import ConfigurationError
from cpg_infra.plan import AccountRole, PrincipalKind, Ref
from tests.driver.azure.building import azure_plan, inputs, of_type
from tests.organisations import (
    on_azure,
)


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

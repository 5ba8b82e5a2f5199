"""A dataset with a subscription of its own lies there, with all that it has."""

from __future__ import annotations

from cpg_infra.plan import Plan
from tests.driver.azure.building import SUBSCRIPTION, azure_plan, of_type
from tests.organisations import (
    AZURE,
    on_azure,
)

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

"""An organisation on Azure alone: what it needs, and of how much it is made."""

from __future__ import annotations

from collections import Counter

from tests.driver.azure.building import azure_plan, of_type
from tests.organisations import (
    AZURE,
    on_azure,
    on_both,
    plan_of,
    two_clouds,
)


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

"""What a cloud cannot express is said with the line that asked for it, or once for the cloud."""

from __future__ import annotations

import pytest

from cpg_infra.abstraction import IMPLEMENTATIONS, Capability, Support
from cpg_infra.config import Cloud, ConfigurationError
from cpg_infra.plan import Plan
from tests.organisations import azure_only, dataset, on_azure, on_both, plan_of, two_clouds


def said(plan: Plan, code: str = 'not-expressible') -> list[str]:
    return [str(each) for each in plan.diagnostics if each.code == code]


@pytest.mark.parametrize(
    ('component', 'reason'),
    [
        ('cromwell', 'Cromwell runs its workflows on Google Batch'),
        ('notebooks', 'the notebook machines are on Google Cloud'),
        ('spark', 'there is no Dataproc'),
    ],
)
def test_a_component_that_azure_cannot_carry_is_refused_when_it_is_named(component: str, reason: str) -> None:
    alpha = on_both('alpha', components={'azure': ['storage', component]})
    with pytest.raises(ConfigurationError) as caught:
        plan_of(on_both('common'), alpha, **two_clouds())
    errors = [str(each) for each in caught.value.diagnostics if each.severity == 'error']
    assert errors == [f'alpha.components.azure.{component}: {component} is not possible on azure: {reason}']


def test_what_is_asked_for_and_only_approximate_is_a_warning_there() -> None:
    alpha = on_azure(
        'alpha',
        autoclass=True,
        enable_release=True,
        components={'azure': ['storage', 'analysis-runner']},
        budgets={'azure': {'monthly_budget': 1, 'currency': 'EUR'}},
    )
    plan = plan_of(on_azure('common', autoclass=False, components={'azure': []}), alpha, **azure_only())
    assert [line for line in said(plan) if line.startswith('warning: alpha')] == [
        (
            'warning: alpha.autoclass: autoclass is only approximate on azure: what nobody has read for 30 days moves to '
            'the cool tier, and back when it is read'
        ),
        (
            'warning: alpha.budgets.azure.currency: budgets.azure.currency is only approximate on azure: a budget is in '
            'the currency of the billing account, whatever is written'
        ),
        (
            'warning: alpha.components.azure.analysis-runner: analysis-runner is only approximate on azure: the services '
            'run on Google Cloud'
        ),
        (
            'warning: alpha.enable_release: enable_release is not possible on azure: whoever owns a storage account pays '
            'for reading it'
        ),
    ]


def test_what_comes_by_itself_is_said_once_for_the_cloud() -> None:
    few, many = (
        said(plan_of(on_azure('common'), *(on_azure(f'ds{number}') for number in range(count)), **azure_only()))
        for count in (1, 4)
    )
    assert few == many
    assert {line.partition(' is ')[0] for line in few} == {
        *(f'warning: azure: {what}' for what in ('account-keys', 'append', 'package-registry', 'undelete')),
        *(f'info: azure: {what}' for what in ('analysis-runner', 'autoclass')),
    }


def test_nothing_is_said_of_google_cloud() -> None:
    assert said(plan_of(dataset('alpha', enable_release=True))) == []


def test_an_account_of_another_cloud_is_let_in_nowhere_and_that_is_said() -> None:
    address = 'full@lantern-ci.iam.gserviceaccount.com'
    key = 'deployment_service_account_full'
    there = plan_of(on_azure('common'), on_azure('alpha', **{key: address}), **azure_only())
    assert said(there, 'account-elsewhere') == [
        f'warning: alpha.{key}: {address} is no account on azure, and is let in nowhere there',
    ]
    both = plan_of(on_both('common'), on_both('alpha', **{key: address}), **two_clouds())
    assert f'info: alpha.{key}: {address} is no account on azure, and is let in nowhere there' in said(
        both, 'account-elsewhere'
    )


def test_every_cloud_says_of_every_intent_how_it_expresses_it() -> None:
    for cloud, implementation in IMPLEMENTATIONS.items():
        assert implementation.capabilities.keys() == set(Capability), cloud
        assert [each for each, how in implementation.capabilities.items() if not how.by] == []
    exact = {each for each, how in IMPLEMENTATIONS[Cloud.GCP].capabilities.items() if how.support is Support.EXACT}
    assert set(Capability) - exact == {Capability.FEDERATION}

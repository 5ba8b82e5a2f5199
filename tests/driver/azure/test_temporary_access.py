"""Temporary access is eligibility under rules."""

from __future__ import annotations

import pytest

from cpg_infra.config import ConfigurationError
from cpg_infra.plan import Ref
from tests.driver.azure.building import BLOB_READER, azure_plan, inputs
from tests.organisations import (
    AZURE,
    Plain,
    on_azure,
)

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

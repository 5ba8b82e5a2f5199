"""Temporary access to main buckets."""

from __future__ import annotations

from typing import cast

import pytest

from cpg_infra.config import CPGDatasetConfig
from cpg_infra.plan import Plan, Ref
from tests.driver.facts import assets, everybody_in, holders
from tests.organisations import AZURE, Plain, dataset, plan_of, two_clouds

TOKEN = 'gcp:privilegedaccessmanager/entitlement:entitlement'
BROKER = 'pam-broker@lantern-common.iam.gserviceaccount.com'


def entitled(plan: Plan) -> set[str]:
    """The datasets that have an entitlement."""
    return {each.owner.dataset for each in plan.resources if each.type == TOKEN}


ASKING: Plain = {'allow_notebook_tmp_main_read': True}
LISTING: Plain = {'members': {'tmp-main-read-access': ['ana']}}
BUDGETS: Plain = {cloud: {'monthly_budget': 100} for cloud in ('gcp', 'azure')}
POLICY: Plain = {'temporary_access_policy': '11111111-2222-4333-8444-555555555555'}


@pytest.mark.parametrize(
    ('datasets', 'expected'),
    [
        ([dataset('alpha')], set()),
        ([dataset('alpha', **ASKING)], {'alpha'}),
        ([dataset('alpha', **LISTING)], {'alpha'}),
        ([dataset('alpha', depends_on=['beta'], **ASKING), dataset('beta')], {'alpha', 'beta'}),
        ([dataset('alpha', depends_on_readonly=['beta'], **LISTING), dataset('beta')], {'alpha', 'beta'}),
        ([dataset('alpha', depends_on=['beta']), dataset('beta', **ASKING)], {'beta'}),
        ([dataset('alpha', depends_on=['common'], **ASKING)], {'alpha', 'common'}),
        (
            [dataset('alpha', depends_on=['beta'], **ASKING), dataset('beta', depends_on=['gamma']), dataset('gamma')],
            {'alpha', 'beta'},
        ),
    ],
    ids=[
        'nobody asks',
        'its notebooks ask',
        'its people ask',
        'a dependant asks',
        'a reading dependant asks',
        'a dependency asks',
        'the common dataset counts when it is listed',
        'a dependant of a dependant does not count',
    ],
)
def test_a_dataset_is_entitled_when_it_or_a_direct_dependant_asks(
    datasets: list[CPGDatasetConfig],
    expected: set[str],
) -> None:
    plan = plan_of(*datasets)
    assert entitled(plan) == expected
    assert {name for name in plan.outputs if name.startswith('pam-')} == {
        f'pam-entitlement-{name}-read' for name in expected
    }
    assert (BROKER in assets(plan, 'machine-account')) is bool(expected)


def test_an_entitlement_is_for_reading_the_main_bucket_for_a_week_with_a_justification() -> None:
    plan = plan_of(dataset('alpha', **LISTING))
    entitlement = plan.resource_by_name['alpha-gcp-temporary-bucket-access-main-read']
    number = Ref('alpha-gcp-project', 'number')
    binding = entitlement.inputs['privilegedAccess']['gcpIamAccess']  # type: ignore[index,call-overload]  # a mapping
    assert entitlement.options.delete_before_replace
    assert {key: value for key, value in entitlement.inputs.items() if key not in {'privilegedAccess', 'parent'}} == {
        'entitlementId': 'pam-alpha-read',
        'location': 'global',
        'maxRequestDuration': '604800s',
        'eligibleUsers': [{'principals': ['group:alpha-tmp-main-read-access@groups.example.org']}],
        'requesterJustificationConfig': {'unstructured': {}},
    }
    assert str(entitlement.inputs['parent']) == f'projects/{number}'
    assert binding['roleBindings'] == [  # type: ignore[index,call-overload]  # a mapping
        {
            'role': 'roles/storage.objectViewer',
            'conditionExpression': (
                'resource.service == "storage.googleapis.com" && '
                '(resource.name == "projects/_/buckets/lantern-alpha-main" || '
                'resource.name.startsWith("projects/_/buckets/lantern-alpha-main/objects/"))'
            ),
        },
    ]


def test_an_approval_workflow_is_optional() -> None:
    approval = {
        'approver_groups': ['Approvers@example.org'],
        'steps': 2,
        'notification_addresses': ['watch@example.org'],
    }
    inputs = (
        plan_of(dataset('alpha', **LISTING), temporary_access=approval)
        .resource_by_name['alpha-gcp-temporary-bucket-access-main-read']
        .inputs
    )
    assert 'group:approvers@example.org' in str(inputs['approvalWorkflow'])
    assert 'watch@example.org' in str(inputs['additionalNotificationTargets'])
    without = (
        plan_of(dataset('alpha', **LISTING)).resource_by_name['alpha-gcp-temporary-bucket-access-main-read'].inputs
    )
    assert {'approvalWorkflow', 'additionalNotificationTargets'} & without.keys() == set()


def test_who_may_ask_browses_the_project_and_the_clouds_agent_carries_it_out() -> None:
    found = holders(plan_of(dataset('alpha', **LISTING)), 'project', 'lantern-alpha')
    assert found['browse'] == {'alpha-tmp-main-read-access'}
    assert found['manage-temporary-access'] == {'temporary-access-agent'}
    without = holders(plan_of(dataset('alpha')), 'project', 'lantern-alpha')
    assert {'browse', 'manage-temporary-access'} & without.keys() == set()


def test_the_entitlement_comes_after_the_agent_has_its_role() -> None:
    entitlement = plan_of(dataset('alpha', **LISTING)).resource_by_name['alpha-gcp-temporary-bucket-access-main-read']
    assert 'alpha-gcp-project-manage-temporary-access-machine-temporary-access-agent' in entitlement.depends_on


@pytest.mark.parametrize(
    ('changes', 'tokens'),
    [
        ({**ASKING}, True),
        ({**LISTING}, False),
        ({**ASKING, 'components': {'gcp': ['storage']}}, False),
    ],
    ids=['notebooks ask', 'people ask', 'there are no notebooks'],
)
def test_the_broker_makes_tokens_of_a_notebook_account_only_where_notebooks_ask(
    changes: Plain, *, tokens: bool
) -> None:
    plan = plan_of(dataset('alpha', **changes))
    notebook = holders(plan, 'machine-account', 'notebook-alpha@lantern-notebooks.iam.gserviceaccount.com')
    assert (notebook.get('create-tokens') == {'pam-broker'}) is tokens
    assert ('notebook-alpha' in everybody_in(plan, 'alpha-tmp-main-read-access')) is tokens


def test_members_without_any_notebook_dataset_get_it_too() -> None:
    plan = plan_of(dataset('alpha', **LISTING), notebooks=None)
    assert entitled(plan) == {'alpha'}
    assert everybody_in(plan, 'alpha-tmp-main-read-access') == {'ana'}


def test_who_may_ask_for_a_dataset_may_ask_for_what_it_depends_on() -> None:
    plan = plan_of(dataset('alpha', depends_on_readonly=['beta'], **LISTING), dataset('beta'))
    assert everybody_in(plan, 'beta-tmp-main-read-access') == {'ana'}


def test_a_membership_that_has_ended_entitles_nobody() -> None:
    ended: Plain = {'members': {'tmp-main-read-access': [{'id': 'ana', 'expires': '2029-12-31'}]}}
    last_day: Plain = {'members': {'tmp-main-read-access': [{'id': 'ana', 'expires': '2030-01-01'}]}}
    assert entitled(plan_of(dataset('alpha', **ended))) == set()
    assert entitled(plan_of(dataset('alpha', **last_day))) == {'alpha'}


@pytest.mark.parametrize(
    ('address', 'group'),
    [
        ('try-board@groups.example.org', 'common-gcp-try-board-group'),
        ('Try-Board@Groups.Example.Org', 'common-gcp-try-board-group'),
        ('try-beta-data-manager@groups.example.org', 'beta-gcp-try-beta-data-manager-group'),
        # Without the prefix, or of another domain, it is another group, of other people.
        ('board@groups.example.org', None),
        ('try-board@example.org', None),
    ],
)
def test_an_entitlement_comes_after_its_approvers_where_they_are_a_group_of_ours(
    address: str, group: str | None
) -> None:
    plan = plan_of(
        dataset('alpha', **LISTING),
        dataset('beta'),
        group_prefix='try-',
        adhoc_groups=[{'name': 'board', 'description': 'Decides', 'members': []}],
        temporary_access={'approver_groups': [address], 'steps': 1},
    )
    entitlement = plan.resource_by_name['alpha-gcp-temporary-bucket-access-main-read']
    groups = {name for name in entitlement.depends_on if name.endswith('-group')}
    assert groups - {'alpha-gcp-try-alpha-tmp-main-read-access-group'} == {*filter(None, [group])}


@pytest.mark.parametrize(
    ('address', 'wanted'),
    [
        ('try-board@groups.example.org', '«common-azure-try-board-group.objectId»'),
        # Without the prefix it is another group, of other people.
        ('board@example.org', '«getGroup(board).objectId»'),
    ],
)
def test_on_azure_approvers_are_one_of_our_groups_only_with_its_prefix(address: str, wanted: str) -> None:
    plan = plan_of(
        dataset('common', deploy_locations=['gcp', 'azure'], budgets=BUDGETS),
        dataset('alpha', deploy_locations=['azure'], budgets=BUDGETS, azure=POLICY, **LISTING),
        **two_clouds(azure={**AZURE, 'premium_tenant': True}),
        group_prefix='try-',
        adhoc_groups=[{'name': 'board', 'description': 'Decides', 'members': []}],
        temporary_access={'approver_groups': [address], 'steps': 2},
    )
    policy = plan.resource_by_name['alpha-azure-temporary-bucket-access-main-read-policy']
    approvers = [
        str(each['id'])
        for rule in cast('list[Plain]', policy.inputs['rules'])
        if rule['id'] == 'Approval_EndUser_Assignment'
        for each in rule['setting']['approvalStages'][0]['primaryApprovers']
    ]
    assert approvers == [wanted]
    # Azure knows one stage of approval, and the plan says so.
    (entitlement,) = [each for each in plan.entitlements if each.owner.dataset == 'alpha']
    assert entitlement.approvals == 1
    assert '2 approvals are not possible on azure: it asks for 1' in {remark.message for remark in plan.diagnostics}

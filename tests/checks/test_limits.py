"""Limits of the providers: over one is a fault, near one is said."""

from __future__ import annotations

from cpg_infra.checks import run_checks
from cpg_infra.config import CPGInfrastructureConfig, Severity
from cpg_infra.plan import Plan
from tests.organisations import BILLING, dataset, organisation, plan_of, user

CHECKED_POLICY = 'policy of bucket lantern-alpha-main-upload: '


def uploaders(count: int) -> tuple[CPGInfrastructureConfig, Plan]:
    """A plan in which `count` people may write to one bucket."""
    people = {f'user{number}': user(f'user{number}') for number in range(count)}
    wanted = dataset('alpha', upload_config={'default_bucket': {'uploaders': sorted(people)}})
    changes = {'users': people, 'billing': BILLING}
    return organisation(**changes), plan_of(wanted, **changes)


def test_principals_of_a_policy_over_the_limit_are_a_fault() -> None:
    config, plan = uploaders(1_500)
    found = [remark for remark in run_checks(plan, config) if remark.code == 'gcp-policy-principals']
    # Two groups read, two more write, and so do the upload account and the dropbox service.
    assert [(remark.message, remark.severity) for remark in found] == [
        (f'{CHECKED_POLICY}1,506 of 1,500 principals', Severity.ERROR),
    ]


def test_a_policy_near_the_limit_is_said_and_is_no_fault() -> None:
    config, plan = uploaders(1_300)
    assert [(remark.message, remark.severity) for remark in run_checks(plan, config)] == [
        (f'{CHECKED_POLICY}1,306 of 1,500 principals', Severity.INFO),
    ]


def test_the_figure_of_a_limit_can_be_replaced() -> None:
    config, plan = uploaders(10)
    changed = config.model_copy(
        update={'checks': {'gcp-policy-principals': CPGInfrastructureConfig.Check(limit=15)}},
    )
    assert [remark.message for remark in run_checks(plan, config)] == []
    assert f'{CHECKED_POLICY}16 of 15 principals' in [remark.message for remark in run_checks(plan, changed)]


def test_organisation_wide_groups_keep_shared_policies_small() -> None:
    """The deployment of today meets the limit of 250 groups at 84 datasets."""
    plan = plan_of(*(dataset(f'study{number:03}') for number in range(300)))
    assert [remark.message for remark in run_checks(plan, organisation())] == []


def test_a_long_description_of_a_group_is_a_fault() -> None:
    groups = [{'name': 'board', 'description': 'x' * 301}]
    found = run_checks(plan_of(adhoc_groups=groups), organisation(adhoc_groups=groups))
    assert [str(remark) for remark in found] == [
        'adhoc_groups.board: description of the group board: 301 of 300 characters',
    ]


def test_the_dropbox_configuration_must_fit_into_a_secret() -> None:
    dropboxes = [
        {'id': f'box{number}', 'name': 'Box', 'allowed_filetypes': ['.cram'], 'uploaders': [], 'description': 'x' * 900}
        for number in range(70)
    ]
    found = run_checks(plan_of(dataset('alpha', upload_config={'dropboxes': dropboxes})), organisation())
    assert [remark.code for remark in found] == ['gcp-secret-payload']
    assert found[0].severity is Severity.ERROR


def test_accounts_in_many_groups_are_warned_of() -> None:
    plan = plan_of(dataset('alpha', members={'data-manager': ['ana']}), dataset('beta', depends_on=['alpha']))
    config = organisation(
        checks={'gcp-all-groups': {'limit': 10}, 'gcp-direct-groups': {'limit': 1}},
        users={'ana': user('ana')},
    )
    found = run_checks(plan, config)
    ana = next(remark for remark in found if 'ana@' in remark.message and remark.code == 'gcp-all-groups')
    assert ana.severity is Severity.WARNING
    assert ana.message.startswith('gcp:person:ana@example.org is in groups: ')

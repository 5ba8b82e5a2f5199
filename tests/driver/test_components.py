"""Which component makes what: each alone, and each missing."""

from __future__ import annotations

import pytest

from cpg_infra.plan import Plan
from tests.driver.facts import assets, group_names, holders, members
from tests.driver.rich import COMPONENTS, alpha, rich, with_components
from tests.organisations import dataset, plan_of

LEVELS = ('test', 'standard', 'full')
ALWAYS_GROUPS = 21

MAIN = (
    'archive',
    'main',
    'main-analysis',
    'main-tmp',
    'main-upload',
    'main-upload-db-partner',
    'main-upload-lab',
    'main-web',
)
TEST = ('test', 'test-analysis', 'test-tmp', 'test-upload', 'test-web')

BUCKETS = {
    'storage': {*MAIN, *TEST, 'release'},
    'hail-accounts': {'hail'},
}
"""The buckets that a component makes, by the end of their names."""

ACCOUNTS = {
    'storage': {'main-upload@lantern-alpha'},
    'spark': {f'dataproc-{level}@lantern-alpha' for level in LEVELS},
    'cromwell': {f'cromwell-{level}@lantern-alpha' for level in LEVELS},
    'notebooks': {'notebook-alpha@lantern-notebooks'},
}
"""The machine accounts that a component makes; the shared one follows its flag."""

SHARED = 'shared@lantern-alpha-shared'

ALWAYS_APIS = {'cloudresourcemanager', 'cloudidentity', 'serviceusage', 'cloudbilling', 'billingbudgets'}
APIS = {
    'storage': {'privilegedaccessmanager'},
    'spark': {'dataproc'},
    'cromwell': {'batch', 'secretmanager'},
}
"""The APIs that a component enables; every machine account enables `iam`. Storage makes the entitlement possible."""

ALWAYS_ON_PROJECT: dict[str, set[str]] = {'analysis': {'view-compute', 'view-logs', 'view-monitoring'}}
ON_PROJECT: dict[str, dict[str, set[str]]] = {
    'storage': {
        'main-list': {'list-buckets'},
        'data-manager': {'view-roles'},
        **{suffix: {'pay-for-requests'} for suffix in ('analysis', *LEVELS)},
        'tmp-main-read-access': {'browse'},
        'temporary-access-agent': {'manage-temporary-access'},
    },
    'spark': {
        'analysis': {'view-clusters'},
        'internal-logs-access': {'view-clusters'},
        **{f'dataproc-{level}': {'work-in-clusters'} for level in LEVELS},
    },
    'cromwell': {
        'runner@lantern-cromwell.iam.gserviceaccount.com': {'edit-batch-jobs'},
        **{f'cromwell-{level}': {'report-batch-tasks'} for level in LEVELS},
    },
}
"""The roles on the dataset's project that a component gives."""


def roles_on_project(plan: Plan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for role, who in holders(plan, 'project', 'lantern-alpha').items():
        for each in who:
            found.setdefault(each.removeprefix('alpha-'), set()).add(role)
    return found


def of(names: set[str]) -> set[str]:
    """What belongs to alpha, without its prefix."""
    return {name.removeprefix('lantern-alpha-') for name in names if name.startswith('lantern-alpha-')}


def accounts(plan: Plan) -> set[str]:
    names = (name.removesuffix('.iam.gserviceaccount.com') for name in assets(plan, 'machine-account'))
    return {name for name in names if 'alpha' in name}


@pytest.mark.parametrize('component', COMPONENTS)
def test_a_component_alone_makes_its_part_and_what_is_always_made(component: str) -> None:
    plan = with_components(component)
    assert of(assets(plan, 'bucket')) == BUCKETS.get(component, set())
    assert accounts(plan) == {*ACCOUNTS.get(component, set()), SHARED}
    apis = {name.rpartition('/')[2] for name in assets(plan, 'service-enablement') if name.startswith('lantern-alpha/')}
    # The shared account needs iam, whatever the components.
    assert apis == {f'{api}.googleapis.com' for api in {*ALWAYS_APIS, 'iam', *APIS.get(component, ())}}
    given = ON_PROJECT.get(component, {})
    assert roles_on_project(plan) == {
        who: ALWAYS_ON_PROJECT.get(who, set()) | given.get(who, set()) for who in {*ALWAYS_ON_PROJECT, *given}
    }
    assert assets(plan, 'project') >= {'lantern-alpha', 'lantern-alpha-shared'}
    assert {'lantern-alpha/monthly-budget', 'lantern-alpha-shared/shared-budget'} <= assets(plan, 'budget')
    made = [name for name in group_names(plan) if name.startswith('alpha-')]
    assert len(made) == ALWAYS_GROUPS + (6 if component == 'metamist' else 0)


@pytest.mark.parametrize('component', COMPONENTS)
def test_without_a_component_only_its_part_is_missing(component: str) -> None:
    plan = with_components(*(each for each in COMPONENTS if each != component))
    gone = BUCKETS.get(component, set())
    assert of(assets(plan, 'bucket')) == of(assets(rich(), 'bucket')) - gone
    assert accounts(plan) == accounts(rich()) - ACCOUNTS.get(component, set())


def test_hail_accounts_make_users_a_billing_project_and_fill_the_shared_groups() -> None:
    plan = with_components('hail-accounts')
    assert assets(plan, 'hail-user') >= {f'alpha-{level}' for level in LEVELS}
    assert 'alpha' in assets(plan, 'hail-billing-project')
    assert {'alpha-analysis', *(f'alpha-{level}' for level in LEVELS)} <= members(plan, 'hail-wheels-viewers')
    assert {f'alpha-{level}' for level in LEVELS} <= members(plan, 'git-credentials-readers')
    other = with_components('storage', 'spark', 'cromwell')
    assert 'alpha' not in assets(other, 'hail-billing-project')
    assert 'alpha-full' not in members(other, 'git-credentials-readers') | members(other, 'hail-wheels-viewers')


def test_the_runners_grant_on_the_hail_bucket_needs_the_analysis_runner_too() -> None:
    server = 'server@lantern-runner.iam.gserviceaccount.com'
    hail = {f'hail {level}' for level in LEVELS}
    alone, both = with_components('hail-accounts'), with_components('hail-accounts', 'analysis-runner')
    assert holders(alone, 'bucket', 'lantern-alpha-hail') == {'mutate': hail}
    assert holders(both, 'bucket', 'lantern-alpha-hail') == {'mutate': hail | {server}}


def test_hail_accounts_act_as_dataproc_accounts_only_where_there_are_both() -> None:
    account = 'dataproc-full@lantern-alpha.iam.gserviceaccount.com'
    assert holders(with_components('spark'), 'machine-account', account) == {}
    both = with_components('spark', 'hail-accounts')
    assert holders(both, 'machine-account', account) == {'act-as': {'hail full'}}
    assert {'administer-clusters', 'work-in-clusters'} == roles_on_project(both)['hail full']


def test_cromwell_keeps_keys_in_secrets_which_hail_accounts_read_only_where_they_are() -> None:
    server = 'server@lantern-runner.iam.gserviceaccount.com'
    name = 'lantern-alpha/alpha-cromwell-full-key'
    alone, both = with_components('cromwell'), with_components('cromwell', 'hail-accounts')
    assert {name, 'lantern-runner/alpha-cromwell-full-key'} <= assets(alone, 'secret')
    assert len([key for key in assets(alone, 'account-key') if key.startswith('lantern-alpha/')]) == len(LEVELS)
    assert holders(alone, 'secret', name) == {'read': {server}}
    assert holders(both, 'secret', name) == {'read': {server, 'hail full'}}
    hail = {f'hail {level}' for level in LEVELS}
    assert members(both, 'groups/0cromwell') >= hail
    assert {
        each.member for each in alone.memberships if 'groups/0cromwell' in each.group and 'alpha' in each.member
    } == set()


def test_a_notebook_account_is_an_analyst_that_analysts_act_as() -> None:
    plan = with_components('notebooks')
    account = 'notebook-alpha@lantern-notebooks.iam.gserviceaccount.com'
    assert 'notebook-alpha' in members(plan, 'alpha-analysis')
    assert holders(plan, 'machine-account', account) == {'act-as': {'alpha-analysis'}}
    assert 'notebook-alpha' in holders(plan, 'project', 'lantern-notebooks')['administer-compute']


def test_metamist_makes_the_six_groups_and_lets_the_service_list() -> None:
    with_it, without = with_components('metamist'), with_components('storage')
    service = {'api@lantern-metamist.iam.gserviceaccount.com', 'old-api@lantern-metamist.iam.gserviceaccount.com'}
    assert service <= members(with_it, 'alpha-main-list')
    assert members(without, 'alpha-main-list') == {'alpha-analysis'}
    assert 'alpha-sample-metadata-main-read' in members(with_it, 'sample-metadata-invokers')
    assert 'alpha-analysis' not in members(without, 'sample-metadata-invokers')


@pytest.mark.parametrize(
    ('component', 'flag', 'projects', 'managed'),
    [
        (True, True, {'alpha', 'alpha-test'}, True),
        (False, True, {'alpha', 'alpha-test'}, False),
        (True, False, set(), False),
        (False, False, set(), False),
    ],
)
def test_the_metamist_projects_follow_their_flag_and_their_members_the_component(
    *,
    component: bool,
    flag: bool,
    projects: set[str],
    managed: bool,
) -> None:
    components = {'gcp': ['metamist'] if component else ['storage']}
    plan = plan_of(dataset('alpha', components=components, enable_metamist_project=flag))
    made = [each for each in plan.resources if each.type == 'cpg:metamist:Project' and each.owner.dataset == 'alpha']
    assert {each.physical for each in made} == projects
    assert {'members' in each.inputs for each in made} == ({managed} if projects else set())
    warned = [remark.path for remark in plan.diagnostics if remark.path[1:2] == ('alpha',)]
    assert bool(warned) is (flag and not component)


def test_the_container_registry_fills_the_groups_of_images_and_registries_have_their_own_flag() -> None:
    names = ('images-reader', 'images-writer', 'images-dev-reader', 'images-dev-writer')
    without = with_components('storage')
    assert [members(without, f'alpha-{name}') for name in names] == [set()] * 4
    assert all(members(with_components('container-registry'), f'alpha-{name}') for name in names)
    plan = plan_of(alpha(create_container_registry=False))
    assert {name for name in assets(plan, 'registry') if 'alpha' in name} == set()
    assert all(members(plan, f'alpha-{name}') for name in names)


def test_only_the_common_dataset_reads_the_runners_registry_and_makes_the_python_one() -> None:
    runner = 'lantern-runner/australia-southeast1/runner-images'
    assert holders(rich(), 'registry', runner) == {'read': {'common-images-reader'}}
    assert 'lantern-common/australia-southeast1/python-registry' in assets(rich(), 'registry')
    without = plan_of(dataset('common', components={'gcp': ['storage']}), alpha())
    assert 'lantern-common/australia-southeast1/python-registry' not in assets(without, 'registry')
    assert holders(without, 'registry', runner) == {}


def test_the_analysis_runner_lets_analysts_submit_and_everybody_read_the_configuration() -> None:
    with_it, without = with_components('analysis-runner'), with_components('storage')
    assert 'alpha-analysis' in members(with_it, 'analysis-runner-invokers')
    viewers = {'alpha-analysis', *(f'alpha-{level}' for level in LEVELS)}
    assert viewers <= members(with_it, 'analysis-runner-config-viewers-group')
    assert viewers & members(without, 'analysis-runner-config-viewers-group') == set()


def test_the_shared_project_follows_its_flag_whatever_the_components() -> None:
    plan = with_components('analysis-runner')
    assert holders(plan, 'project', 'lantern-alpha-shared') == {
        'pay-for-requests': {'shared'},
        'view-roles': {'alpha-data-manager'},
    }
    assert 'lantern-alpha-shared' not in assets(plan_of(alpha(enable_shared_project=False)), 'project')


def test_the_release_bucket_needs_its_flag() -> None:
    plan = plan_of(alpha(enable_release=False, enable_shared_project=False))
    assert of(assets(rich(), 'bucket')) - of(assets(plan, 'bucket')) == {'release'}


def test_deployment_accounts_of_the_level_test_are_used_only_with_tests() -> None:
    assert members(plan_of(alpha(setup_test=False)), 'alpha-test') == set()


def test_people_are_in_their_groups_whatever_the_components() -> None:
    plan = with_components('spark')
    assert {'ana', 'bao'} <= members(plan, 'alpha-data-manager') | members(plan, 'alpha-analysis')
    assert members(plan, 'alpha-release-access') == {'bao'}


@pytest.mark.parametrize(('name', 'wanted'), [('full', True), ('standard', True), ('test', False)])
def test_without_tests_there_are_no_accounts_of_the_level_test(name: str, *, wanted: bool) -> None:
    plan = plan_of(alpha(setup_test=False))
    assert (f'dataproc-{name}@lantern-alpha' in accounts(plan)) is wanted
    assert (f'alpha-{name}' in assets(plan, 'hail-user')) is wanted
    assert of(assets(plan, 'bucket')) & set(TEST) == set()

"""Dependencies: which groups of a dataset are in which of another's."""

from __future__ import annotations

import pytest

from cpg_infra.plan import Plan
from tests.driver.facts import everybody_in
from tests.organisations import dataset, plan_of

PASSED_ON = (
    'analysis',
    'data-manager',
    'web-access',
    'metadata-access',
    'metadata-contribute',
    'metadata-write',
    'upload',
    'main-list',
    'main-read',
    'main-create',
    'full',
    'images-reader',
    'images-dev-reader',
    'images-writer',
    'images-dev-writer',
    'tmp-main-read-access',
)
WITH_TESTS = ('test-read', 'test-full')

FULL = {suffix: {suffix} for suffix in PASSED_ON}
FULL_WITH_TESTS = {**FULL, **{suffix: {suffix} for suffix in WITH_TESTS}}

READ_ONLY = {
    'main-read': {'main-read', 'main-create', 'full'},
    'main-list': {'main-list'},
    'images-reader': {'images-reader'},
    'images-dev-reader': {'images-dev-reader', 'images-dev-writer'},
    'tmp-main-read-access': {'tmp-main-read-access'},
}
READ_ONLY_WITH_TESTS = {**READ_ONLY, 'test-read': {'test-read', 'test-full'}}


def nested(plan: Plan, source: str, target: str) -> dict[str, set[str]]:
    """Which groups of `source` are directly in which of `target`."""
    found: dict[str, set[str]] = {}
    for each in plan.memberships:
        group, member = each.group.removeprefix('gcp:group:'), each.member.removeprefix('gcp:group:')
        if group.startswith(f'{target}-') and member.startswith(f'{source}-'):
            found.setdefault(group.removeprefix(f'{target}-'), set()).add(member.removeprefix(f'{source}-'))
    return found


@pytest.mark.parametrize(
    ('key', 'tests', 'table'),
    [
        ('depends_on', True, FULL_WITH_TESTS),
        ('depends_on', False, FULL),
        ('depends_on_readonly', True, READ_ONLY_WITH_TESTS),
        ('depends_on_readonly', False, READ_ONLY),
    ],
)
def test_a_dependency_nests_the_groups_of_the_table(key: str, table: dict[str, set[str]], *, tests: bool) -> None:
    plan = plan_of(dataset('alpha', setup_test=tests, **{key: ['beta']}), dataset('beta'))
    assert nested(plan, 'alpha', 'beta') == table
    assert nested(plan, 'beta', 'alpha') == {}


@pytest.mark.parametrize('key', ['depends_on', 'depends_on_readonly'])
def test_a_dependency_without_tests_or_components_has_all_the_groups_that_are_needed(key: str) -> None:
    poor = dataset('beta', setup_test=False, components={'gcp': []})
    table = FULL_WITH_TESTS if key == 'depends_on' else READ_ONLY_WITH_TESTS
    assert nested(plan_of(dataset('alpha', **{key: ['beta']}), poor), 'alpha', 'beta') == table


@pytest.mark.parametrize(('access', 'table'), [('read-write', FULL_WITH_TESTS), ('readonly', READ_ONLY_WITH_TESTS)])
def test_every_dataset_depends_on_the_common_one(access: str, table: dict[str, set[str]]) -> None:
    plan = plan_of(dataset('alpha'), common_dataset_access=access)
    assert nested(plan, 'alpha', 'common') == table


@pytest.mark.parametrize('access', ['read-write', 'readonly'])
def test_a_dependency_on_the_common_dataset_that_is_listed_holds_when_it_is_the_stronger_one(access: str) -> None:
    plan = plan_of(dataset('alpha', depends_on=['common']), common_dataset_access=access)
    assert nested(plan, 'alpha', 'common') == FULL_WITH_TESTS


def test_a_dataset_in_both_lists_is_in_the_stronger_one() -> None:
    both = dataset('alpha', depends_on=['beta'], depends_on_readonly=['beta'])
    assert nested(plan_of(both, dataset('beta')), 'alpha', 'beta') == FULL_WITH_TESTS


def chain(key: str) -> Plan:
    return plan_of(
        dataset('alpha', members={'data-manager': ['ana'], 'analysis': ['bao']}, **{key: ['beta']}),
        dataset('beta', **{key: ['gamma']}),
        dataset('gamma'),
    )


@pytest.mark.parametrize(
    ('key', 'group', 'reached'),
    [
        ('depends_on', 'gamma-main-read', {'ana'}),
        ('depends_on', 'gamma-analysis', {'ana', 'bao'}),
        ('depends_on', 'gamma-release-access', set()),
        ('depends_on', 'gamma-standard', set()),
        ('depends_on_readonly', 'gamma-main-read', {'ana'}),
        ('depends_on_readonly', 'gamma-main-list', {'ana', 'bao'}),
        ('depends_on_readonly', 'gamma-analysis', set()),
        ('depends_on_readonly', 'gamma-main-create', set()),
        ('depends_on_readonly', 'gamma-images-dev-writer', set()),
    ],
)
def test_access_through_dependencies_is_transitive(key: str, group: str, reached: set[str]) -> None:
    assert everybody_in(chain(key), group) & {'ana', 'bao'} == reached


def test_programs_of_a_dependant_reach_the_dependency_at_the_level_full_only() -> None:
    plan = plan_of(dataset('alpha', depends_on=['beta'], components={'gcp': ['spark']}), dataset('beta'))
    assert 'dataproc-full' in everybody_in(plan, 'beta-full')
    programs = {'dataproc-standard@lantern-alpha.iam.gserviceaccount.com', 'dataproc-test'}
    members = {each.member for each in plan.memberships if each.group == 'gcp:group:beta-standard'}
    assert not members & programs


def test_a_dependency_that_is_not_on_a_cloud_is_remarked_there() -> None:
    plan = plan_of(
        dataset('alpha', deploy_locations=['gcp', 'dry-run'], depends_on=['beta']),
        dataset('beta'),
        dataset('common', deploy_locations=['gcp', 'dry-run']),
    )
    assert [(str(remark.severity), remark.path) for remark in plan.diagnostics] == [
        ('info', ('dataset', 'alpha', 'depends_on', 'beta')),
    ]

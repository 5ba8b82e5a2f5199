"""Groups: those of a dataset, and those of the organisation."""

from __future__ import annotations

import pytest

from tests.driver.facts import everybody_in, group_names, members
from tests.driver.rich import DEPLOY, READER, WRITER, alpha, rich
from tests.organisations import COORDINATOR, LOGGER, METAMIST, METAMIST_LEGACY, TODAY, dataset, plan_of, user

GROUPS = {
    # suffix: (contains these groups, and these accounts)
    'data-manager': ((), {'ana'}),
    'analysis': (('data-manager',), {'bao', 'notebook-alpha'}),
    'upload': (('data-manager',), {'chen'}),
    'metadata-access': (('analysis',), {'dara'}),
    'metadata-contribute': (('analysis',), {'elif'}),
    'metadata-write': ((), {'femi'}),
    'web-access': (('analysis', 'metadata-access'), {'ana'}),
    'release-access': ((), {'bao'}),
    'main-list': (('analysis',), {METAMIST, METAMIST_LEGACY}),
    'main-read': (('main-create', 'data-manager'), set()),
    'main-create': (('standard', 'full'), set()),
    'test': ((), {'hail test', 'dataproc-test', 'cromwell-test', DEPLOY.format(level='test')}),
    'standard': ((), {'hail standard', 'dataproc-standard', 'cromwell-standard', DEPLOY.format(level='standard')}),
    'full': ((), {'hail full', 'dataproc-full', 'cromwell-full', DEPLOY.format(level='full')}),
    'test-full': (('analysis', 'full', 'test'), set()),
    'test-read': (('test-full',), set()),
    'images-reader': (('analysis', 'test', 'standard', 'full'), set()),
    'images-writer': (('standard', 'full'), set()),
    'images-dev-reader': (('test',), set()),
    'images-dev-writer': (('test', 'test-full'), set()),
    'tmp-main-read-access': ((), {'chen', 'notebook-alpha'}),
}

SAMPLE_METADATA = tuple(
    f'sample-metadata-{namespace}-{role}' for namespace in ('main', 'test') for role in ('read', 'write', 'contribute')
)

CACHED = ('analysis', 'web-access', *SAMPLE_METADATA)

ORGANISATION_WIDE = {
    'analysis-runner-config-viewers-group',
    'analysis-runner-invokers',
    'git-credentials-readers',
    'hail-wheels-viewers',
    'internal-logs-access',
    'sample-metadata-invokers',
}
LEVELS = ('test', 'standard', 'full')


def of_alpha(*suffixes: str) -> set[str]:
    return {f'alpha-{suffix}' for suffix in suffixes}


def of_both(*suffixes: str) -> set[str]:
    return of_alpha(*suffixes) | {f'common-{suffix}' for suffix in suffixes}


@pytest.mark.parametrize('suffix', GROUPS)
def test_a_group_of_a_dataset_contains_what_the_table_says(suffix: str) -> None:
    groups, accounts = GROUPS[suffix]
    assert members(rich(), f'alpha-{suffix}') == of_alpha(*groups) | accounts


def test_a_dataset_has_the_groups_of_the_table_and_the_six_of_metamist() -> None:
    assert {name for name in group_names(rich()) if name.startswith('alpha-')} == of_alpha(*GROUPS, *SAMPLE_METADATA)


def test_all_groups_but_the_six_exist_without_tests_and_without_components() -> None:
    plan = plan_of(dataset('alpha', setup_test=False, components={'gcp': []}))
    assert {name for name in group_names(plan) if name.startswith('alpha-')} == of_alpha(*GROUPS)


def test_analysis_web_access_and_the_six_are_cached_and_the_developers_of_the_organisation() -> None:
    cached = {group.name for group in rich().groups if group.cached}
    assert cached == of_both(*CACHED) | {'internal-logs-access'}
    caches = {each.physical.rpartition('/')[2] for each in rich().resources if each.name.endswith('-cache-members')}
    assert caches == {f'{name}-members.txt' for name in cached}


def test_without_tests_the_groups_of_tests_are_empty_and_keep_two_of_their_places() -> None:
    plan = plan_of(alpha(setup_test=False))
    for suffix in ('test', 'test-full', 'test-read'):
        assert members(plan, f'alpha-{suffix}') == set()
    assert members(plan, 'alpha-images-dev-writer') == of_alpha('test', 'test-full')
    assert of_alpha('test-full', 'test-read') <= members(plan, 'alpha-sample-metadata-main-read')
    assert members(plan, 'alpha-images-reader') == of_alpha('analysis', 'standard', 'full')
    assert members(plan, 'alpha-images-dev-reader') == set()


ORGANISATION = {
    'analysis-runner-config-viewers-group': of_both('analysis', *LEVELS),
    'analysis-runner-invokers': of_both('analysis'),
    'git-credentials-readers': of_both(*LEVELS),
    'hail-wheels-viewers': of_both('analysis', *LEVELS),
    'internal-logs-access': {'ana', 'bao'},
    'sample-metadata-invokers': of_both('analysis', *SAMPLE_METADATA),
}


@pytest.mark.parametrize('name', ORGANISATION)
def test_a_group_of_the_organisation_contains_what_the_table_says(name: str) -> None:
    assert members(rich(), name) == ORGANISATION[name]


def test_groups_of_the_organisation_are_made_under_the_common_dataset_with_the_prefix() -> None:
    plan = plan_of(alpha(), group_prefix='try-')
    assert {name: plan.resource_by_name[f'common-gcp-try-{name}-group'].physical for name in ORGANISATION_WIDE} == {
        name: f'try-{name}@groups.example.org' for name in ORGANISATION_WIDE
    }
    assert (
        plan.resource_by_name['alpha-gcp-try-alpha-analysis-group'].physical == 'try-alpha-analysis@groups.example.org'
    )


@pytest.mark.parametrize(
    ('component', 'groups'),
    [
        ('analysis-runner', {'analysis-runner-config-viewers-group', 'analysis-runner-invokers'}),
        ('metamist', {'sample-metadata-invokers'}),
        ('hail-accounts', {'git-credentials-readers', 'hail-wheels-viewers'}),
        ('spark', {'internal-logs-access'}),
        ('storage', set()),
    ],
)
def test_a_group_of_the_organisation_exists_when_some_dataset_needs_it(component: str, groups: set[str]) -> None:
    plan = plan_of(
        dataset('common', components={'gcp': []}),
        dataset('alpha', is_internal_dataset=True, components={'gcp': [component]}),
    )
    assert group_names(plan) & ORGANISATION_WIDE == groups


def test_the_developers_group_needs_an_internal_dataset_with_dataproc() -> None:
    assert 'internal-logs-access' not in group_names(plan_of(dataset('alpha')))


def test_the_wheels_and_credentials_groups_need_a_bucket_and_a_secret() -> None:
    urls = {'hail_batch_url': 'https://batch.example.org', 'hail_auth_url': 'https://auth.example.org'}
    plan = plan_of(alpha(), hail={'gcp': urls})
    assert group_names(plan) & {'hail-wheels-viewers', 'git-credentials-readers'} == set()


def test_ad_hoc_groups_have_their_people_and_description() -> None:
    plan = plan_of(adhoc_groups=[{'name': 'steering', 'description': 'Who steers', 'members': ['ana', 'chen']}])
    assert members(plan, 'steering') == {'ana', 'chen'}
    assert plan.resource_by_name['common-gcp-steering-group'].inputs['description'] == 'Who steers'
    described = [each.name for each in plan.resources if each.type.endswith(':Group') and 'description' in each.inputs]
    assert described == ['common-gcp-steering-group']


def test_the_sample_metadata_groups_come_from_the_table_of_metamist() -> None:
    # Column by column; see test_metamist.py for the whole table.
    assert {COORDINATOR, LOGGER, READER, WRITER} <= members(rich(), 'alpha-sample-metadata-main-read')


def test_groups_accept_external_members_when_the_configuration_says_so_and_are_left_alone_otherwise() -> None:
    gcp = {
        'customer_id': 'C0lantern',
        'region': 'australia-southeast1',
        'groups_domain': 'groups.example.org',
        'config_bucket_name': 'lantern-config',
        'dataset_storage_prefix': 'lantern-',
    }
    for allowed, settings in ((True, {'true'}), (False, {None})):
        plan = plan_of(gcp={**gcp, 'allow_external_group_members': allowed})
        lists = [
            each for each in plan.resources if each.type == 'cpg:google:GroupMembers' and 'groups/' not in each.physical
        ]
        assert {each.inputs.get('allowExternalMembers') for each in lists} == settings


def test_disabled_memberships_are_not_emitted_and_settings_and_caches_stay() -> None:
    plan, other = plan_of(alpha(), disable_group_memberships=True), rich()
    lists = [each for each in plan.resources if each.type == 'cpg:google:GroupMembers']
    assert {tuple(sorted(each.inputs)) for each in lists} == {('allowExternalMembers', 'group')}
    assert 'groups/0cromwell' not in {each.physical for each in lists}
    for kind in ('gcp:storage/bucketObject:BucketObject', 'cpg:metamist:Project', 'cpg:hail:BillingProject'):
        assert {each.name: each.inputs for each in plan.resources if each.type == kind} == {
            each.name: each.inputs for each in other.resources if each.type == kind
        }


def test_one_data_manager_of_a_dataset_is_in_everything_that_their_role_opens() -> None:
    groups = [group.name for group in rich().groups if group.name.startswith('alpha-')]
    assert {name for name in groups if 'ana' in everybody_in(rich(), name)} == of_alpha(
        'data-manager',
        'analysis',
        'upload',
        'metadata-access',
        'metadata-contribute',
        'web-access',
        'main-list',
        'main-read',
        'test-full',
        'test-read',
        'images-reader',
        'images-dev-writer',
        *SAMPLE_METADATA,
    )


def test_a_membership_ends_the_day_after_its_last_day() -> None:
    def analysts(last_day: str) -> set[str]:
        return members(
            plan_of(dataset('alpha', members={'analysis': [{'id': 'ana', 'expires': last_day}]})), 'alpha-analysis'
        )

    assert 'ana' in analysts(TODAY.isoformat())
    assert 'ana' not in analysts('2029-12-31')


def test_a_person_without_an_account_here_is_in_no_group_here() -> None:
    elsewhere = {'ana': user('ana'), 'zoe': {'id': 'zoe', 'clouds': {}}}
    plan = plan_of(users=elsewhere, adhoc_groups=[{'name': 'steering', 'description': 's', 'members': ['ana', 'zoe']}])
    assert members(plan, 'steering') == {'ana'}

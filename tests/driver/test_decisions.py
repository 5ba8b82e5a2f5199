"""The decisions of `docs/decisions/0002-differences-from-todays-deployment.md`, each by its sentence."""

from __future__ import annotations

import pytest

from cpg_infra.config import ConfigurationError
from cpg_infra.driver import DuplicateMemberError
from cpg_infra.plan import Plan
from tests.driver.facts import assets, everybody_in, group_names, holders, members
from tests.driver.rich import alpha, rich
from tests.organisations import GCP, METAMIST, METAMIST_LEGACY, SECTIONS, dataset, infrastructure_of, plan_of


def reader_of_beta() -> Plan:
    """A dataset with people that depends on another for reading."""
    return plan_of(alpha(depends_on_readonly=['beta']), dataset('beta', create_container_registry=True))


def test_1_main_read_gets_read_and_not_append_on_main_web_so_that_readers_do_not_write_pages() -> None:
    roles = holders(reader_of_beta(), 'bucket', 'lantern-beta-main-web')
    assert 'beta-main-read' in roles['read']
    assert roles['append'] == {'beta-main-create'}
    dependants = {'cromwell-full', 'cromwell-standard', 'dataproc-full', 'dataproc-standard'}
    assert dependants <= everybody_in(reader_of_beta(), 'beta-main-read')
    # All levels of all datasets have accounts of these names; only beta's own are here.
    writers = {key for each in reader_of_beta().memberships if (key := each.group) == 'gcp:group:beta-main-create'}
    assert writers == {'gcp:group:beta-main-create'}
    assert members(reader_of_beta(), 'beta-main-create') == {'beta-standard', 'beta-full'}


def test_2_read_only_dependants_never_become_image_writers() -> None:
    for group in ('beta-images-writer', 'beta-images-dev-writer'):
        assert {each for each in members(reader_of_beta(), group) if each.startswith('alpha')} == set()
    assert members(reader_of_beta(), 'beta-images-dev-reader') == {
        'beta-test',
        'alpha-images-dev-reader',
        'alpha-images-dev-writer',
    }


def test_3_test_read_does_not_carry_metadata_write_on_the_test_project() -> None:
    assert 'alpha-test-read' in members(rich(), 'alpha-sample-metadata-test-read')
    assert 'alpha-test-read' not in members(rich(), 'alpha-sample-metadata-test-write')


def test_4_images_dev_reader_really_contains_the_level_test() -> None:
    assert members(rich(), 'alpha-images-dev-reader') == {'alpha-test'}


def test_5_both_metamist_accounts_are_in_main_list() -> None:
    assert {METAMIST, METAMIST_LEGACY} <= members(rich(), 'alpha-main-list')


def test_5_a_second_member_under_one_key_is_an_error_that_names_both_callers() -> None:
    infrastructure = infrastructure_of(dataset('alpha'))
    there = next(iter(infrastructure.datasets['alpha'].on.values()))
    group = there.groups['main-list']
    group.add(there.infrastructure.account('one@example.org'), there.by('here'), key='metamist')
    with pytest.raises(DuplicateMemberError) as caught:
        group.add(there.infrastructure.account('two@example.org'), there.by('there'), key='metamist')
    here = test_5_a_second_member_under_one_key_is_an_error_that_names_both_callers.__name__
    assert str(caught.value) == f"group alpha-main-list: the member 'metamist' is added twice, by {here} and by {here}"


def test_6_temporary_access_members_are_never_dropped_in_silence() -> None:
    listed = {'tmp-main-read-access': ['ana']}
    assert everybody_in(plan_of(dataset('alpha', members=listed), notebooks=None), 'alpha-tmp-main-read-access') == {
        'ana'
    }
    with pytest.raises(ConfigurationError, match='temporary access cannot be granted'):
        plan_of(dataset('alpha', members=listed, components={'gcp': ['spark']}))


def test_7_no_binding_per_dataset_on_what_the_organisation_shares() -> None:
    shared = ('bucket:lantern-wheels', 'bucket:lantern-config', 'secret:lantern-runner/git-credentials')
    services = ('service:lantern-runner/australia-southeast1/runner-api',)
    for thing in (*shared, *services):
        kind, _, name = thing.partition(':')
        assert {len(who) for who in holders(rich(), kind, name).values()} == {1}
    assert not any(name.endswith('sm-hail-wheels-viewers') for name in group_names(rich()))


@pytest.mark.parametrize(
    ('copied', 'projects'), [(True, {'lantern-alpha', 'lantern-runner'}), (False, {'lantern-alpha'})]
)
def test_8_cromwell_keys_are_stored_once_and_the_second_copy_is_for_existing_deployments(
    projects: set[str],
    *,
    copied: bool,
) -> None:
    plan = plan_of(alpha(), cromwell={'gcp': {**SECTIONS['cromwell']['gcp'], 'legacy_key_copy': copied}})
    key = 'alpha-cromwell-full-key'
    assert {name.partition('/')[0] for name in assets(plan, 'secret') if name.endswith(key)} == projects


def test_8_the_second_copy_is_the_default_and_both_lie_in_the_region_of_the_dataset() -> None:
    plan = plan_of(alpha(gcp={'project': 'lantern-alpha', 'region': 'us-central1'}))
    replicas = {
        each.name: each.inputs['replication']
        for each in plan.resources
        if each.type.endswith(':Secret') and each.owner.dataset == 'alpha'
    }
    levels = ('full', 'standard', 'test')
    assert replicas == {
        f'alpha-gcp-cromwell-{level}-key{suffix}': {'userManaged': {'replicas': [{'location': 'us-central1'}]}}
        for level in levels
        for suffix in ('', '-2')
    }


def test_9_public_access_prevention_is_enforced_on_every_bucket() -> None:
    buckets = [each for each in rich().resources if each.type == 'gcp:storage/bucket:Bucket']
    assert {each.inputs['publicAccessPrevention'] for each in buckets} == {'enforced'}


@pytest.mark.parametrize(
    'type_',
    ['gcp:storage/bucket:Bucket', 'gcp:organizations/project:Project', 'gcp:artifactregistry/repository:Repository'],
)
def test_9_buckets_and_projects_are_protected_from_deletion(type_: str) -> None:
    found = {(each.options.protect, each.options.retain) for each in rich().resources if each.type == type_}
    assert found == {(True, True)}


@pytest.mark.parametrize('versions', [True, False])
def test_10_the_hail_bucket_needs_no_versions(*, versions: bool) -> None:
    hail = SECTIONS['hail']['gcp']
    plan = plan_of(alpha(), hail={'gcp': {**hail, 'bucket_versioning': versions}})
    assert plan.resource_by_name['alpha-gcp-hail-bucket'].inputs['versioning'] == {'enabled': versions}


def test_10_versions_are_the_default() -> None:
    assert rich().resource_by_name['alpha-gcp-hail-bucket'].inputs['versioning'] == {'enabled': True}


def storage_file(plan: Plan, name: str) -> str:
    return str(plan.resource_by_name[f'storage-config-gcp-{name}'].inputs['content'])


def headers(text: str) -> list[str]:
    return [line.strip('[]') for line in text.splitlines() if line.startswith('[')]


def test_11_a_dataset_without_tests_has_no_test_table_of_its_own_in_its_storage_file() -> None:
    plan = plan_of(dataset('alpha', setup_test=False, depends_on=['beta']), dataset('beta'))
    assert headers(storage_file(plan, 'alpha-main')) == [
        'storage.alpha',
        'storage.beta',
        'storage.beta.test',
        'storage.common',
        'storage.common.test',
        'storage.default',
    ]


def test_11_a_test_file_lists_all_transitive_dependencies() -> None:
    plan = plan_of(
        dataset('alpha', depends_on=['beta']), dataset('beta', depends_on_readonly=['gamma']), dataset('gamma')
    )
    assert headers(storage_file(plan, 'alpha-test')) == [
        'storage.alpha',
        'storage.beta',
        'storage.common',
        'storage.default',
        'storage.gamma',
    ]


def test_12_the_currency_of_a_budget_is_honoured() -> None:
    budget = {'monthly_budget': 5, 'shared_total_budget': 6, 'currency': 'EUR'}
    plan = plan_of(alpha(budgets={'gcp': budget}))
    amounts = {each.name: each.inputs['amount'] for each in plan.resources if each.type == 'gcp:billing/budget:Budget'}
    assert amounts == {
        'alpha-gcp-gcp-monthly-budget': {'specifiedAmount': {'units': '5', 'nanos': 0, 'currencyCode': 'EUR'}},
        'alpha-gcp-gcp-shared-budget': {'specifiedAmount': {'units': '6', 'nanos': 0, 'currencyCode': 'EUR'}},
        'common-gcp-gcp-monthly-budget': {'specifiedAmount': {'units': '100', 'nanos': 0, 'currencyCode': 'AUD'}},
    }


def test_13_a_new_metamist_project_for_tests_belongs_to_the_dataset() -> None:
    assert rich().resource_by_name['metamist-project-alpha-test'].inputs['dataset'] == 'alpha'


def test_14_the_analysis_runner_is_in_the_region_of_the_organisation_and_has_one_grant_there() -> None:
    elsewhere = {'project': 'lantern-{}', 'region': 'us-central1'}
    plan = plan_of(
        *(dataset(name, gcp={**elsewhere, 'project': f'lantern-{name}'}) for name in ('alpha', 'beta', 'common')),
    )
    grants = [each.inputs for each in plan.resources if each.inputs.get('service') == 'runner-api']
    assert [(each['location'], each['member']) for each in grants] == [
        ('australia-southeast1', 'group:analysis-runner-invokers@groups.example.org'),
    ]


def test_15_the_entitlements_principal_is_the_groups_real_address_prefix_included() -> None:
    plan = plan_of(alpha(), group_prefix='try-')
    entitlement = plan.resource_by_name['alpha-gcp-temporary-bucket-access-main-read']
    assert entitlement.inputs['eligibleUsers'] == [
        {'principals': ['group:try-alpha-tmp-main-read-access@groups.example.org']},
    ]
    addresses = {each.physical for each in plan.resources if each.type == 'gcp:cloudidentity/group:Group'}
    assert 'try-alpha-tmp-main-read-access@groups.example.org' in addresses


@pytest.mark.parametrize(
    ('address', 'spelt'),
    [
        ('robot@some-project.iam.gserviceaccount.com', 'serviceAccount:robot@some-project.iam.gserviceaccount.com'),
        ('123-compute@developer.gserviceaccount.com', 'serviceAccount:123-compute@developer.gserviceaccount.com'),
        ('app@appspot.gserviceaccount.com', 'serviceAccount:app@appspot.gserviceaccount.com'),
        ('Person@Example.org', 'user:person@example.org'),
    ],
)
def test_16_every_address_of_gserviceaccount_com_is_a_service_account(address: str, spelt: str) -> None:
    plan = plan_of(web_service={'gcp': {'server_machine_account': address}})
    assert spelt in str(plan.resource_by_name['common-gcp-main-web-bucket-read'].inputs['members'])


def test_16_also_when_it_is_the_account_of_a_user() -> None:
    robot = {'id': 'robot', 'clouds': {'gcp': {'id': 'robot@p.iam.gserviceaccount.com'}}}
    uploads = {'default_bucket': {'uploaders': ['robot']}}
    plan = plan_of(dataset('alpha', upload_config=uploads), users={'robot': robot}, gcp=dict(GCP))
    members_ = plan.resource_by_name['alpha-gcp-main-upload-bucket-mutate'].inputs['members']
    assert 'serviceAccount:robot@p.iam.gserviceaccount.com' in str(members_)

"""The tables of grants, row by row, on the dataset that has everything."""

from __future__ import annotations

import pytest

from cpg_infra.plan import Plan
from tests.driver.facts import Table, holders
from tests.driver.rich import alpha, rich
from tests.organisations import (
    CROMWELL_RUNNER,
    DROPBOX,
    METAMIST,
    METAMIST_LEGACY,
    SERVER,
    WEB,
    dataset,
    plan_of,
)

LEVELS = ('test', 'standard', 'full')
HAIL = {f'hail {level}' for level in LEVELS}
UPLOADERS = {'upload', 'full', 'main-upload', DROPBOX}

TESTS: Table = {'read': {'test-read'}, 'mutate': {'test-full'}}

BUCKETS: dict[str, Table] = {
    # bucket: {role: the groups of the dataset without their prefix, and accounts}
    'archive': {'list': {'main-list'}, 'mutate': {'full'}},
    'main': {'read': {'main-read'}, 'append': {'main-create'}, 'mutate': {'full'}},
    'main-tmp': {'read': {'main-read'}, 'append': {'main-create'}, 'mutate': {'full'}},
    'main-analysis': {'read': {'analysis', 'main-read'}, 'append': {'main-create'}, 'mutate': {'full'}},
    'main-web': {'read': {'analysis', 'main-read', WEB}, 'append': {'main-create'}, 'mutate': {'full'}},
    'main-upload': {'read': {'main-read', 'analysis'}, 'mutate': UPLOADERS | {'dara'}},
    'main-upload-lab': {'read': {'main-read', 'analysis'}, 'mutate': UPLOADERS | {'elif'}},
    # Its uploaders never touch the bucket.
    'main-upload-db-partner': {'read': {'main-read', 'analysis'}, 'mutate': UPLOADERS},
    'test': TESTS,
    'test-analysis': TESTS,
    'test-tmp': TESTS,
    'test-upload': TESTS,
    'test-web': {'read': {'test-read', WEB}, 'mutate': {'test-full'}},
    'release': {'read': {'analysis', 'release-access', 'shared'}, 'mutate': {'full'}},
    'hail': {'mutate': HAIL | {SERVER}},
}


def of_alpha(found: Table) -> Table:
    """Without the prefix of the dataset's groups."""
    return {role: {each.removeprefix('alpha-') for each in who} for role, who in found.items()}


@pytest.mark.parametrize('suffix', BUCKETS)
def test_a_bucket_of_a_dataset_is_open_to_whom_the_table_says(suffix: str) -> None:
    assert of_alpha(holders(rich(), 'bucket', f'lantern-alpha-{suffix}')) == BUCKETS[suffix]


def test_the_table_of_buckets_is_whole() -> None:
    granted = {
        grant.asset.removeprefix('gcp:bucket:') for grant in rich().grants if grant.asset.startswith('gcp:bucket:')
    }
    assert {name for name in granted if '-alpha-' in name} == {f'lantern-alpha-{suffix}' for suffix in BUCKETS}


def test_tests_read_the_main_bucket_of_the_common_dataset() -> None:
    assert holders(rich(), 'bucket', 'lantern-common-main')['read'] == {'common-main-read', 'common-test-read'}
    without = plan_of(dataset('common', setup_test=False))
    assert holders(without, 'bucket', 'lantern-common-main')['read'] == {'common-main-read'}


def test_the_release_bucket_is_open_to_the_shared_account_only_with_a_shared_project() -> None:
    plan = plan_of(alpha(enable_shared_project=False))
    assert of_alpha(holders(plan, 'bucket', 'lantern-alpha-release'))['read'] == {'analysis', 'release-access'}


ORGANISATION: dict[str, Table] = {
    'bucket:lantern-wheels': {'read': {'hail-wheels-viewers'}},
    'bucket:lantern-config': {'read': {'analysis-runner-config-viewers-group'}},
    'bucket:lantern-members-group-cache': {'read': {SERVER, METAMIST, METAMIST_LEGACY, WEB}},
    'service:lantern-runner/australia-southeast1/runner-api': {'invoke': {'analysis-runner-invokers'}},
    'service:lantern-metamist/australia-southeast1/metamist-api': {'invoke': {'sample-metadata-invokers'}},
    'secret:lantern-runner/git-credentials': {'read': {'git-credentials-readers'}},
    'secret:lantern-dropbox/dropbox-server-config': {'read': {DROPBOX}},
}


@pytest.mark.parametrize('thing', ORGANISATION)
def test_a_thing_of_the_organisation_is_open_to_whom_the_table_says(thing: str) -> None:
    kind, _, name = thing.partition(':')
    assert holders(rich(), kind, name) == ORGANISATION[thing]


PROJECT: Table = {
    'view-compute': {'analysis'},
    'view-logs': {'analysis'},
    'view-monitoring': {'analysis'},
    'view-clusters': {'analysis', 'internal-logs-access'},
    'list-buckets': {'main-list'},
    'pay-for-requests': {'analysis', *LEVELS},
    'view-roles': {'data-manager'},
    'administer-clusters': HAIL,
    'work-in-clusters': HAIL | {f'dataproc-{level}' for level in LEVELS},
    'report-batch-tasks': {f'cromwell-{level}' for level in LEVELS},
    'edit-batch-jobs': {CROMWELL_RUNNER},
    'browse': {'tmp-main-read-access'},
    'manage-temporary-access': {'temporary-access-agent'},
}


def test_the_project_of_a_dataset_is_open_to_whom_the_table_says() -> None:
    assert of_alpha(holders(rich(), 'project', 'lantern-alpha')) == PROJECT


def test_developers_see_clusters_of_internal_datasets_only() -> None:
    plan = plan_of(alpha(is_internal_dataset=False))
    assert of_alpha(holders(plan, 'project', 'lantern-alpha'))['view-clusters'] == {'analysis'}


def account(plan: Plan, identifier: str, project: str = 'lantern-alpha') -> Table:
    return of_alpha(holders(plan, 'machine-account', f'{identifier}@{project}.iam.gserviceaccount.com'))


@pytest.mark.parametrize('level', LEVELS)
def test_the_accounts_of_a_level_are_open_to_whom_the_table_says(level: str) -> None:
    assert account(rich(), f'dataproc-{level}') == {'act-as': {f'hail {level}'}}
    assert account(rich(), f'cromwell-{level}') == {'act-as': {f'cromwell-{level}', CROMWELL_RUNNER}}


def test_data_managers_manage_the_keys_of_the_accounts_for_outside_programs() -> None:
    assert account(rich(), 'main-upload') == {'manage-keys': {'data-manager'}}
    assert account(rich(), 'shared', 'lantern-alpha-shared') == {'manage-keys': {'data-manager'}}


def test_analysts_act_as_the_notebook_account_and_the_broker_makes_its_tokens() -> None:
    assert account(rich(), 'notebook-alpha', 'lantern-notebooks') == {
        'act-as': {'analysis'},
        'create-tokens': {'pam-broker'},
    }
    assert holders(rich(), 'project', 'lantern-notebooks') == {
        'administer-compute': {'notebook-alpha', 'notebook-common'}
    }


@pytest.mark.parametrize('level', LEVELS)
@pytest.mark.parametrize('project', ['lantern-alpha', 'lantern-runner'])
def test_the_key_of_a_cromwell_account_is_read_by_the_runner_and_the_hail_account_of_its_level(
    level: str,
    project: str,
) -> None:
    assert holders(rich(), 'secret', f'{project}/alpha-cromwell-{level}-key') == {'read': {SERVER, f'hail {level}'}}


def test_the_shared_project_is_open_to_whom_the_table_says() -> None:
    assert of_alpha(holders(rich(), 'project', 'lantern-alpha-shared')) == {
        'pay-for-requests': {'shared'},
        'view-roles': {'data-manager'},
    }


def billing_users(plan: Plan, name: str) -> object:
    (found,) = [
        each for each in plan.resources if each.type == 'cpg:hail:BillingProject' and each.physical == f'gcp/{name}'
    ]
    return found.inputs['users']


def test_the_hail_billing_project_is_open_to_levels_analysts_developers_and_the_aggregator() -> None:
    levels = ['alpha-full', 'alpha-standard', 'alpha-test']
    assert billing_users(rich(), 'alpha') == [
        'aggregator',
        *levels[:1],
        'alpha-standard',
        'alpha-test',
        'ana-hail',
        'bao-hail',
    ]
    # On a dataset that is not internal developers are not there for that reason.
    plain = plan_of(dataset('alpha', members={'analysis': ['chen', 'femi']}))
    assert billing_users(plain, 'alpha') == ['aggregator', *levels, 'chen-hail']
    # Analysts of a dependant are analysts of the common dataset.
    assert 'chen-hail' in str(billing_users(plain, 'common'))


def test_whoever_may_charge_jobs_is_in_the_access_model_by_name() -> None:
    names = {
        holder.hail_username
        for grant in rich().grants
        if grant.asset == 'gcp:hail-billing-project:alpha'
        and (holder := rich().principal_by_key[grant.principal]).hail_username is not None
    }
    assert names == {'aggregator', 'alpha-full', 'alpha-standard', 'alpha-test', 'ana-hail', 'bao-hail'}


def test_the_hail_billing_project_has_the_limit_of_the_budget() -> None:
    plan = plan_of(dataset('alpha', budgets={'gcp': {'monthly_budget': 1, 'hail_billing_limit': 25.5}}))
    limits = {
        each.physical: each.inputs.get('limit') for each in plan.resources if each.type == 'cpg:hail:BillingProject'
    }
    assert limits == {'gcp/alpha': 25.5, 'gcp/common': None}


REGISTRIES: dict[str, Table] = {
    'images': {'read': {'images-reader', 'images-dev-reader', 'test-full'}, 'write': {'images-writer'}},
    'images-dev': {'read': {'images-dev-reader', 'test-full'}, 'write': {'images-dev-writer', 'analysis'}},
    'images-tmp': {'read': {'images-dev-reader'}, 'write': {'images-dev-writer'}},
}


@pytest.mark.parametrize('name', REGISTRIES)
def test_a_registry_is_open_to_whom_the_table_says(name: str) -> None:
    found = holders(rich(), 'registry', f'lantern-alpha/australia-southeast1/{name}')
    assert of_alpha(found) == REGISTRIES[name]

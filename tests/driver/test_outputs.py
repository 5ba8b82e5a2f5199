"""What running jobs read: storage files, `infrastructure.toml`, members caches; and the outputs of the stack."""

from __future__ import annotations

import pytest

from cpg_infra.plan import Plan
from tests.driver.rich import alpha, rich
from tests.organisations import dataset, plan_of


def content(plan: Plan, name: str) -> str:
    found = plan.resource_by_name[name]
    assert found.options.secret_inputs == ('content',)
    return str(found.inputs['content'])


COMMON = """\
[storage.common]
analysis = "gs://lantern-common-main-analysis"
default = "gs://lantern-common-main"
tmp = "gs://lantern-common-main-tmp"
upload = "gs://lantern-common-main-upload"
web = "gs://lantern-common-main-web"
web_url = "https://main.web.example.org/common"

[storage.common.test]
analysis = "gs://lantern-common-test-analysis"
default = "gs://lantern-common-test"
tmp = "gs://lantern-common-test-tmp"
upload = "gs://lantern-common-test-upload"
web = "gs://lantern-common-test-web"
web_url = "https://test.web.example.org/common"

"""

ALPHA_MAIN = """\
[storage.{name}]
analysis = "gs://lantern-alpha-main-analysis"
default = "gs://lantern-alpha-main"
tmp = "gs://lantern-alpha-main-tmp"
upload = "gs://lantern-alpha-main-upload"
web = "gs://lantern-alpha-main-web"
web_url = "https://main.web.example.org/alpha"
"""

ALPHA_TEST = """\

[storage.{name}.test]
analysis = "gs://lantern-alpha-test-analysis"
default = "gs://lantern-alpha-test"
tmp = "gs://lantern-alpha-test-tmp"
upload = "gs://lantern-alpha-test-upload"
web = "gs://lantern-alpha-test-web"
web_url = "https://test.web.example.org/alpha"
"""


def test_the_storage_file_of_the_main_namespace_has_test_tables_beside_it() -> None:
    own = [(ALPHA_MAIN + ALPHA_TEST).format(name=name) for name in ('alpha', 'default')]
    assert content(rich(), 'storage-config-gcp-alpha-main') == f'{own[0]}\n{COMMON}{own[1]}'


def test_the_storage_file_of_a_dataset_without_tests() -> None:
    plan = plan_of(alpha(setup_test=False))
    own = [ALPHA_MAIN.format(name=name) for name in ('alpha', 'default')]
    assert content(plan, 'storage-config-gcp-alpha-main') == f'{own[0]}\n{COMMON}{own[1]}'
    assert 'storage-config-gcp-alpha-test' not in plan.resource_by_name


def test_the_storage_file_of_the_test_namespace_has_tests_only() -> None:
    text = content(rich(), 'storage-config-gcp-alpha-test')
    headers = [line for line in text.splitlines() if line.startswith('[')]
    assert headers == ['[storage.alpha]', '[storage.common]', '[storage.default]']
    assert '-main' not in text


def test_tables_are_depth_first_and_by_code_point() -> None:
    plan = plan_of(dataset('a', depends_on=['a-b', 'a-0']), dataset('a-b'), dataset('a-0'))
    text = content(plan, 'storage-config-gcp-a-main')
    assert [line[1:-1] for line in text.splitlines() if line.startswith('[')] == [
        'storage.a',
        'storage.a.test',
        'storage.a-0',
        'storage.a-0.test',
        'storage.a-b',
        'storage.a-b.test',
        'storage.common',
        'storage.common.test',
        'storage.default',
        'storage.default.test',
    ]


def test_a_dependency_without_storage_is_not_in_the_files_nor_has_it_one() -> None:
    plan = plan_of(dataset('alpha', depends_on=['beta']), dataset('beta', components={'gcp': ['spark']}))
    assert 'beta' not in content(plan, 'storage-config-gcp-alpha-main')
    assert 'storage-config-gcp-beta-main' not in plan.resource_by_name


def test_without_a_template_there_is_no_web_address() -> None:
    assert 'web_url' not in content(plan_of(dataset('alpha'), web_service=None), 'storage-config-gcp-alpha-main')


@pytest.mark.parametrize(
    ('destination', 'bucket', 'prefix'),
    [
        ('gs://lantern-config', 'lantern-config', ''),
        ('gs://lantern-config/', 'lantern-config', ''),
        ('gs://lantern-config/deploy', 'lantern-config', 'deploy/'),
        ('gs://lantern-config/deploy/well/', 'lantern-config', 'deploy/well/'),
    ],
)
def test_files_lie_under_the_destination(destination: str, bucket: str, prefix: str) -> None:
    plan = plan_of(dataset('alpha'), config_destination=destination)
    placed = {
        each.name: (each.inputs['bucket'], each.inputs['name']) for each in plan.resources if 'content' in each.inputs
    }
    assert placed['infrastructure-config'] == (bucket, f'{prefix}infrastructure.toml')
    assert placed['storage-config-gcp-alpha-main'] == (bucket, f'{prefix}storage/gcp/alpha-main.toml')
    assert placed['alpha-analysis-group-cache-members'] == ('lantern-members-group-cache', 'alpha-analysis-members.txt')


def test_the_infrastructure_file() -> None:
    assert content(rich(), 'infrastructure-config') == (
        '[infrastructure]\n'
        'git_credentials_secret_name = "git-credentials"\n'
        'git_credentials_secret_project = "lantern-runner"\n'
        'members_cache_location = "gs://lantern-members-group-cache"\n'
    )
    assert content(plan_of(hail=None), 'infrastructure-config') == (
        '[infrastructure]\nmembers_cache_location = "gs://lantern-members-group-cache"\n'
    )


def test_a_members_cache_never_carries_the_prefix_of_groups() -> None:
    plan = plan_of(dataset('alpha', members={'analysis': ['bao', 'ana']}, components={'gcp': []}), group_prefix='try-')
    cache = plan.resource_by_name['alpha-analysis-group-cache-members']
    assert (cache.inputs['name'], cache.inputs['content']) == (
        'alpha-analysis-members.txt',
        'ana@example.org\nbao@example.org',
    )


def test_an_empty_members_cache_is_a_single_newline() -> None:
    plan = plan_of(dataset('alpha', components={'gcp': []}))
    assert plan.resource_by_name['alpha-analysis-group-cache-members'].inputs['content'] == '\n'


def test_the_outputs_of_the_stack() -> None:
    assert rich().outputs == {
        'members-cache-bucket': 'gs://lantern-members-group-cache',
        'notebook-alpha-email': 'notebook-alpha@lantern-notebooks.iam.gserviceaccount.com',
        'notebook-alpha-id': (
            'projects/lantern-notebooks/serviceAccounts/notebook-alpha@lantern-notebooks.iam.gserviceaccount.com'
        ),
        'notebook-common-email': 'notebook-common@lantern-notebooks.iam.gserviceaccount.com',
        'notebook-common-id': (
            'projects/lantern-notebooks/serviceAccounts/notebook-common@lantern-notebooks.iam.gserviceaccount.com'
        ),
        'pam-entitlement-alpha-read': 'pam-alpha-read',
    }

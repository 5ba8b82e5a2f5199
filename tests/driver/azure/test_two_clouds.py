"""A dataset on both clouds is on each as if alone, and what joins them is said."""

from __future__ import annotations

from typing import Any

from tests.driver.azure.building import inputs
from tests.organisations import (
    HAIL_AZURE,
    WEB_ON_AZURE,
    dataset,
    on_azure,
    on_both,
    plan_of,
    two_clouds,
    user,
)


def test_a_dataset_on_both_clouds_is_on_each_as_if_alone() -> None:
    both = plan_of(on_both('common'), on_both('alpha', members={'analysis': ['ana']}), **two_clouds())
    on_google = plan_of(dataset('common'), dataset('alpha', members={'analysis': ['ana']}), **two_clouds())
    shared = {'infrastructure-config'}
    for resource in on_google.resources:
        if resource.name not in shared:
            assert both.resource_by_name[resource.name] == resource


def test_a_cloud_that_does_not_hold_the_configuration_has_its_own_members_cache() -> None:
    plan = plan_of(on_both('common'), **two_clouds())
    assert inputs(plan, 'infrastructure-config')['content'] == (
        '[infrastructure]\n'
        'git_credentials_secret_name = "git-credentials"\n'
        'git_credentials_secret_project = "lantern-runner"\n'
        'members_cache_location = "gs://lantern-members-group-cache"\n'
        '\n'
        '[infrastructure.azure]\n'
        'members_cache_location = "https://lanterncommonver.blob.core.windows.net/members-group-cache"\n'
    )
    assert plan.outputs.keys() >= {'members-cache-bucket', 'azure-members-cache-bucket'}


def test_dependencies_hold_where_both_are_and_the_plan_says_where_not() -> None:
    plan = plan_of(
        on_both('common'),
        on_both('alpha', depends_on=['beta', 'gamma']),
        dataset('beta'),
        on_azure('gamma'),
        **two_clouds(),
    )
    nested = {each.key for each in plan.memberships if each.group.endswith(('beta-full', 'gamma-full'))}
    assert nested >= {
        'gcp:group:beta-full|gcp:group:alpha-full',
        'azure:group:gamma-full|azure:group:alpha-full',
    }
    said = [str(each) for each in plan.diagnostics if each.code == 'dependency-elsewhere']
    assert said == [
        'info: alpha.depends_on.beta: beta is not on azure: nothing of it can be used there',
        'info: alpha.depends_on.gamma: gamma is not on gcp: nothing of it can be used there',
    ]


def test_everybody_is_in_a_metamist_project_once_whatever_clouds_they_are_on() -> None:
    components = {'azure': ['storage', 'hail-accounts', 'metamist']}
    ana = user('ana')
    guest = {'id': 'guest', 'clouds': {'azure': {'id': 'Guest@partner.org'}}}
    there = on_azure('beta', depends_on=['alpha'], components=components, members={'analysis': ['guest', 'ana']})
    plan = plan_of(
        on_both('common'),
        on_both('alpha', components=components, members={'analysis': ['ana']}),
        there,
        **two_clouds(users={'ana': ana, 'guest': guest}),
    )
    members: Any = plan.resource_by_name['metamist-project-alpha'].inputs['members']
    readers = [each for each in members['reader'] if isinstance(each, str) and 'gserviceaccount' not in each]
    assert readers == ['ana@example.org', 'guest@partner.org']
    assert [each for each in members['reader'] if 'azure' in str(each)] == []


def test_each_hail_batch_has_the_users_of_its_cloud() -> None:
    plan = plan_of(on_both('common'), on_both('alpha', members={'analysis': ['ana']}), **two_clouds())
    google, azure = (inputs(plan, f'alpha-{cloud}-batch-billing-project') for cloud in ('gcp', 'azure'))
    assert (azure['url'], azure['cloud']) == (HAIL_AZURE['hail_batch_url'], 'azure')
    assert azure['users'] == google['users'] == ['aggregator', 'alpha-full', 'alpha-standard', 'alpha-test', 'ana-hail']


def test_services_of_azure_are_let_in_on_azure() -> None:
    plan = plan_of(on_both('common'), on_both('alpha'), **two_clouds())
    readers = {each.asset for each in plan.grants if each.principal == f'azure:machine:{WEB_ON_AZURE}'}
    assert readers == {
        'azure:bucket:lanterncommonver/members-group-cache',
        *(f'azure:bucket:lantern{name}ver/{key}' for name in ('alpha', 'common') for key in ('main-web', 'test-web')),
    }
    assert [each for each in plan.principals if each.cloud == 'azure' and 'gserviceaccount' in each.key] == []

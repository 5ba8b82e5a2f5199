"""The configuration of jobs and the members caches on Azure."""

from __future__ import annotations

from tests.driver.azure.building import azure_plan, inputs
from tests.organisations import (
    DESTINATION_ON_AZURE,
    on_azure,
)


def test_the_configuration_of_jobs_is_written_to_a_blob() -> None:
    plan = azure_plan(on_azure('alpha'))
    blob = plan.resource_by_name['storage-config-azure-alpha-main']
    assert (blob.type, blob.physical) == ('cpg:azure:Blob', f'{DESTINATION_ON_AZURE}/storage/azure/alpha-main.toml')
    assert {key: value for key, value in blob.inputs.items() if key != 'content'} == {
        'account': 'lanternconfig',
        'container': 'deployed',
        'name': 'runner/storage/azure/alpha-main.toml',
    }
    assert blob.options.secret_inputs == ('content',)
    assert 'tmp = "https://lanternalphatmp.blob.core.windows.net/main-tmp"' in str(blob.inputs['content'])


def test_members_caches_lie_in_an_account_of_the_common_dataset() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}))
    cache = inputs(plan, 'alpha-analysis-azure-group-cache-members')
    assert cache == {
        'account': 'lanterncommonver',
        'container': 'members-group-cache',
        'name': 'alpha-analysis-members.txt',
        'content': 'ana@tenant.example.org',
    }
    assert 'lanterncommonver.blob' in str(inputs(plan, 'infrastructure-config')['content'])


def test_configuration_viewers_are_let_in_where_it_lies() -> None:
    plan = azure_plan(on_azure('alpha'))
    (grant,) = [each for each in plan.grants if each.principal.endswith('config-viewers-group')]
    assert grant.asset == 'azure:bucket:lanternconfig/deployed'
    (assignment,) = [each for each in plan.resources if grant.key in each.intents]
    assert '/resourceGroups/lantern-configuration/' in str(assignment.inputs['scope'])

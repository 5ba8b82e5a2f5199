"""What a deployment on Azure does from one day to the next."""

from __future__ import annotations

from collections import Counter
from typing import Final

from cpg_infra.plan import Plan
from tests.conformance import checker
from tests.end_to_end.azure_organisations import MEMBERS, dataset, on_both_clouds, small
from tests.end_to_end.harness import Deployment

MEMBER: Final = 'azuread:index/groupMember:GroupMember'


def registered(plan: Plan) -> Counter[str]:
    """The logical names that a deployment registers."""
    return Counter(each.name for each in checker.registered(plan))


def members_of(deployment: Deployment, group: str) -> set[str]:
    """The names of who is in a group of the directory."""
    things = deployment.things('azure')
    names = {
        thing['outputs']['objectId']: thing['inputs'].get('displayName') or thing['inputs']['userPrincipalName']
        for key, thing in things.items()
        if key.startswith(('group ', 'user ', 'serviceprincipal '))
    }
    pairs = [key.removeprefix('member ').split('/') for key in things if key.startswith('member ')]
    return {names[member] for owner, member in pairs if names[owner] == group}


def test_a_first_deployment_makes_each_resource_of_the_plan_once(deployed_on_azure: Deployment) -> None:
    assert deployed_on_azure.writes() == Counter({('create', name): 1 for name in registered(small())})
    assert len(deployed_on_azure.state()) == registered(small()).total() > 250


def test_what_the_plan_computes_is_what_azure_made(deployed_on_azure: Deployment) -> None:
    """Scopes, addresses and ids in the plan are texts: what names another thing by one must find it."""
    things = deployed_on_azure.things('azure')
    account = things['storage smallalphaver']
    assert account['id'].endswith(
        '/resourceGroups/small-alpha/providers/Microsoft.Storage/storageAccounts/smallalphaver'
    )
    assert things['container smallalphaver/main']['id'] == f'{account["id"]}/blobServices/default/containers/main'
    scopes = {thing['inputs']['scope'] for key, thing in things.items() if key.startswith('assignment ')}
    made = {thing.get('id') for thing in things.values()}
    assert scopes - made == set()
    assert len(scopes) > 20


def test_what_only_the_directory_knows_reaches_what_needs_it(deployed_on_azure: Deployment) -> None:
    assert members_of(deployed_on_azure, 'alpha-analysis') >= {'bao@lantern.example.org', 'alpha-data-manager'}
    # A user of Hail Batch is an application; its service principal is who is let in.
    assert 'alpha-standard' in members_of(deployed_on_azure, 'alpha-standard')
    asked = Counter(call.type.rpartition(':')[2] for call in deployed_on_azure.calls() if call.method == 'Invoke')
    assert asked.keys() == {'getUser', 'getApplication', 'getServicePrincipal'}


def test_a_second_deployment_changes_nothing(azure_deployment: Deployment) -> None:
    previewed = azure_deployment.preview(small(), expect_no_changes=True)
    assert previewed.is_sound
    outcome = azure_deployment.up(small())
    assert outcome.is_sound
    assert outcome.steps == Counter()
    assert azure_deployment.writes() == Counter()


CACHES_OF_ANALYSIS: Final = {
    'alpha-analysis-azure-group-cache-members',
    'alpha-web-access-azure-group-cache-members',
    'common-analysis-azure-group-cache-members',
    'common-web-access-azure-group-cache-members',
}
"""The caches list people, not groups: everybody who is in through this group."""


def with_chen() -> Plan:
    return small({'members': {**MEMBERS, 'analysis': ['bao', 'chen']}})


def test_a_person_who_comes_and_goes_is_one_membership_and_the_caches_that_list_them(
    azure_deployment: Deployment,
) -> None:
    (membership,) = registered(with_chen()).keys() - registered(small()).keys()
    caches = Counter({('update', name): 1 for name in CACHES_OF_ANALYSIS})
    comes = Counter({('create', membership): 1}) + caches
    assert azure_deployment.preview(with_chen()).steps == comes
    assert azure_deployment.writes() == Counter()
    assert azure_deployment.up(with_chen()).done == azure_deployment.writes() == comes
    assert 'chen@lantern.example.org' in members_of(azure_deployment, 'alpha-analysis')
    goes = azure_deployment.up(small())
    assert goes.is_sound
    assert goes.done == Counter({('delete', membership): 1}) + caches
    assert 'chen@lantern.example.org' not in members_of(azure_deployment, 'alpha-analysis')


def test_a_dataset_that_comes_is_made_and_touches_groups_that_gather_datasets_only_by_its_own_memberships(
    azure_deployment: Deployment,
) -> None:
    plan = small(None, dataset('gamma'))
    before = azure_deployment.things('azure')
    outcome = azure_deployment.up(plan)
    assert outcome.is_sound
    made = registered(plan).keys() - registered(small()).keys()
    assert outcome.steps == Counter({('create', name): 1 for name in made})
    of_others = {name for name in made if not name.startswith('gamma-')}
    types = {plan.resource_by_name[name].type for name in of_others}
    assert types <= {MEMBER, 'cpg:azure:Blob'}
    assert {key: thing for key, thing in azure_deployment.things('azure').items() if key in before} == before


def test_an_archive_that_is_reached_earlier_changes_one_policy_and_nothing_else(azure_deployment: Deployment) -> None:
    outcome = azure_deployment.up(small({'archive_age': 10}))
    assert outcome.is_sound
    assert outcome.done == Counter({('update', 'alpha-azure-versioned-storage-account-lifecycle'): 1})
    rules = azure_deployment.things('azure')['lifecycle smallalphaver']['inputs']['policy']['rules']
    assert 'archive10' in {rule['name'] for rule in rules}


def test_both_clouds_are_deployed_at_once_and_stay_as_they_are(nothing_deployed: Deployment) -> None:
    plan = on_both_clouds()
    outcome = nothing_deployed.up(plan)
    assert outcome.errors == []
    assert outcome.done == Counter({('create', name): 1 for name in registered(plan)})
    assert 'bucket small-common-main' in nothing_deployed.things()
    assert 'container smallcommonver/main' in nothing_deployed.things('azure')
    assert nothing_deployed.up(plan).steps == Counter()

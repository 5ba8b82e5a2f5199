"""A dataset in a subscription of its own, beside others in the organisation's."""

from __future__ import annotations

from collections import Counter
from typing import Final

from cpg_infra.plan import Plan, Resource
from tests.conformance.checker import registered
from tests.end_to_end.azure_organisations import ELSEWHERE, in_two_subscriptions, small
from tests.end_to_end.harness import SUBSCRIPTION, Deployment

HOME: Final = 'c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
ASSIGNMENT: Final = 'azure-native:authorization:RoleAssignment'


def made_in(deployment: Deployment, subscription: str) -> set[str]:
    """The ids of what lies in a subscription, below a resource group of the plan."""
    begin = f'/subscriptions/{subscription}/resourceGroups/small-'
    return {str(thing['id']) for thing in deployment.things('azure').values() if str(thing.get('id')).startswith(begin)}


def lies_elsewhere(resource: Resource) -> bool:
    return resource.type.startswith('azure-native:') and resource.owner.dataset == 'alpha'


def test_a_dataset_with_a_subscription_is_made_there_and_let_into_from_elsewhere(nothing_deployed: Deployment) -> None:
    plan = in_two_subscriptions()
    outcome = nothing_deployed.up(plan)
    assert outcome.errors == []
    assert outcome.done == Counter({('create', each.name): 1 for each in registered(plan)})

    there, here = made_in(nothing_deployed, ELSEWHERE), made_in(nothing_deployed, HOME)
    names = {id_.partition('/resourceGroups/')[2].partition('/')[0] for id_ in there}
    assert names == {'small-alpha'}
    assert {id_.partition('/resourceGroups/')[2].partition('/')[0] for id_ in here} == {'small-beta', 'small-common'}
    assert {each.name for each in registered(plan) if each.provider is not None} == {
        each.name for each in registered(plan) if lies_elsewhere(each)
    }

    things = nothing_deployed.things('azure')
    scopes = [f'/subscriptions/{each}' for each in (HOME, ELSEWHERE)]
    roles = [thing for key, thing in things.items() if key.startswith('role ')]
    assert {tuple(role['inputs']['assignableScopes']) for role in roles} == {tuple(scopes)}
    # The people of beta read alpha: their group is in one subscription's directory as in the other's.
    reading = [
        each
        for each in plan.resources
        if each.type == ASSIGNMENT and f'/subscriptions/{ELSEWHERE}/' in str(each.inputs)
    ]
    assert any('main-read' in each.name for each in reading)

    assert nothing_deployed.up(plan).steps == Counter()
    refreshed = nothing_deployed.preview_refresh(expect_no_changes=True)
    assert refreshed.is_sound


def test_a_stack_that_is_set_to_another_subscription_is_refused_before_anything_is_made(
    azure_deployment: Deployment,
) -> None:
    azure_deployment.change_setting(SUBSCRIPTION, HOME, ELSEWHERE)
    before = azure_deployment.things('azure')
    refused = azure_deployment.up(changed())
    assert not refused.is_sound
    said = str(refused.raised) + ' '.join(refused.errors)
    assert f"azure.subscription: azure-native:subscriptionId is '{ELSEWHERE}'" in said
    assert azure_deployment.writes() == Counter()
    assert azure_deployment.things('azure') == before


def changed() -> Plan:
    return small({'archive_age': 10})

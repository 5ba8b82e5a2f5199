"""What a deployment does from one day to the next."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from typing import Final

from cpg_infra.plan import Computed, Plan, Ref, Resource, Value
from tests.conformance import checker
from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import dataset, small, tiny


def registered(plan: Plan) -> Counter[str]:
    """The logical names that a deployment registers."""
    return Counter(each.name for each in checker.registered(plan))


def test_a_first_deployment_makes_each_resource_of_the_plan_once(deployed_small: Deployment) -> None:
    made = Counter(name for (method, name), count in deployed_small.writes().items() for _ in range(count))
    assert made == registered(small())
    assert {call.method for call in deployed_small.calls() if call.method in {'Update', 'Delete'}} == set()
    assert len(deployed_small.state()) == made.total() > 200


def test_a_look_up_is_asked_once_and_answered_by_the_cloud(deployed_small: Deployment) -> None:
    asked = [call.type for call in deployed_small.calls() if call.method == 'Invoke']
    assert asked == ['gcp:organizations/getOrganization:getOrganization']
    assert deployed_small.things()['project small-alpha']['inputs']['orgId'] == '471147114711'


def test_what_only_the_cloud_knows_reaches_what_needs_it(deployed_small: Deployment) -> None:
    things = deployed_small.things()
    number = things['project small-alpha']['outputs']['number']
    budgets = [thing['inputs'] for key, thing in things.items() if key.startswith('budget ')]
    assert [each['budgetFilter']['projects'] for each in budgets if each['displayName'] == 'small-alpha'] == [
        [f'projects/{number}']
    ]
    identity = next(each for each in deployed_small.state() if each['type'] == 'cpg:hail:User')['outputs']['identity']
    assert any(f'serviceAccount:{identity}' in str(thing) or identity in str(thing) for thing in things.values())


def test_a_second_deployment_changes_nothing(deployment: Deployment) -> None:
    previewed = deployment.preview(small(), expect_no_changes=True)
    assert previewed.is_sound
    assert previewed.steps == Counter()
    outcome = deployment.up(small())
    assert outcome.is_sound
    assert outcome.steps == Counter()
    assert deployment.writes() == Counter()


def test_a_preview_changes_nothing_in_the_cloud(nothing_deployed: Deployment) -> None:
    before = nothing_deployed.things()
    previewed = nothing_deployed.preview(small())
    assert previewed.is_sound
    assert previewed.steps == Counter({('create', name): 1 for name in registered(small())})
    assert nothing_deployed.things() == before
    assert nothing_deployed.writes() == Counter()


PERSON_IN_ANALYSIS: Final = Counter(
    {
        ('update', 'alpha-gcp-analysis-group-members'): 1,
        # The caches list people, not groups: everybody who is in through this group.
        ('update', 'alpha-analysis-group-cache-members'): 1,
        ('update', 'alpha-web-access-group-cache-members'): 1,
        ('update', 'common-analysis-group-cache-members'): 1,
        ('update', 'common-web-access-group-cache-members'): 1,
    }
)


def test_a_person_changes_one_group_and_the_caches_that_list_its_people(deployment: Deployment) -> None:
    with_chen = small({'members': {'data-manager': ['ana'], 'analysis': ['bao', 'chen']}})
    assert deployment.preview(with_chen).steps == PERSON_IN_ANALYSIS
    assert deployment.writes() == Counter()
    comes = deployment.up(with_chen)
    assert comes.is_sound
    assert comes.done == deployment.writes() == PERSON_IN_ANALYSIS
    assert [name in cached_people(deployment) for name in ('bao', 'chen')] == [True, True]
    goes = deployment.up(small())
    assert goes.is_sound
    assert goes.done == PERSON_IN_ANALYSIS
    assert [name in cached_people(deployment) for name in ('bao', 'chen')] == [True, False]


def cached_people(deployment: Deployment) -> str:
    return str(deployment.things()['object small-members-group-cache/alpha-analysis-members.txt']['inputs']['content'])


def test_who_moves_to_another_group_is_written_into_both_and_nothing_is_made_or_deleted(deployment: Deployment) -> None:
    outcome = deployment.up(small({'members': {'data-manager': ['ana', 'bao'], 'analysis': []}}))
    assert outcome.is_sound
    assert {op for op, _ in outcome.steps} == {'update'}
    assert {name for _, name in outcome.steps if name.endswith('-group-members')} == {
        'alpha-gcp-analysis-group-members',
        'alpha-gcp-data-manager-group-members',
    }


def test_a_dataset_that_comes_touches_only_groups_that_gather_datasets(deployment: Deployment) -> None:
    plan = small(None, dataset('gamma'))
    outcome = deployment.up(plan)
    assert outcome.is_sound
    made = {name for op, name in outcome.steps if op == 'create'}
    touched = {name for op, name in outcome.steps if op == 'update'}
    assert made == set(registered(plan)) - set(registered(small()))
    assert outcome.steps.total() == len(made) + len(touched)
    assert {name.partition('-gcp-')[0] for name in touched} == {'common'}
    assert {name for name in touched if not name.endswith('-group-members')} == set()
    assert {key for name in touched for key in outcome.changed_keys[name]} == {'members'}


def test_another_logical_name_with_the_old_one_as_alias_replaces_nothing(tiny_deployment: Deployment) -> None:
    before = tiny_deployment.things()
    renamed = with_other_names(tiny(), 'common-gcp-', 'shared-')
    previewed = tiny_deployment.preview(renamed, expect_no_changes=True)
    assert previewed.is_sound
    outcome = tiny_deployment.up(renamed)
    assert outcome.is_sound
    assert outcome.steps == Counter()
    assert tiny_deployment.writes() == Counter()
    assert tiny_deployment.things() == before
    # Once it is done the alias is of no use any more, and the old name would be somebody else's things.
    without = dataclasses.replace(renamed, resources=tuple(without_aliases(each) for each in renamed.resources))
    assert tiny_deployment.preview(without, expect_no_changes=True).is_sound
    lost = {op for op, _ in tiny_deployment.preview(tiny()).steps}
    assert lost & {'delete', 'replace'}, 'without an alias everything would be made anew'


def with_other_names(plan: Plan, begin: str, instead: str) -> Plan:
    """The plan with other logical names and the old ones as aliases; what they stand for is the same."""
    names = {each.name: each.name.replace(begin, instead, 1) for each in plan.resources if each.name.startswith(begin)}

    def renamed(value: Value) -> Value:
        if isinstance(value, Ref):
            return dataclasses.replace(value, resource=names.get(value.resource, value.resource))
        if isinstance(value, Computed):
            return dataclasses.replace(value, arguments=tuple(renamed(each) for each in value.arguments))
        if isinstance(value, Mapping):
            return {key: renamed(each) for key, each in value.items()}
        return [renamed(each) for each in value] if isinstance(value, list | tuple) else value

    def moved(resource: Resource) -> Resource:
        name = names.get(resource.name, resource.name)
        return dataclasses.replace(
            resource,
            name=name,
            inputs={key: renamed(each) for key, each in resource.inputs.items()},
            depends_on=tuple(names.get(each, each) for each in resource.depends_on),
            options=dataclasses.replace(resource.options, aliases=() if name == resource.name else (resource.name,)),
        )

    return dataclasses.replace(plan, resources=tuple(moved(each) for each in plan.resources), outputs={})


def without_aliases(resource: Resource) -> Resource:
    return dataclasses.replace(resource, options=dataclasses.replace(resource.options, aliases=()))

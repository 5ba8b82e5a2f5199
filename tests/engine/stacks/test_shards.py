"""A plan cut into stacks: what is where, in which order, and what moves when the configuration changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hypothesis import given, settings

from cpg_infra.driver import Infrastructure
from cpg_infra.engine.stacks import Shard, check_single_writers, levels_of, shards_of
from cpg_infra.plan import Plan, Ref
from cpg_infra.plan.values import refs_of
from tests.organisations import TODAY, Plain, dataset, on_azure, on_both, plan_of, two_clouds
from tests.random_organisations import Given, organisations

COMMON = 'common'


def cut(plan: Plan) -> dict[str, Shard]:
    """The shards by name, in order."""
    return {shard.name: shard for shard in shards_of(plan, 'per-dataset', COMMON)}


def planned(given: Given, *, without_last: bool = False) -> Plan:
    datasets = given.datasets[:-1] if without_last else given.datasets
    return Infrastructure(given.organisation, datasets, date=TODAY).plan()


def places(shards: Iterable[Shard]) -> dict[str, str]:
    """The stack of each resource."""
    return {resource.name: shard.name for shard in shards for resource in shard.plan.resources}


def types_in(shard: Shard) -> set[str]:
    return {resource.type.rpartition(':')[2] for resource in shard.deployed}


THREE: Mapping[str, Plain] = {
    'zeta': {'members': {'analysis': ['ana']}},
    'beta': {'depends_on': ['zeta'], 'members': {'analysis': ['bao']}},
    'alpha': {'depends_on_readonly': ['beta'], 'members': {'analysis': ['chen']}},
}
"""Three datasets, each of which uses the one before it."""


def three() -> dict[str, Shard]:
    return cut(plan_of(*(dataset(name, **options) for name, options in THREE.items())))


def test_a_single_stack_is_the_plan_itself() -> None:
    plan = plan_of(dataset('alpha'))
    assert shards_of(plan, 'single', COMMON) == (Shard('all', plan),)


def test_dependants_go_before_their_dependencies_and_the_common_dataset_last() -> None:
    shards = three()
    assert levels_of(shards.values()) == {
        'foundation': 0,
        'alpha-gcp': 1,
        'beta-gcp': 2,
        'zeta-gcp': 3,
        'common-gcp': 4,
    }
    assert list(shards) == ['foundation', 'alpha-gcp', 'beta-gcp', 'zeta-gcp', 'common-gcp']
    assert shards['beta-gcp'].after == ('alpha-gcp', 'foundation')


def test_independent_datasets_are_on_one_level() -> None:
    shards = cut(plan_of(dataset('beta'), dataset('alpha')))
    assert levels_of(shards.values()) == {'foundation': 0, 'alpha-gcp': 1, 'beta-gcp': 1, 'common-gcp': 2}


def test_the_foundation_needs_nothing_and_tells_of_no_dataset() -> None:
    foundation = three()['foundation']
    assert (foundation.after, foundation.reads) == ((), ())
    assert foundation.gives == (Ref('common-gcp-project', 'number'),)
    assert types_in(foundation) == {'Bucket', 'Group', 'Project', 'Secret', 'Service'}
    assert (foundation.plan.memberships, foundation.plan.grants, foundation.plan.entitlements) == ((), (), ())
    assert {group.name for group in foundation.plan.groups} >= {'hail-wheels-viewers', 'sample-metadata-invokers'}


def test_lists_and_policies_of_the_organisation_are_in_the_last_stack() -> None:
    shards = three()
    last = [resource for resource in shards['common-gcp'].plan.resources if resource.owner.dataset == '']
    assert {resource.type.rpartition(':')[2] for resource in last} >= {'GroupMembers', 'BucketObject', 'SecretVersion'}
    handmade = shards['common-gcp'].plan.resource_by_name['common-gcp-cromwell-access-members']
    assert {ref.resource.partition('-')[0] for ref in refs_of(handmade.inputs)} == {'alpha', 'beta', 'common', 'zeta'}


def test_the_policy_of_a_thing_is_beside_the_thing_whoever_asked_for_the_grant() -> None:
    shards = three()
    notebooks = 'alpha-gcp-lantern-notebooks-administer-compute-machine-notebook-alpha@lantern-notebooks'
    assert [where for name, where in places(shards.values()).items() if name.startswith(notebooks)] == ['common-gcp']


def test_what_datasets_tell_each_other_is_hail_identities() -> None:
    shards = three()
    alpha, beta = shards['alpha-gcp'], shards['beta-gcp']
    assert alpha.gives == tuple(
        Ref(f'alpha-gcp-hail-batch-user-{level}', 'identity') for level in ('full', 'standard', 'test')
    )
    assert set(beta.reads) <= set(alpha.gives)
    assert set(beta.givers.values()) == {'alpha-gcp'}


def test_what_the_configuration_puts_in_a_datasets_project_comes_after_that_project() -> None:
    shards = cut(plan_of(dataset('zeta'), dataset('alpha'), notebooks={'gcp': {'project': 'lantern-zeta'}}))
    assert places(shards.values())['zeta-gcp-project'] == 'foundation'
    assert 'foundation' in shards['alpha-gcp'].after


def test_a_dataset_on_paper_has_a_shard_and_needs_no_stack() -> None:
    budgets = {'gcp': {'monthly_budget': 1}, 'dry-run': {'monthly_budget': 1}}
    shards = cut(plan_of(dataset('alpha', deploy_locations=['gcp', 'dry-run'], budgets=budgets)))
    on_paper = {name for name, shard in shards.items() if shard.is_on_paper}
    assert on_paper == {'alpha-dry-run', 'common-dry-run'}
    assert {resource.type for resource in shards['alpha-gcp'].plan.resources} >= {'cpg:metamist:Project'}


def test_a_group_exists_before_the_lists_that_name_it() -> None:
    assert 'zeta-gcp' in cut(plan_of(dataset('zeta', components={'gcp': ['storage']})))['common-gcp'].after


@settings(max_examples=40, deadline=None)
@given(organisations(most=4))
def test_every_resource_is_in_one_shard_and_every_shard_after_what_it_needs(given: Given) -> None:
    plan = planned(given)
    shards = cut(plan)
    names = [resource.name for shard in shards.values() for resource in shard.plan.resources]
    assert sorted(names) == sorted(plan.resource_by_name)
    where = places(shards.values())
    order = {name: number for number, name in enumerate(shards)}
    for shard in shards.values():
        assert all(order[other] < order[shard.name] for other in shard.after)
        for resource in shard.plan.resources:
            needed = {*plan.resource_by_name[resource.name].depends_on, *(r.resource for r in refs_of(resource.inputs))}
            assert {where[name] for name in needed} <= {*shard.after, shard.name}
            assert resource.depends_on == tuple(
                name for name in plan.resource_by_name[resource.name].depends_on if where[name] == shard.name
            )
    gives = {(shard.name, ref) for shard in shards.values() for ref in shard.gives}
    assert gives == {(shard.givers[ref.resource], ref) for shard in shards.values() for ref in shard.reads}
    assert {ref.output for _, ref in gives} <= {'identity', 'number', 'objectId', 'principalId', 'userId'}


@settings(max_examples=40, deadline=None)
@given(organisations(most=3))
def test_adding_a_dataset_moves_nothing_to_another_stack(given: Given) -> None:
    # Dependencies go to earlier datasets, so the last one may be missing.
    if len(given.datasets) == 1:
        return
    before = places(cut(planned(given, without_last=True)).values())
    after = places(cut(planned(given)).values())
    assert {name: after[name] for name in before if name in after} == {
        name: where for name, where in before.items() if name in after
    }


@settings(max_examples=25, deadline=None)
@given(organisations(most=3))
def test_the_parts_hold_all_intents_outputs_and_diagnostics_of_the_plan(given: Given) -> None:
    plan = planned(given)
    shards = cut(plan).values()
    assert {key for shard in shards for key in shard.plan.intent_by_key} == plan.intent_by_key.keys()
    assert {key for shard in shards for key in shard.plan.outputs} == plan.outputs.keys()
    assert {remark for shard in shards for remark in shard.plan.diagnostics} == set(plan.diagnostics)
    for shard in shards:
        principals = shard.plan.principal_by_key
        granted = [(each.principal, each.asset) for each in shard.plan.grants]
        for principal, asset in [*granted, *((each.principal, each.asset) for each in shard.plan.entitlements)]:
            assert principal in principals
            assert asset in shard.plan.intent_by_key
        for membership in shard.plan.memberships:
            assert membership.member in principals
            assert membership.group in shard.plan.intent_by_key


# Azure ----------------------------------------------------------------------------------------------------


def on_two_clouds() -> dict[str, Shard]:
    return cut(plan_of(on_both('common'), on_both('alpha', depends_on=['beta']), on_azure('beta'), **two_clouds()))


def test_a_dataset_on_two_clouds_has_a_stack_on_each() -> None:
    shards = on_two_clouds()
    assert shards.keys() == {
        *('foundation', 'alpha-azure', 'alpha-gcp', 'beta-azure', 'common-azure', 'common-gcp'),
    }
    assert shards['beta-azure'].after == ('alpha-azure', 'foundation')
    assert check_single_writers(shards.values()) == ()


def test_roles_and_the_account_of_the_members_cache_are_in_the_foundation() -> None:
    foundation = on_two_clouds()['foundation']
    there = [each for each in foundation.plan.resources if each.owner.cloud == 'azure']
    names = {each.name for each in there}
    assert names >= {
        'azure-role-storage-creator',
        'azure-role-storage-lister',
        'azure-role-storage-mutator',
        'common-azure-lantern-members-group-cache-bucket',
        'common-azure-project',
        'common-azure-versioned-storage-account',
    }
    kinds = {each.type.rpartition(':')[2] for each in there}
    assert kinds & {'GroupMember', 'RoleAssignment', 'Blob', 'Secret'} == set()


def test_what_stacks_on_azure_tell_each_other_are_object_ids_of_groups() -> None:
    shards = on_two_clouds()
    assert {ref.output for ref in shards['alpha-azure'].gives} == {'objectId'}
    group = Ref('alpha-azure-analysis-group', 'objectId')
    assert group in shards['beta-azure'].reads
    assert group in shards['common-azure'].reads

"""What holds of every plan, whatever the configuration."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.config.diagnostics import Path
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from tests.organisations import SECTIONS, TODAY, Plain, dataset, organisation, plan_of
from tests.random_organisations import Given, organisations, shuffled

few = settings(max_examples=10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""A plan takes tens of milliseconds, so making a failing one smaller would take minutes."""


def plan(given: Given) -> Plan:
    return Infrastructure(given.organisation, given.datasets, date=TODAY).plan()


def as_json(planned: Plan) -> dict[str, Plain]:
    shown: dict[str, Plain] = json.loads(planned.canonical_bytes())
    return shown


def resources(planned: Plan) -> dict[str, dict[str, Plain]]:
    return {resource['name']: resource for resource in as_json(planned)['resources']}


# The form of a plan ---------------------------------------------------------------------------------------


@few
@given(organisations())
def test_the_canonical_bytes_are_json_and_come_out_the_same_again(given: Given) -> None:
    bytes_ = plan(given).canonical_bytes()
    again = json.dumps(json.loads(bytes_), sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()
    assert again == bytes_
    assert plan(given).canonical_bytes() == bytes_
    assert plan(given).hash == plan(given).hash


@few
@given(organisations(), st.data())
def test_the_order_of_datasets_users_and_keys_does_not_change_the_bytes(given: Given, data: st.DataObject) -> None:
    order = data.draw(st.randoms(use_true_random=False))
    datasets = [CPGDatasetConfig.from_dict(shuffled(_dump(each), order)) for each in given.datasets]
    order.shuffle(datasets)
    other = CPGInfrastructureConfig.from_dict(shuffled(_dump(given.organisation), order))
    before, after = as_json(plan(given)), as_json(plan(Given(other, tuple(datasets))))
    # The exception: the configuration of the dropbox service keeps the order of the datasets on purpose.
    for shown in (before, after):
        for resource in shown['resources']:
            inputs = resource['inputs']
            if resource['name'].endswith('data-dropbox-server-config-latest'):
                key = 'secretData' if 'secretData' in inputs else 'content'
                inputs[key] = _unordered(json.loads(inputs[key]))
            elif resource['name'] == 'common-azure-dropbox-server-config':
                inputs['properties']['value'] = _unordered(json.loads(inputs['properties']['value']))
    assert after == before


def _dump(model: CPGDatasetConfig | CPGInfrastructureConfig) -> dict[str, Plain]:
    dumped: dict[str, Plain] = model.model_dump(mode='json', exclude_unset=True)
    return dumped


def _unordered(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {key: _unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=json.dumps)
    return value


# What a plan is made of -----------------------------------------------------------------------------------


@few
@given(organisations())
def test_every_resource_has_an_owner_and_stands_for_something_in_the_access_model(given: Given) -> None:
    planned = plan(given)
    names = {'', *(each.dataset for each in given.datasets)}
    for resource in planned.resources:
        assert resource.owner.dataset in names
        assert resource.owner.component
        assert resource.intents
        assert [key for key in resource.intents if key not in planned.intent_by_key] == []


@few
@given(organisations())
def test_everything_managed_is_carried_out_by_some_resource(given: Given) -> None:
    planned = plan(given)
    carried_out = {key for resource in planned.resources for key in resource.intents}
    unmanaged = {asset.key for asset in planned.assets if not asset.managed}
    left = planned.intent_by_key.keys() - carried_out - unmanaged
    if given.organisation.disable_group_memberships:
        left -= {membership.key for membership in planned.memberships}
    # The group that was made by hand has members of ours at most.
    assert left - {'gcp:group:groups/0cromwell', 'dry-run:group:groups/0cromwell'} == set()


@few
@given(organisations())
def test_every_intent_comes_from_a_value_of_the_configuration(given: Given) -> None:
    planned = plan(given)
    lost = {intent.origin for intent in planned.intent_by_key.values() if not _stands_in(given, intent.origin)}
    assert lost == set()


def _stands_in(given: Given, path: Path) -> bool:
    """Whether a path leads to a value, or to a field that has its default."""
    if path[0] == 'dataset':
        value: Plain = next(each for each in given.datasets if each.dataset == path[1])
        steps = path[2:]
    else:
        value, steps = given.organisation, path[1:]
    for position, step in enumerate(steps):
        if isinstance(value, Mapping):
            if step not in value:
                # Components that a dataset does not name are its default ones.
                return steps[0] == 'components' and position == 1
            value = value[step]
        elif isinstance(value, tuple):
            items = [item for item in value if step in {item, getattr(item, 'id', None), getattr(item, 'name', None)}]
            if not items:
                return False
            value = items[0]
        elif step in type(value).model_fields:
            value = getattr(value, str(step))
        else:
            return False
    return True


@few
@given(organisations())
def test_every_principal_asset_and_group_that_is_spoken_of_is_in_the_plan(given: Given) -> None:
    planned = plan(given)
    assets, groups = {asset.key for asset in planned.assets}, {group.key for group in planned.groups}
    assert {grant.asset for grant in planned.grants} <= assets
    assert {grant.principal for grant in planned.grants} <= planned.principal_by_key.keys()
    assert {entitlement.asset for entitlement in planned.entitlements} <= assets
    assert {entitlement.principal for entitlement in planned.entitlements} <= groups
    assert {membership.group for membership in planned.memberships} <= groups
    assert {membership.member for membership in planned.memberships} <= planned.principal_by_key.keys()
    spoken_of = {key for key, each in planned.principal_by_key.items() if each.kind.value == 'group'}
    assert spoken_of - groups == set()


@few
@given(organisations())
def test_every_reference_resolves(given: Given) -> None:
    planned = plan(given)
    shown = as_json(planned)
    named = {name for name, _ in _references([shown['resources'], shown['outputs']])}
    needed = {name for resource in planned.resources for name in resource.depends_on}
    assert named | needed <= planned.resource_by_name.keys()


def _references(value: Plain) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == '$ref':
                yield tuple(item)
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


@few
@given(organisations())
def test_nothing_waits_for_itself(given: Given) -> None:
    shown = resources(plan(given))
    needs = {
        name: {*resource.get('depends_on', ()), *(other for other, _ in _references(resource['inputs']))}
        for name, resource in shown.items()
    }
    while ready := {name for name, others in needs.items() if not others & needs.keys()}:
        needs = {name: others for name, others in needs.items() if name not in ready}
    assert needs == {}


@few
@given(organisations())
def test_no_two_resources_share_a_logical_name_and_no_two_of_a_type_a_physical_one(given: Given) -> None:
    planned = plan(given)
    logical = Counter(resource.name for resource in planned.resources)
    physical = Counter((resource.type, resource.physical) for resource in planned.resources)
    assert [name for name, count in (*logical.items(), *physical.items()) if count > 1] == []


# Policies -------------------------------------------------------------------------------------------------

OURS = {
    'gcp:storage': '{bucket}',
    'gcp:secretmanager': '{project}/{secretId}',
    'gcp:serviceaccount': '{serviceAccountId}',
}
"""What we own whole, and the inputs that name it."""

ADDITIVE = 'member'
AUTHORITATIVE = 'members'


def policies(planned: Plan) -> Iterator[tuple[str, str, Mapping[str, Plain]]]:
    """The kind of thing, which thing, and the inputs, of everything that writes a policy on Google Cloud."""
    for resource in as_json(planned)['resources']:
        inputs = resource['inputs']
        if resource['type'].startswith('gcp:') and 'role' in inputs:
            scope = {key: value for key, value in inputs.items() if key not in {'role', 'member', 'members'}}
            yield resource['type'].partition('/')[0], json.dumps(scope, sort_keys=True), inputs


@few
@given(organisations())
def test_a_policy_is_written_one_way_and_each_role_of_it_once(given: Given) -> None:
    written = list(policies(plan(given)))
    ways: dict[tuple[str, str], set[str]] = {}
    for kind, thing, inputs in written:
        ways.setdefault((kind, thing), set()).add(AUTHORITATIVE if AUTHORITATIVE in inputs else ADDITIVE)
    assert {way: names for way, names in ways.items() if len(names) > 1} == {}
    once = Counter(
        (kind, thing, json.dumps(inputs['role']), json.dumps(inputs.get(ADDITIVE))) for kind, thing, inputs in written
    )
    assert [key for key, count in once.items() if count > 1] == []


@few
@given(organisations())
def test_nothing_is_authoritative_on_projects_registries_and_what_is_not_ours(given: Given) -> None:
    planned = plan(given)
    ours = {asset.name for asset in planned.assets if asset.managed}
    for kind, thing, inputs in policies(planned):
        if AUTHORITATIVE in inputs:
            scope = {'project': '', **json.loads(thing)}
            name = OURS[kind].format(**scope).rpartition('/serviceAccounts/')[2]
            assert name in ours


@few
@given(organisations())
def test_a_group_is_a_member_list_once(given: Given) -> None:
    lists = [each['inputs'] for each in resources(plan(given)).values() if each['type'] == 'cpg:google:GroupMembers']
    assert [group for group, count in Counter(each['group'] for each in lists).items() if count > 1] == []
    for each in lists:
        members = [json.dumps(member) for member in each.get('members', ())]
        assert len(members) == len(set(members))
        assert ('members' in each) is not given.organisation.disable_group_memberships


# Many datasets --------------------------------------------------------------------------------------------


def of_size(count: int) -> Plan:
    """Datasets that are all alike."""
    return plan_of(
        *(
            dataset(
                f'd{number}',
                create_container_registry=True,
                is_internal_dataset=True,
                enable_release=True,
                allow_notebook_tmp_main_read=True,
                members={'analysis': ['ana']},
            )
            for number in range(count)
        ),
    )


def test_a_plan_grows_by_as_many_resources_for_the_last_dataset_as_for_the_first() -> None:
    sizes = [len(of_size(count).resources) for count in (1, 2, 3, 6)]
    step = sizes[1] - sizes[0]
    assert sizes == [sizes[0], sizes[0] + step, sizes[0] + 2 * step, sizes[0] + 5 * step]


def test_no_policy_gathers_a_group_per_dataset() -> None:
    def most_groups(planned: Plan) -> Counter[tuple[str, str]]:
        groups: Counter[tuple[str, str]] = Counter()
        for kind, thing, inputs in policies(planned):
            members = inputs.get(AUTHORITATIVE) or [inputs[ADDITIVE]]
            groups[kind, thing] += sum(1 for member in members if str(member).startswith('group:'))
        return groups

    small, large = most_groups(of_size(2)), most_groups(of_size(6))
    assert {policy: large[policy] for policy in small} == dict(small)
    assert max(large.values()) < 15


GROUP_MEMBER = 'azuread:index/groupMember:GroupMember'

SERVICE_PROJECTS = {
    'cpg:hail:BillingProject',
    'cpg:metamist:Project',
    'dry-run:hail-billing-project',
    'dry-run:metamist-project',
}

# Neighbours -----------------------------------------------------------------------------------------------

ORGANISATION_WIDE_GROUPS = (
    'analysis-runner-config-viewers-group',
    'analysis-runner-invokers',
    'git-credentials-readers',
    'hail-wheels-viewers',
    'internal-logs-access',
    'sample-metadata-invokers',
)


@few
@given(organisations(), st.data())
def test_a_new_dataset_changes_nothing_of_others_but_what_they_share(given: Given, data: st.DataObject) -> None:
    names = [each.dataset for each in given.datasets]
    direct = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    reading = data.draw(st.lists(st.sampled_from(names), max_size=1).filter(lambda found: not set(found) & set(direct)))
    # On paper a role on one thing is one entry for everybody who holds it.
    clouds = [cloud for cloud in given.datasets[0].deploy_locations if cloud != 'dry-run']
    can_ask = 'azure' not in clouds or (given.organisation.azure and given.organisation.azure.premium_tenant)
    newcomer = dataset(
        'newcomer',
        deploy_locations=clouds,
        budgets={cloud: {'monthly_budget': 10} for cloud in clouds},
        depends_on=direct,
        depends_on_readonly=reading,
        members={'analysis': ['ana', 'bao'], 'tmp-main-read-access': ['chen'] if can_ask else []},
        is_internal_dataset=True,
        enable_release=True,
    )
    before = resources(plan(given))
    after = resources(plan(Given(given.organisation, (*given.datasets, newcomer))))
    assert before.keys() - after.keys() == set()

    reached = _dependencies(given, {*direct, *reading, 'common'})
    may_change = set(_shared(before, {*direct, *reading, 'common'}, reached, given.organisation))
    changed = {name for name in before if before[name] != after[name]}
    assert changed - may_change == set()

    # What is new belongs to the newcomer or the organisation, or lets it ask for access to what it depends on.
    for name in after.keys() - before.keys():
        owner, _, component = after[name]['owner']
        asked_for = owner in {*direct, *reading} and component in {'temporary-access', 'project'}
        for_all = owner == 'common' and component in {'cromwell', 'groups', 'project', 'temporary-access'}
        # On Azure each membership is a resource, beside the group that it is in.
        joined = owner in {*direct, *reading, 'common'} and after[name]['type'] == GROUP_MEMBER
        assert owner in {'newcomer', ''} or asked_for or for_all or joined, (name, after[name]['owner'])


def _dependencies(given: Given, names: set[str]) -> set[str]:
    by_name = {each.dataset: each for each in given.datasets}
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [*by_name[name].depends_on, *by_name[name].depends_on_readonly, 'common']
    return found


def _shared(
    before: Mapping[str, Mapping[str, Plain]],
    direct: set[str],
    reached: set[str],
    config: CPGInfrastructureConfig,
) -> Iterator[str]:
    """What a new dataset may change: whom groups hold directly, whom they come down to, and the dropboxes."""
    prefix = config.group_prefix or ''
    for name, resource in before.items():
        type_, owner, physical = resource['type'], resource['owner'][0], resource['physical']
        if type_ in {'cpg:google:GroupMembers', 'dry-run:group-members'}:
            group = physical.partition('@')[0].removeprefix(prefix)
            if owner in direct or group in {*ORGANISATION_WIDE_GROUPS, 'groups/0cromwell'}:
                yield name
        elif name.endswith('-group-cache-members'):
            if owner in {*reached, ''}:
                yield name
        elif type_ in SERVICE_PROJECTS:
            if owner in reached:
                yield name
        elif name.endswith(('data-dropbox-server-config-latest', 'azure-dropbox-server-config')):
            yield name


# Sections -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('section', sorted(SECTIONS))
def test_every_section_may_be_missing(section: str) -> None:
    full = dataset(
        'alpha',
        create_container_registry=True,
        is_internal_dataset=True,
        enable_release=True,
        enable_shared_project=True,
        allow_notebook_tmp_main_read=True,
        budgets={'gcp': {'monthly_budget': 1, 'shared_total_budget': 1}},
        members={'analysis': ['ana'], 'tmp-main-read-access': ['bao']},
    )
    # The keys of Cromwell have their second copy in the analysis runner's project.
    planned = plan_of(full, **{section: None})
    assert len(planned.resources) > 200
    assert planned.errors == ()


def test_an_organisation_without_any_section_has_storage_and_people() -> None:
    planned = plan_of(dataset('alpha', members={'analysis': ['ana']}), **dict.fromkeys(SECTIONS))
    assert {resource.owner.component for resource in planned.resources} == {
        'container-registry',
        'groups',
        'members-cache',
        'outputs',
        'project',
        'spark',
        'storage',
        'uploads',
    }


def test_an_organisation_on_paper_needs_no_cloud() -> None:
    planned = plan_of(
        dataset('common', gcp=None, budgets={}, deploy_locations=['dry-run']),
        dataset('alpha', gcp=None, budgets={}, deploy_locations=['dry-run'], members={'analysis': []}),
        gcp=None,
        billing=None,
    )
    assert {resource.type.partition(':')[0] for resource in planned.resources} == {'dry-run'}
    assert planned.outputs == {}


def test_the_organisation_of_these_tests_is_sound() -> None:
    assert Infrastructure(organisation(), [dataset('common')], date=TODAY).plan().diagnostics == ()

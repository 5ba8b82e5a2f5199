"""Plans that cannot be cut, and stacks that would write the same thing."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings

from cpg_infra.config.diagnostics import Diagnostic, dataset_path
from cpg_infra.config.names import Cloud
from cpg_infra.driver import Infrastructure
from cpg_infra.engine.stacks import SecretFactError, Shard, ShardCycleError, check_single_writers, shards_of
from cpg_infra.plan import DanglingReferenceError, Options, Owner, Plan, PlanError, Ref, Resource
from tests.engine.building import plan, resource
from tests.organisations import TODAY, dataset, plan_of
from tests.random_organisations import Given, organisations

HERE, THERE = (Owner(name, Cloud.GCP, 'plugin') for name in ('alpha', 'beta'))
BINDING = 'gcp:storage/bucketIAMBinding:BucketIAMBinding'
MEMBER = 'gcp:storage/bucketIAMMember:BucketIAMMember'


def owned(by: Owner, made: Resource) -> Resource:
    return dataclasses.replace(made, owner=by)


def cut(plan: Plan) -> tuple[Shard, ...]:
    return shards_of(plan, 'per-dataset', 'common')


def said(*resources: Resource) -> list[str]:
    return [str(remark) for remark in check_single_writers(cut(plan(*resources)))]


def test_stacks_that_wait_for_each_other_are_named_with_the_resources_that_make_them() -> None:
    circle = plan(
        owned(HERE, resource('a1', depends_on=['b1'])),
        owned(HERE, resource('a2')),
        owned(THERE, resource('b1')),
        owned(THERE, resource('b2', {'of': Ref('a2', 'id')})),
    )
    with pytest.raises(ShardCycleError) as refused:
        cut(circle)
    assert refused.value.cycle == ('alpha-gcp', 'beta-gcp', 'alpha-gcp')
    assert str(refused.value) == (
        'stacks wait for each other: alpha-gcp → beta-gcp → alpha-gcp; a1 needs b1, b2 needs a2'
    )
    assert len(shards_of(circle, 'single', 'common')) == 1


def test_a_secret_is_never_a_fact() -> None:
    key = owned(HERE, resource('key', options=Options(secret_outputs=('privateKey',))))
    with pytest.raises(SecretFactError, match=r'stack beta-gcp reads the secret .* of stack alpha-gcp'):
        cut(plan(key, owned(THERE, resource('copy', {'text': Ref('key', 'privateKey')}))))


def test_a_stack_does_not_read_what_exists_on_paper_only() -> None:
    paper = owned(HERE, resource('paper', type='dry-run:bucket'))
    with pytest.raises(DanglingReferenceError, match='stack beta-gcp needs paper'):
        cut(plan(paper, owned(THERE, resource('b', {'of': Ref('paper', 'id')}))))


@pytest.mark.parametrize('mode', ['single', 'per-dataset'])
@pytest.mark.parametrize('name', ['facts', 'fingerprint'])
def test_outputs_of_the_engine_are_not_for_plugins(name: str, mode: str) -> None:
    with pytest.raises(PlanError, match=f'the stack output {name} has a name that the engine itself uses'):
        shards_of(plan(outputs={name: 'x'}), 'single' if mode == 'single' else 'per-dataset', 'common')


def test_what_a_plugin_lets_datasets_need_of_the_organisation_goes_first() -> None:
    topic = owned(Owner('', Cloud.GCP, 'plugin'), resource('topic', depends_on=['ground']))
    ground = owned(Owner('common', Cloud.GCP, 'plugin'), resource('ground'))
    shards = cut(plan(topic, ground, owned(HERE, resource('a', depends_on=['topic']))))
    assert [(shard.name, [each.name for each in shard.plan.resources]) for shard in shards] == [
        ('foundation', ['topic', 'ground']),
        ('alpha-gcp', ['a']),
    ]


def test_a_fault_of_one_dataset_is_in_every_part() -> None:
    fault = Diagnostic('name', 'too long', dataset_path('alpha'))
    shards = cut(
        dataclasses.replace(plan(owned(HERE, resource('a')), owned(THERE, resource('b'))), diagnostics=(fault,))
    )
    assert [shard.plan.errors for shard in shards] == [(fault,), (fault,)]


# Single writers -------------------------------------------------------------------------------------------


def test_two_stacks_that_write_one_policy_are_an_error() -> None:
    first = resource('first', {'bucket': 'shared', 'role': 'reader', 'members': []}, type=BINDING)
    second = resource('second', {'bucket': 'shared', 'role': 'writer', 'member': 'ana'}, type=MEMBER)
    (refused,) = said(owned(HERE, first), owned(THERE, second))
    assert refused == (
        'alpha: the policy of gcp storage bucket bucket shared is written by two stacks: '
        'alpha-gcp (first) and beta-gcp (second)'
    )
    assert said(owned(HERE, first), owned(HERE, second)) == []


def test_policies_of_two_things_may_be_written_by_two_stacks() -> None:
    first = resource('first', {'bucket': 'one', 'role': 'reader', 'members': []}, type=BINDING)
    second = resource('second', {'bucket': 'other', 'role': 'reader', 'members': []}, type=BINDING)
    assert said(owned(HERE, first), owned(THERE, second)) == []


@pytest.mark.parametrize(
    'kind', ['gcp:cloudidentity/group:Group', 'cpg:google:GroupMembers', 'gcp:storage/bucketObject:BucketObject']
)
def test_two_stacks_that_write_one_group_member_list_or_blob_are_an_error(kind: str) -> None:
    first = dataclasses.replace(owned(HERE, resource('first', type=kind)), physical='shared')
    second = dataclasses.replace(owned(THERE, resource('second', type=kind)), physical='shared')
    assert said(first, second) == [
        f'alpha: {kind} shared is written by two stacks: alpha-gcp (first) and beta-gcp (second)'
    ]


def test_a_shared_project_in_a_dataset_with_temporary_access_is_refused_with_the_reason() -> None:
    zeta = dataset('zeta', members={'tmp-main-read-access': ['ana']}, allow_notebook_tmp_main_read=True)
    shards = cut(plan_of(zeta, dataset('alpha'), notebooks={'gcp': {'project': 'lantern-zeta'}}))
    (refused,) = check_single_writers(shards)
    assert refused.message.startswith('the policy of gcp projects project lantern-zeta is written by two stacks')


@settings(max_examples=40, deadline=None)
@given(organisations(most=4))
def test_everything_has_one_writer(given: Given) -> None:
    assert check_single_writers(cut(Infrastructure(given.organisation, given.datasets, date=TODAY).plan())) == ()

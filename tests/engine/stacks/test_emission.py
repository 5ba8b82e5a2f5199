"""Stacks are emitted one after the other, and tell each other facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import pytest

from cpg_infra.engine.emit import emit, emit_shard
from cpg_infra.engine.stacks import Facts, MissingFactsError, Shard, joined, missing_facts, shards_of
from cpg_infra.engine.survey import leaves_of
from cpg_infra.plan import DanglingReferenceError, Lookup, Plan, Ref
from tests.engine.building import plan, resource
from tests.engine.programs import UNKNOWN, Recording, run

USER = Ref('user', 'identity')
LIST = plan(resource('list', {'members': ['ana@example.org', USER]}))
SECOND = Shard('second', LIST, ('first',), (USER,), (), {'user': 'first'})
FIRST = Shard('first', plan(resource('user', type='cpg:hail:User')), gives=(USER,))


def identity(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
    """What makes of each resource whatever somebody may want to read of it."""
    return {output: f'{output}-of-{name}' for output in ('identity', 'number', 'privateKey') if output not in inputs}


def test_what_a_stack_gives_is_its_output_facts() -> None:
    recording = run(partial(emit_shard, FIRST, {}), preview=False, provider=identity)
    assert recording.outputs == {'facts': {'user': {'identity': 'identity-of-user'}}}


def test_in_a_preview_before_the_first_run_the_facts_are_unknown() -> None:
    recording = run(partial(emit_shard, FIRST, {}), preview=True)
    assert recording.outputs == {'facts': {'user': {'identity': UNKNOWN}}}


def test_a_fact_that_is_known_is_used_and_is_no_dependency(preview: bool) -> None:
    facts = {'user': {'identity': 'user@example.org'}}
    recording = run(partial(emit_shard, SECOND, facts), preview=preview)
    registration = recording.resources['list']
    assert registration.inputs['members'] == ['ana@example.org', 'user@example.org']
    assert registration.dependencies == set()


def test_a_missing_fact_is_unknown_in_a_preview() -> None:
    recording = run(partial(emit_shard, SECOND, {}), preview=True)
    assert recording.resources['list'].inputs['members'] == ['ana@example.org', UNKNOWN]


@pytest.mark.parametrize('facts', [{}, {'user': {}}, {'user': {'identity': None}}])
def test_an_update_without_its_facts_registers_nothing_and_names_the_stack_to_run_first(facts: Facts) -> None:
    recording = Recording()
    with pytest.raises(MissingFactsError) as refused:
        run(partial(emit_shard, SECOND, facts), preview=False, recording=recording)
    assert str(refused.value) == 'not known yet: «user.identity»; run first first'
    assert (refused.value.missing, refused.value.run_first) == ((USER,), ('first',))
    assert recording.resources == {}


def test_a_whole_plan_may_not_read_what_is_not_in_it(preview: bool) -> None:
    with pytest.raises(DanglingReferenceError):
        run(partial(emit, LIST), preview=preview)


def test_a_stack_that_gives_nothing_has_no_facts() -> None:
    facts = {'user': {'identity': 'user@example.org'}}
    assert run(partial(emit_shard, SECOND, facts), preview=False).outputs == {}


def test_all_stacks_together_register_what_one_stack_would(real_plan: Plan) -> None:
    facts: Facts = {}
    registered: dict[str, Mapping[str, object]] = {}
    outputs: dict[str, object] = {}
    for shard in shards_of(real_plan, 'per-dataset', 'common'):
        assert missing_facts(shard.reads, facts) == ()
        recording = deployed([shard], facts)
        assert registered.keys().isdisjoint(recording.resources)
        registered |= {name: each.inputs for name, each in recording.resources.items()}
        given = recording.outputs.pop('facts', {})
        assert isinstance(given, dict)
        facts = joined([facts, given])
        outputs |= recording.outputs
    whole = deployed(shards_of(real_plan, 'single', 'common'), {})
    assert len(registered) > 300
    assert registered == {name: each.inputs for name, each in whole.resources.items()}
    assert outputs == whole.outputs
    assert facts


def deployed(shards: Iterable[Shard], facts: Facts) -> Recording:
    (shard,) = shards
    values = (*(resource.inputs for resource in shard.plan.resources), shard.plan.outputs)
    replies: dict[str, dict[str, object]] = {}
    for leaf in (leaf for value in values for leaf in leaves_of(value)):
        if isinstance(leaf, Lookup):
            replies.setdefault(leaf.function, {})[leaf.output] = f'answer-{leaf.output}'

    def provider(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        # Base 64, because a computation may want to decode it.
        return {**identity(kind, name, inputs), 'privateKey': 'b3V0'}

    return run(partial(emit_shard, shard, facts), preview=False, provider=provider, answers=replies)

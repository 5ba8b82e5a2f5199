"""A preview in a file, and what differs from it."""

from __future__ import annotations

import pytest

from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.outcome import Outcome
from cpg_infra.engine.automation.previews import Looked
from cpg_infra.engine.automation.saved_preview import SavedPreview
from cpg_infra.engine.automation.state import State
from cpg_infra.engine.stacks import Shard
from cpg_infra.plan import Plan
from tests.engine.automation.building import BUCKET, MEMBERS, kept, outcome, run, state, step

RUN = run(shards=(Shard('all', Plan((), (), (), (), (), (), ())),))
BEFORE = state(kept(BUCKET, 'b'))
TOPIC = 'gcp:pubsub/topic:Topic'
SECRET = 'somebody@example.org'


def looked(previewed: Outcome | None = None, seen: State = BEFORE) -> Looked:
    update = outcome(step('update', MEMBERS, 'm', {'members': []}, {'members': [SECRET]}))
    return Looked({'all': seen}, {'all': previewed or update})


def saved(plan_now: str = 'hash') -> SavedPreview:
    return SavedPreview.from_bytes(SavedPreview.of('hash', RUN, looked()).to_bytes(), plan_now)


def test_the_same_preview_differs_in_nothing() -> None:
    assert saved().differences(RUN, looked()) == ()


def test_the_file_holds_no_value() -> None:
    assert SECRET.encode() not in SavedPreview.of('hash', RUN, looked()).to_bytes()


def test_another_plan_is_refused() -> None:
    assert (
        'the plan is not the one that was previewed (hash then, other now)'
        in saved('other').differences(RUN, looked())[0]
    )


def test_another_state_is_refused_even_when_the_steps_are_the_same() -> None:
    moved = looked(seen=state(kept(BUCKET, 'b', protect=True)))
    assert saved().differences(RUN, moved) == ('prod: its state was changed since the preview; preview again',)


def test_a_name_that_the_provider_makes_up_may_be_another_each_time() -> None:
    def previewed(name: str, age: int = 1) -> Looked:
        topic = step('create', TOPIC, 't', None, {'name': name, 'age': age, '__defaults': ['name', 'age']})
        reader = step('create', TOPIC, 'r', None, {'name': 'r', 'topic': f'projects/p/topics/{name}'})
        return looked(outcome(topic, reader))

    saved = SavedPreview.from_bytes(SavedPreview.of('hash', RUN, previewed('t-1a2b3c4')).to_bytes(), 'hash')
    assert saved.differences(RUN, previewed('t-5d6e7f8')) == ()
    assert saved.differences(RUN, previewed('t-5d6e7f8', age=2)) != ()
    assert saved.differences(RUN, previewed('t-by-hand')) != ()


def test_other_steps_are_refused_and_named() -> None:
    other = looked(outcome(step('delete', BUCKET, 'b', {})))
    assert saved().differences(RUN, other) == ('prod: the steps differ: update m (not any more), delete b (new)',)
    other_value = looked(outcome(step('update', MEMBERS, 'm', {'members': []}, {'members': ['other@example.org']})))
    assert saved().differences(RUN, other_value)[0].startswith('prod: the steps differ: update m')


@pytest.mark.parametrize('content', [b'', b'[]', b'{"format": 1}', b'{"format": 2}', b'\xff'])
def test_what_is_no_saved_preview_is_refused(content: bytes) -> None:
    with pytest.raises(EngineError):
        SavedPreview.from_bytes(content, 'hash')

"""Registrations follow needs, keep the plan's order otherwise, and refuse circles."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.engine.emit import emit
from cpg_infra.engine.order import DependencyCycleError, in_dependency_order
from cpg_infra.plan import DanglingReferenceError, PlanError, Ref
from tests.engine.building import plan, resource
from tests.engine.programs import Recording, run


def ordered(needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return in_dependency_order(needs, needs.__getitem__)


def test_without_needs_the_order_of_the_plan_is_kept() -> None:
    assert ordered({'c': (), 'a': (), 'b': ()}) == ('c', 'a', 'b')


def test_what_is_needed_comes_just_before() -> None:
    assert ordered({'a': ('z', 'c'), 'b': (), 'c': ('z',), 'z': ()}) == ('z', 'c', 'a', 'b')


def test_a_cycle_is_named() -> None:
    with pytest.raises(DependencyCycleError, match='resources wait for each other: b → c → d → b') as refused:
        ordered({'a': ('b',), 'b': ('c',), 'c': ('d',), 'd': ('b',)})
    assert refused.value.cycle == ('b', 'c', 'd', 'b')


def test_a_resource_that_waits_for_itself_is_a_cycle() -> None:
    with pytest.raises(DependencyCycleError, match='a → a'):
        ordered({'a': ('a',)})


def ordered_or_cycle(needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | DependencyCycleError:
    try:
        return ordered(needs)
    except DependencyCycleError as error:
        return error


@given(st.dictionaries(st.integers(0, 30), st.sets(st.integers(0, 30), max_size=4), max_size=30))
def test_every_need_comes_first_or_there_is_a_cycle(drawn: dict[int, set[int]]) -> None:
    needs = {str(name): tuple(str(other) for other in others if other in drawn) for name, others in drawn.items()}
    found = ordered_or_cycle(needs)
    if isinstance(found, DependencyCycleError):
        assert found.cycle[0] == found.cycle[-1]
        assert all(later in needs[earlier] for earlier, later in pairwise(found.cycle))
        return
    assert sorted(found) == sorted(needs)
    place = {name: number for number, name in enumerate(found)}
    assert all(place[other] < place[name] for name in needs for other in needs[name])


def test_a_cycle_through_a_reference_is_refused_before_anything_is_registered(preview: bool) -> None:
    recording = Recording()
    the_plan = plan(resource('ok'), resource('a', {'x': [Ref('b', 'y')]}), resource('b', depends_on=['a']))
    with pytest.raises(PlanError, match='a → b → a'):
        run(lambda: emit(the_plan), preview=preview, recording=recording)
    assert recording.resources == {}


@pytest.mark.parametrize('missing', ['reference', 'dependency', 'output'])
def test_a_need_that_is_in_no_plan_is_refused_before_anything_is_registered(missing: str) -> None:
    recording = Recording()
    gone = Ref('gone', 'id')
    the_plan = plan(
        resource('a', {'x': gone} if missing == 'reference' else {}, depends_on=['gone'] * (missing == 'dependency')),
        outputs={'out': gone} if missing == 'output' else {},
    )
    with pytest.raises(DanglingReferenceError, match=r'(a|stack output out) needs gone, which is not registered'):
        run(lambda: emit(the_plan), preview=False, recording=recording)
    assert recording.resources == {}

"""The garbage collector rests while a plan is registered, and is always awake again afterwards."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Mapping

import pytest

from cpg_infra.engine.collector import collector_resting
from cpg_infra.engine.emit import emit
from cpg_infra.plan import DanglingReferenceError, Ref
from tests.engine.building import plan, resource
from tests.engine.programs import run


async def nothing_to_wait_for() -> None:
    pass


@pytest.fixture(autouse=True)
def awake() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


def test_it_rests_until_the_last_resource_is_registered() -> None:
    seen: list[bool] = []

    def look(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        seen.append(gc.isenabled())
        return {}

    chain = [resource(str(link), depends_on=[str(link - 1)] if link else []) for link in range(20)]
    run(lambda: emit(plan(*chain)), preview=False, provider=look)
    assert seen == [False] * 20
    assert gc.isenabled()


def test_it_is_awake_after_a_resource_failed() -> None:
    def fail(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        raise ValueError('no such thing')

    the_plan = plan(resource('a'), resource('b', {'x': Ref('a', 'y')}))
    with pytest.raises(ValueError, match='no such thing'):
        run(lambda: emit(the_plan), preview=False, provider=fail)
    assert gc.isenabled()


def test_it_is_awake_after_a_plan_was_refused() -> None:
    with pytest.raises(DanglingReferenceError):
        run(lambda: emit(plan(resource('a', depends_on=['gone']))), preview=False)
    assert gc.isenabled()


def test_a_failing_block_wakes_it_at_once() -> None:
    seen: list[bool] = []

    def program() -> None:
        try:
            with collector_resting(nothing_to_wait_for):
                seen.append(gc.isenabled())
                raise KeyError
        except KeyError:
            seen.append(gc.isenabled())

    run(program, preview=False)
    assert seen == [False, True]


def test_it_is_awake_when_the_wait_is_cancelled_before_it_begins() -> None:
    async def program() -> None:
        with collector_resting(nothing_to_wait_for):
            assert not gc.isenabled()
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        assert len(waiting) == 1
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert gc.isenabled()

    asyncio.run(program())


def test_who_turned_it_off_keeps_it_off() -> None:
    gc.disable()
    run(lambda: emit(plan(resource('a'))), preview=False)
    assert not gc.isenabled()


def test_outside_of_a_program_it_does_not_rest() -> None:
    with collector_resting(nothing_to_wait_for):
        assert gc.isenabled()

"""The engine begins while the program still makes resources, and the program does not run far ahead of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from cpg_infra.engine.emit import emit
from cpg_infra.engine.pacing import ENOUGH, MOST, TURN, UnderWay
from cpg_infra.engine.registration import GenericResource
from tests.engine.building import BUCKET, plan, resource
from tests.engine.programs import run

MANY = MOST + 3 * TURN


class Registered:
    """The names that the engine has heard of."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __call__(self, kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        self.names.add(name)
        return {}


def test_the_engine_has_begun_before_the_last_resource_is_made() -> None:
    registered = Registered()
    seen: list[int] = []

    def program() -> None:
        under_way = UnderWay()
        for number in range(MANY):
            under_way.add(GenericResource(BUCKET, str(number), {}))
        seen.append(len(registered.names))

    recording = run(program, preview=False, provider=registered)
    assert len(recording.resources) == MANY
    assert seen[0] >= MOST - ENOUGH, 'the program has waited for as many'


def test_the_program_goes_on_when_nothing_moves() -> None:
    last_is_made = threading.Event()

    def wait(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        assert last_is_made.wait(60)
        return {}

    def program() -> None:
        under_way = UnderWay()
        for number in range(MANY):
            under_way.add(GenericResource(BUCKET, str(number), {}))
        last_is_made.set()

    assert len(run(program, preview=False, provider=wait).resources) == MANY


def test_a_failure_on_the_way_ends_the_run_with_its_reason() -> None:
    def fail(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
        if name == '0':
            raise ValueError('no such thing')
        return {}

    the_plan = plan(*(resource(str(number)) for number in range(MANY)))
    with pytest.raises(ValueError, match='no such thing'):
        run(lambda: emit(the_plan), preview=False, provider=fail)

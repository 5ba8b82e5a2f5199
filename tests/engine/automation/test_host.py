"""A program ends in order when the engine has gone, and the process that ran it can go on."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest
from pulumi import RunError
from pulumi.automation import _stack
from pulumi.automation._server import LanguageServer

from cpg_infra.engine.automation.host import Host, use_host
from cpg_infra.engine.collector import collector_resting


@pytest.fixture(autouse=True)
def awake() -> Iterator[None]:
    yield
    gc.enable()


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> list[asyncio.AbstractEventLoop]:
    """The loops that the SDK's own host made, and left as it does without an engine."""
    made: list[asyncio.AbstractEventLoop] = []

    def without_an_engine(host: LanguageServer, request: object, context: object) -> object:
        async def begin() -> None:
            host.program()

        made.append(asyncio.new_event_loop())
        made[-1].run_until_complete(begin())
        raise RunError('the engine has gone')

    monkeypatch.setattr(LanguageServer, 'Run', without_an_engine)
    return made


def test_nothing_is_left_of_a_program_when_the_engine_has_gone(loops: list[asyncio.AbstractEventLoop]) -> None:
    waiting: list[asyncio.Task[None]] = []

    async def for_ever() -> None:
        await asyncio.get_running_loop().create_future()

    def program() -> None:
        with collector_resting(for_ever):
            waiting.append(asyncio.ensure_future(for_ever()))

    answer = Host(program).Run(None, None)
    assert answer.error == 'the engine has gone'
    assert [loop.is_closed() for loop in loops] == [True]
    assert [task.cancelled() for task in waiting] == [True]
    assert gc.isenabled()


def test_a_fault_of_the_host_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise AttributeError('program')

    monkeypatch.setattr(LanguageServer, 'Run', broken)
    with pytest.raises(AttributeError):
        Host(lambda: None).Run(None, None)


def test_it_is_the_host_that_operations_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stack, 'LanguageServer', LanguageServer)
    use_host()
    assert vars(_stack)['LanguageServer'] is Host

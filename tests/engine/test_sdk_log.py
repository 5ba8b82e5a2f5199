"""The SDK's debug log stays in the program; what a person is to read does not."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2

from cpg_infra.engine.sdk_log import WANTED, leave_out_debug_log


class Engine:
    """Takes messages, and one more call."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []

    def Log(self, request: engine_pb2.LogRequest) -> None:
        self.said.append((request.severity, request.message))

    def GetRootResource(self) -> str:
        return 'root'


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr(settings.SETTINGS, 'engine', engine)
    return engine


def say_everything() -> None:
    pulumi.log.debug('register resource outputs prepared: password')
    pulumi.log.info('told')
    pulumi.log.warn('warned')
    pulumi.log.error('failed')


def test_only_debug_messages_are_left_out(engine: Engine) -> None:
    leave_out_debug_log({})
    say_everything()
    assert engine.said == [(engine_pb2.INFO, 'told'), (engine_pb2.WARNING, 'warned'), (engine_pb2.ERROR, 'failed')]


def test_they_are_sent_to_whoever_asks_for_them(engine: Engine) -> None:
    leave_out_debug_log({WANTED: '1'})
    say_everything()
    assert (engine_pb2.DEBUG, 'register resource outputs prepared: password') in engine.said


def test_everything_else_is_asked_of_the_engine_itself(engine: Engine) -> None:
    leave_out_debug_log({})
    leave_out_debug_log({})
    wrapped: Any = settings.get_engine()
    assert wrapped.GetRootResource() == 'root'


def test_without_an_engine_there_is_nothing_to_leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.SETTINGS, 'engine', None)
    leave_out_debug_log({})
    assert settings.get_engine() is None

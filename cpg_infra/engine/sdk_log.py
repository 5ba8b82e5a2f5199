"""The SDK's debug log is not sent to the engine.

The SDK tells the engine what it does with each resource, at severity `debug`: four calls for each, which the program
waits for, and which come back as events that nobody is shown. That is a third of the time of a large program, and the
events hold the stack's secret outputs in plain text. Whatever is meant for a person goes through.

The SDK itself stays as it is: what it speaks to is wrapped.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import settings
from pulumi.runtime.proto import engine_pb2

WANTED: Final = 'CPG_INFRA_SDK_DEBUG_LOG'
"""Environment variable: with any value the log is sent, for whoever looks into the SDK (`pulumi up --debug`)."""


class _Engine:
    """An engine's client that keeps debug messages to itself."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - the SDK's stub, or a mock
        self._engine = engine

    def Log(self, request: engine_pb2.LogRequest, *rest: object, **options: object) -> object:
        if request.severity == engine_pb2.DEBUG:
            return Empty()
        return self._engine.Log(request, *rest, **options)

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)


def leave_out_debug_log(environment: Mapping[str, str] = os.environ) -> None:
    """From now on the running program sends no debug messages to its engine, unless `environment` asks for them."""
    engine = settings.get_engine()
    if engine is None or isinstance(engine, _Engine) or environment.get(WANTED):
        return
    settings.SETTINGS.engine = _Engine(engine)

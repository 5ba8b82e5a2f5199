"""Messages of the provider, as the engine shows them beside the resource."""

from __future__ import annotations

import asyncio
import contextlib
from typing import cast

import grpc
import grpc.aio
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from cpg_infra.provider.redaction import Redaction

_PATIENCE = 5.0


class EngineLog:
    """Sends messages to the engine, in order. Without an engine they are dropped: nobody is there to read them."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._channel: grpc.aio.Channel | None = None
        self._pending: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    async def attach(self, address: str) -> None:
        """Send to the engine at this address from now on."""
        await self.close()
        self._channel = grpc.aio.insecure_channel(address)

    async def close(self) -> None:
        """Send what is left, and let go of the engine."""
        await self.flush()
        if self._channel is not None:
            await self._channel.close()
            self._channel = None

    async def flush(self) -> None:
        """Wait until the engine has what was said so far."""
        while self._pending:
            await asyncio.wait(self._pending)

    def send(
        self, severity: engine_pb2.LogSeverity.ValueType, message: str, urn: str, *, passing: bool = False
    ) -> None:
        """Say something about a resource; a `passing` message is shown while nothing else is."""
        if self._channel is None:
            return
        request = engine_pb2.LogRequest(
            severity=severity, message=self._redaction.clean(message), urn=urn, ephemeral=passing
        )
        task = asyncio.get_running_loop().create_task(self._send(self._channel, request))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _send(self, channel: grpc.aio.Channel, request: engine_pb2.LogRequest) -> None:
        # A message that does not arrive must not fail the operation that it speaks of.
        async with self._turn:
            with contextlib.suppress(grpc.RpcError):
                await cast('engine_pb2_grpc.EngineAsyncStub', engine_pb2_grpc.EngineStub(channel)).Log(
                    request, timeout=_PATIENCE
                )


class ResourceLog:
    """The engine's log, for one resource. A `Report`."""

    def __init__(self, log: EngineLog, urn: str, secrets: tuple[str, ...] = ()) -> None:
        self._log = log
        self.urn = urn
        self._secrets = secrets

    def info(self, message: str) -> None:
        self._say(engine_pb2.INFO, message)

    def warning(self, message: str) -> None:
        self._say(engine_pb2.WARNING, message)

    def status(self, message: str) -> None:
        self._say(engine_pb2.INFO, message, passing=True)

    def _say(self, severity: engine_pb2.LogSeverity.ValueType, message: str, *, passing: bool = False) -> None:
        self._log.send(severity, Redaction().clean(message, *self._secrets), self.urn, passing=passing)

"""Plays the engine: starts the real servicer, talks to it over gRPC, keeps what a state would keep."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, cast

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from cpg_infra.provider.server import listen
from cpg_infra.provider.servicer import Servicer

UNKNOWN = rpc.UNKNOWN
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """A resource as a state holds it."""

    type: str
    id: str
    inputs: Values
    outputs: Values
    secret: frozenset[str] = frozenset()


class Failed(Exception):
    """A call failed; `held` is what the state keeps of it, if anything."""

    def __init__(self, message: str, held: Held | None = None, reasons: Iterable[str] = ()) -> None:
        self.message = message
        self.held = held
        self.reasons = list(reasons)
        super().__init__(message)


@dataclass
class Said:
    """Messages of the provider."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def of(self, severity: str) -> list[str]:
        return [message for kind, message in self.lines if kind == severity]


class Provider:
    """The provider, from `with` on. Its answers are remembered as texts too, to be searched for secrets."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.said = Said()
        self.answers: list[str] = []
        self._environment = environment or {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        port = self._run(self._start())
        self._channel = grpc.insecure_channel(f'127.0.0.1:{port}')
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> int:
        self._servicer = Servicer('1.2.3', self._environment)
        self._server, port = await listen(self._servicer)
        self._engine = grpc.aio.server()
        engine_pb2_grpc.add_EngineServicer_to_server(_Engine(self.said), self._engine)
        address = f'127.0.0.1:{self._engine.add_insecure_port("127.0.0.1:0")}'
        await self._engine.start()
        await self._servicer.log.attach(address)
        return port

    async def _stop(self) -> None:
        await self._server.stop(None)
        await self._servicer.close()
        await self._engine.stop(None)
        # What gRPC started and does not await.
        await asyncio.sleep(0)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    # Calls ------------------------------------------------------------------------------------------------

    def configure(self, **settings: Any) -> None:
        self.stub.Configure(provider_pb2.ConfigureRequest(args=_struct(settings), acceptSecrets=True))

    def check(self, type_: str, news: Values, secret: Iterable[str] = ()) -> dict[str, str]:
        """Reasons by property."""
        answer = self.stub.Check(provider_pb2.CheckRequest(urn=urn(type_), news=_struct(news, secret)))
        self.answers.append(str(answer))
        return {failure.property: failure.reason for failure in answer.failures}

    def diff(self, held: Held, news: Values) -> dict[str, str]:
        """What happens to each property; empty when nothing does."""
        answer = self.stub.Diff(
            provider_pb2.DiffRequest(
                urn=urn(held.type),
                id=held.id,
                olds=_struct(held.outputs, held.secret),
                news=_struct(news),
                old_inputs=_struct(held.inputs, held.secret),
            )
        )
        assert (answer.changes == provider_pb2.DiffResponse.DIFF_SOME) == bool(answer.detailedDiff)
        kinds = provider_pb2.PropertyDiff.Kind
        found = {path: kinds.Name(each.kind).lower() for path, each in answer.detailedDiff.items()}
        assert {path.partition('[')[0].partition('.')[0] for path in found} == set(answer.diffs)
        assert bool(answer.replaces) == any(kind.endswith('replace') for kind in found.values())
        return found

    def create(
        self, type_: str, news: Values, *, preview: bool = False, secret: Iterable[str] = (), name: str = 'it'
    ) -> Held:
        properties = _struct(news, secret)
        request = provider_pb2.CreateRequest(urn=urn(type_, name), properties=properties, preview=preview)
        answer = self._call(self.stub.Create, request, Held(type_, '', news, {}))
        return Held(type_, answer.id, news, *_plain(answer.properties))

    def update(self, held: Held, news: Values, *, preview: bool = False) -> Held:
        request = provider_pb2.UpdateRequest(
            urn=urn(held.type),
            id=held.id,
            olds=_struct(held.outputs, held.secret),
            news=_struct(news, held.secret),
            old_inputs=_struct(held.inputs, held.secret),
            preview=preview,
        )
        answer = self._call(self.stub.Update, request, held)
        return Held(held.type, held.id, news, *_plain(answer.properties))

    def read(self, held: Held) -> Held | None:
        request = provider_pb2.ReadRequest(
            urn=urn(held.type),
            id=held.id,
            properties=_struct(held.outputs, held.secret),
            inputs=_struct(held.inputs, held.secret),
        )
        answer = self._call(self.stub.Read, request, held)
        if not answer.id:
            return None
        inputs, _ = _plain(answer.inputs)
        return Held(held.type, answer.id, inputs, *_plain(answer.properties))

    def import_(self, type_: str, id_: str) -> Held | None:
        return self.read(Held(type_, id_, {}, {}))

    def delete(self, held: Held) -> None:
        request = provider_pb2.DeleteRequest(
            urn=urn(held.type), id=held.id, properties=_struct(held.outputs), old_inputs=_struct(held.inputs)
        )
        self._call(self.stub.Delete, request, held)

    def cancel(self) -> None:
        self.stub.Cancel(Empty())

    def _call(self, method: Any, request: Any, before: Held) -> Any:
        try:
            answer = method(request, timeout=60)
        except grpc.RpcError as error:
            raise self._failed(cast('grpc.Call', error), before) from None
        self.answers.append(str(answer))
        return answer

    def _failed(self, error: Any, before: Held) -> Failed:
        message = error.details() or ''
        self.answers.append(message)
        for key, value in error.trailing_metadata() or ():
            if key == 'grpc-status-details-bin':
                status = status_pb2.Status.FromString(value)
                detail = provider_pb2.ErrorResourceInitFailed()
                assert status.details[0].Unpack(detail)
                self.answers.append(str(detail))
                outputs, secret = _plain(detail.properties)
                # After a failed update the state keeps the inputs that it had.
                inputs = before.inputs if before.id else _plain(detail.inputs)[0]
                return Failed(message, Held(before.type, detail.id, inputs, outputs, secret), detail.reasons)
        return Failed(message)


class _Engine(engine_pb2_grpc.EngineServicer):
    def __init__(self, said: Said) -> None:
        self._said = said

    async def Log(self, request: engine_pb2.LogRequest, context: Any) -> Empty:
        severity = 'status' if request.ephemeral else engine_pb2.LogSeverity.Name(request.severity).lower()
        self._said.lines.append((severity, request.message))
        return Empty()


def urn(type_: str, name: str = 'it') -> str:
    return f'urn:pulumi:dev::project::{type_}::{name}'


def _struct(values: Values, secret: Iterable[str] = ()) -> Struct:
    marked = {
        key: {rpc._special_sig_key: rpc._special_secret_sig, 'value': value} if key in set(secret) else value
        for key, value in values.items()
    }
    struct = Struct()
    struct.update(marked)
    return struct


def _plain(struct: Struct) -> tuple[dict[str, Any], frozenset[str]]:
    """Values, and the keys that are secret."""
    values = MessageToDict(struct)
    secret = frozenset(
        key for key, value in values.items() if isinstance(value, dict) and rpc._special_sig_key in value
    )
    return {key: value['value'] if key in secret else value for key, value in values.items()}, secret

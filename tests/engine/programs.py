"""Whole Pulumi programs under the SDK's mocks, and what they said to the engine.

The SDK's own helper shows a test the inputs of a resource only. Here the raw requests are kept, with options and
dependencies, and the program runs the way Pulumi's language host runs it, stack outputs included.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import engine_pb2, resource_pb2

SECRET_MARK = {rpc._special_sig_key: rpc._special_secret_sig}
UNKNOWN = rpc.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that the program marked as secret."""

    value: object


def secret(value: object) -> dict[str, object]:
    """A value that a provider marks as secret."""
    return {**SECRET_MARK, 'value': value}


@dataclass(frozen=True)
class Registration:
    """One resource as the engine heard of it; dependencies are logical names."""

    inputs: Mapping[str, object]
    dependencies: frozenset[str]
    request: resource_pb2.RegisterResourceRequest


@dataclass
class Recording:
    """What a program said, in order."""

    resources: dict[str, Registration] = field(default_factory=dict)
    look_ups: list[tuple[str, dict[str, object], str]] = field(default_factory=list)
    outputs: dict[str, object] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)

    def logged(self, level: str) -> list[str]:
        return [message for severity, message in self.log if severity == level]


Provider = Callable[[str, str, Mapping[str, object]], Mapping[str, object]]
"""Makes the outputs of a resource from its type, its name and its inputs."""


def nothing_known(kind: str, name: str, inputs: Mapping[str, object]) -> Mapping[str, object]:
    return {}


def run(
    program: Callable[[], object],
    *,
    preview: bool,
    provider: Provider = nothing_known,
    answers: Mapping[str, Mapping[str, object]] | None = None,
    recording: Recording | None = None,
) -> Recording:
    """Run a program to its end. What it raises passes through; give a `recording` to see what happened before."""
    recorded = recording or Recording()
    contextvars.copy_context().run(_run, program, _Monitor(recorded, provider, answers or {}, preview), preview)
    return recorded


def _run(program: Callable[[], object], monitor: _Monitor, preview: bool) -> None:
    settings.configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]  # the SDK's mocks have no types
            monitor=monitor,
            monitor_features=set(),
            engine=_Engine(monitor.recording),
            project='project',
            stack='stack',
            organization='organization',
            dry_run=preview,
            callbacks=None,
            outputs=set(),
            lock=threading.Lock(),
        )
    )
    settings.ROOT.set(None)
    loop = asyncio.new_event_loop()
    # As the language host does: what a failed program leaves behind is not news.
    loop.set_exception_handler(lambda _loop, _context: None)
    # The mocks need a loop in each thread that answers a request, and leave it open.
    loops = [loop]

    def open_loop() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    def finished() -> None:
        program()

    try:
        with ThreadPoolExecutor(4, initializer=open_loop) as threads:
            loop.set_default_executor(threads)
            try:
                loop.run_until_complete(stack.run_in_stack(finished))
            finally:
                loop.run_until_complete(_settle(asyncio.all_tasks(loop)))
    finally:
        for each in loops:
            each.close()


async def _settle(pending: set[asyncio.Task[object]]) -> None:
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


class _Monitor(mocks.MockMonitor):
    def __init__(
        self, recording: Recording, provider: Provider, answers: Mapping[str, Mapping[str, object]], preview: bool
    ) -> None:
        super().__init__(_Cloud(provider, answers, preview))
        self.recording = recording

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> object:
        if request.custom:
            names = frozenset(urn.rpartition('::')[2] for urn in request.dependencies)
            self.recording.resources[request.name] = Registration(_plain(request.object), names, request)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]  # see above

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> object:
        self.recording.look_ups.append((request.tok, _plain(request.args), request.version))
        return super().Invoke(request)  # type: ignore[no-untyped-call]  # see above

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> object:
        self.recording.outputs.update(_plain(request.outputs))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # see above


class _Cloud(mocks.Mocks):
    def __init__(self, provider: Provider, answers: Mapping[str, Mapping[str, object]], preview: bool) -> None:
        self.provider, self.answers, self.preview = provider, answers, preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, object]]:
        if self.preview:
            # As the engine does before a resource exists: it has its inputs, and no identity.
            return None, dict(args.inputs)
        return f'id-of-{args.name}', {**args.inputs, **self.provider(args.typ, args.name, args.inputs)}

    def call(self, args: mocks.MockCallArgs) -> Any:
        return dict(self.answers[args.token])


class _Engine:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def Log(self, request: engine_pb2.LogRequest) -> None:
        level = engine_pb2.LogSeverity.Name(request.severity).lower()
        if level != 'debug':
            self.recording.log.append((level, request.message))


def _plain(message: Any) -> dict[str, object]:
    decoded = _decode(MessageToDict(message))
    assert isinstance(decoded, dict)
    return decoded


def _decode(value: object) -> object:
    if isinstance(value, dict):
        if value.items() >= SECRET_MARK.items():
            return Secret(_decode(value['value']))
        return {key: _decode(item) for key, item in value.items()}
    return [_decode(item) for item in value] if isinstance(value, list) else value

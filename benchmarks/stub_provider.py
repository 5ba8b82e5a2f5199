"""A provider that agrees with everything, for the engine's benchmark: what it takes is the engine and the program.

`python -m benchmarks.stub_provider`, started by the engine. The file that the environment names in `STUB_ANSWERS` says
which outputs it makes up, by type: `{"gcp:organizations/project:Project": {"number": "…"}}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

ANSWERS: Final = 'STUB_ANSWERS'
CALLS_AT_ONCE: Final = 8

Answers = Mapping[str, Mapping[str, str]]


class Stub(provider_pb2_grpc.ResourceProviderServicer):
    """Hands inputs back as outputs, without looking at them."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def GetPluginInfo(self, request: Any, context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version='0.0.0')

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: object) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: object) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: object) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Check(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=none if request.old_inputs == request.news else some)

    def Create(self, request: provider_pb2.CreateRequest, context: object) -> provider_pb2.CreateResponse:
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        _, _, type_, name = request.urn.split('::', 3)
        properties = request.properties
        properties.update(self.answers.get(type_, {}))
        return provider_pb2.CreateResponse(id=name, properties=properties)

    def Update(self, request: provider_pb2.UpdateRequest, context: object) -> provider_pb2.UpdateResponse:
        properties = request.news
        properties.update(self.answers.get(request.urn.split('::')[2], {}))
        return provider_pb2.UpdateResponse(properties=properties)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: object) -> provider_pb2.InvokeResponse:
        answer = Struct()
        answer.update(self.answers[request.tok])
        return provider_pb2.InvokeResponse(**{'return': answer})  # type: ignore[arg-type]  # a keyword


def main() -> None:
    """Serve until the engine says to stop, or is gone."""
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    parent = os.getppid()
    server = grpc.server(ThreadPoolExecutor(CALLS_AT_ONCE))
    answers = json.loads(Path(os.environ[ANSWERS]).read_text(encoding='utf-8'))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Stub(answers), server)
    port = server.add_insecure_port('127.0.0.1:0')
    server.start()
    sys.stdout.write(f'{port}\n')
    sys.stdout.flush()
    while not stopped.wait(timeout=0.5):
        if os.getppid() != parent:
            break
    server.stop(grace=1).wait()


if __name__ == '__main__':
    main()

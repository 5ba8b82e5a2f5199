"""A language host for Python programs: a test double of Pulumi's own, which cannot be built everywhere.

`python -m tests.simulated_cloud.language_host <runner> <address of the engine>`. It runs a project folder with this
interpreter, by the script that Pulumi's host uses too (`runner`), and knows nothing of virtual environments,
dependencies or code generation.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

SHOWN_ALREADY: Final = 32
"""The exit status of a program that has told the engine what is wrong."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, and has no opinion on anything else."""

    def __init__(self, runner: Path, engine: str) -> None:
        self.runner = runner
        self.engine = engine

    def Handshake(self, request: Any, context: Any) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version='0.0.0')

    def GetRequiredPlugins(self, request: Any, context: Any) -> language_pb2.GetRequiredPluginsResponse:
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> language_pb2.GetRequiredPackagesResponse:
        return language_pb2.GetRequiredPackagesResponse()

    def GetProgramDependencies(self, request: Any, context: Any) -> language_pb2.GetProgramDependenciesResponse:
        return language_pb2.GetProgramDependenciesResponse()

    def About(self, request: Any, context: Any) -> language_pb2.AboutResponse:
        return language_pb2.AboutResponse(executable=sys.executable)

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Run(self, request: language_pb2.RunRequest, context: Any) -> language_pb2.RunResponse:
        command = [
            sys.executable,
            str(self.runner),
            *('--monitor', request.monitor_address),
            *('--engine', self.engine),
            *('--project', request.project),
            *('--stack', request.stack),
            *('--organization', request.organization),
            *('--root_directory', request.info.root_directory),
            *('--pwd', request.pwd),
            *('--parallel', str(request.parallel)),
            *(('--dry_run', 'true') if request.dryRun else ()),
            request.info.program_directory,
            *request.args,
        ]
        configuration = {
            'PULUMI_CONFIG': json.dumps(dict(request.config)),
            'PULUMI_CONFIG_SECRET_KEYS': json.dumps(list(request.configSecretKeys)),
        }
        ended = subprocess.run(command, env={**os.environ, **configuration}, stdin=subprocess.DEVNULL, check=False)
        if ended.returncode == SHOWN_ALREADY:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f'the program ended with {ended.returncode}' if ended.returncode else '')


def main(runner: str, engine: str) -> None:
    """Serve until the engine says to stop, or is gone."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    parent = os.getppid()
    server = grpc.server(ThreadPoolExecutor(4))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(Path(runner), engine), server)
    port = server.add_insecure_port('127.0.0.1:0')
    server.start()
    sys.stdout.write(f'{port}\n')
    sys.stdout.flush()
    while not stopped.wait(timeout=0.5):
        if os.getppid() != parent:
            break
    server.stop(grace=1).wait()


if __name__ == '__main__':
    # The engine passes flags as well, which tell a host what it does not need to know.
    main(sys.argv[1], sys.argv[-1])

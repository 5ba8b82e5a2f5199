"""Serves a simulated cloud to the engine: `python -m tests.simulated_cloud.provider gcp <address of the engine>`.

The cloud is in the folder that the environment names in `SIMULATED_CLOUD`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tests.simulated_cloud.catalogues import catalogue
from tests.simulated_cloud.servicer import Servicer

FOLDER: Final = 'SIMULATED_CLOUD'
CALLS_AT_ONCE: Final = 16
BYTES: Final = 400 * 1024 * 1024


def serve(name: str, folder: Path) -> tuple[grpc.Server, int]:
    """A running server of the provider `name`, and its port on loopback."""
    server = grpc.server(
        ThreadPoolExecutor(CALLS_AT_ONCE),
        options=(('grpc.max_receive_message_length', BYTES), ('grpc.max_send_message_length', BYTES)),
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(catalogue(name), folder), server)
    port = server.add_insecure_port('127.0.0.1:0')
    server.start()
    return server, port


def main(name: str) -> None:
    """Serve until the engine says to stop, or is gone: an engine that is killed stops nobody."""
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    parent = os.getppid()
    server, port = serve(name, Path(os.environ[FOLDER]))
    sys.stdout.write(f'{port}\n')
    sys.stdout.flush()
    while not stopped.wait(timeout=0.5):
        if os.getppid() != parent:
            break
    server.stop(grace=1).wait()


if __name__ == '__main__':
    main(sys.argv[1])

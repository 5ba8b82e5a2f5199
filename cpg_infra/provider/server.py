"""The entry point that Pulumi starts for resources of the `cpg:` types.

The engine passes its address, reads a port from our standard output, and calls us there. It ends us with SIGINT; when
it is killed instead, nobody tells us, so we look after it ourselves and do not stay behind.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import grpc.aio
from pulumi.runtime.proto import provider_pb2_grpc

from cpg_infra.provider.servicer import Servicer

_LARGEST_MESSAGE: Final = 1024 * 1024 * 400
_OPTIONS: Final = (
    ('grpc.max_receive_message_length', _LARGEST_MESSAGE),
    ('grpc.max_send_message_length', _LARGEST_MESSAGE),
)
_LOOK_EVERY: Final = 0.5
_KNOCK_EVERY: Final = 10
"""Looks between two attempts to reach the engine."""

_GRACE: Final = 0.5
"""Seconds that calls under way get when we are told to end: the engine gives us one."""


def own_version() -> str:
    """The version of this distribution; `0.0.0` in a tree that was never installed."""
    try:
        return version('cpg-infra')
    except PackageNotFoundError:
        return '0.0.0'


def main() -> None:
    """Serve until the engine ends us, or ends."""
    parser = argparse.ArgumentParser(
        description='The Pulumi provider for Google groups, Hail Batch, metamist and blobs on Azure.'
    )
    parser.add_argument('engine', nargs='?', help='address of the engine; without it, wait to be attached to')
    options, _ = parser.parse_known_args()
    # Asked before the port is printed: an engine that is killed the moment it has read it was our parent all the same.
    parent = os.getppid()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.engine, os.environ, parent))


async def serve(engine: str | None, environment: Mapping[str, str], parent: int) -> None:
    """Print the port, serve there, and return when we are told to end or nobody is left to serve.

    `parent` is the process that started us.
    """
    servicer = Servicer(own_version(), environment)
    server, port = await listen(servicer)
    if engine:
        await servicer.log.attach(engine)
    sys.stdout.write(f'{port}\n')
    sys.stdout.flush()
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, end.set)
    watching = asyncio.create_task(_watch(engine, parent, end))
    await end.wait()
    watching.cancel()
    await server.stop(_GRACE)
    await servicer.close()


async def listen(servicer: Servicer) -> tuple[grpc.aio.Server, int]:
    """Start a server for the servicer on a free port of this machine."""
    server = grpc.aio.server(options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port('127.0.0.1:0')
    await server.start()
    return server, port


async def _watch(engine: str | None, parent: int, end: asyncio.Event) -> None:
    """Set `end` when our parent has gone, or the engine has twice not been reached."""
    missed, looks = 0, 0
    while missed < 2:  # noqa: PLR2004 - once may be a moment of load
        await asyncio.sleep(_LOOK_EVERY)
        looks += 1
        if os.getppid() != parent:
            break
        if engine and looks % _KNOCK_EVERY == 0:
            missed = 0 if await _reachable(engine) else missed + 1
    end.set()


async def _reachable(engine: str) -> bool:
    host, _, port = engine.rpartition(':')
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host.strip('[]') or '127.0.0.1', int(port)), 5)
    except (OSError, TimeoutError):
        return False
    except ValueError:
        return True  # not an address that we can knock at: leave it to the parent
    writer.close()
    return True

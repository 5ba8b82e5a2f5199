"""The host of inline programs, which ends in order also when the engine has gone.

The SDK's own host tells the engine how a program ended. Where there is no engine any more that raises, and its event
loop is left open, with all that waits in it: the garbage collector, at rest while a plan is registered, would never be
woken. The SDK has no place for a host of ours, so `use_host` changes which one it makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import grpc
from pulumi import RunError
from pulumi.automation import PulumiFn, _stack
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2


def use_host() -> None:
    """From now on the automation API runs inline programs of this process in `Host`."""
    _stack.LanguageServer = Host  # type: ignore[attr-defined]  # on purpose, see above


class Host(LanguageServer):
    """Runs a program for one operation of the engine."""

    def __init__(self, program: PulumiFn) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

        def noted() -> Awaitable[None] | None:
            self._loop = asyncio.get_running_loop()
            return program()

        super().__init__(noted)

    def Run(self, request: Any, context: Any) -> Any:  # noqa: ANN401 - as the SDK has it
        """Run the program; what came of it is the engine's to say when it has gone meanwhile."""
        try:
            return super().Run(request, context)  # type: ignore[no-untyped-call]  # likewise
        except (grpc.RpcError, RunError) as error:
            return language_pb2.RunResponse(error=str(error))
        finally:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.run_until_complete(_cancelled(asyncio.all_tasks(self._loop)))
                self._loop.close()


async def _cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

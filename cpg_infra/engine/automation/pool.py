"""Carries tasks out: one after the other in this process, or side by side in processes of their own.

A Pulumi program is a process's own affair (the SDK keeps it in globals), so what runs side by side runs in processes.
Each is told by a signal when this one is; what they say comes back over a pipe as it happens.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Self

from semver import VersionInfo

from cpg_infra.engine.automation.failures import EngineError, StoppedError
from cpg_infra.engine.automation.outcome import Listener, Outcome
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.stopping import Stop
from cpg_infra.engine.automation.tasks import Result, Task, carry_out


class Pool:
    """At most `size` tasks at once; of size 1 it works in this process."""

    def __init__(self, cli: PulumiCli, size: int, listener: Listener) -> None:
        self._cli = cli
        self._listener = listener
        self._threads = ThreadPoolExecutor(size) if size > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what was begun."""
        if self._threads:
            self._threads.shutdown()

    def submit(self, task: Task) -> Future[Result]:
        """Begin a task as soon as there is room. In a pool of size 1 it is over when this returns."""
        if self._threads:
            return self._threads.submit(self._beside, task)
        done: Future[Result] = Future()
        done.set_result(self._stopped(task) or carry_out(task, self._cli, self._listener))
        return done

    def _stopped(self, task: Task) -> Result | None:
        if not self._cli.stop.requested:
            return None
        return Result(Outcome(task.place.stack, error=StoppedError('stopped before it began')))

    def _beside(self, task: Task) -> Result:
        if stopped := self._stopped(task):
            return stopped
        context = multiprocessing.get_context('spawn')
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, task, self._cli.command, str(self._cli.version)), daemon=False
        )
        process.start()
        theirs.close()
        with self._cli.stop.reaching(process.pid or 0):
            result = self._listen(ours)
            process.join()
        return result or Result(
            Outcome(task.place.stack, error=EngineError(f'its process ended early ({process.exitcode})', 'killed'))
        )

    def _listen(self, connection: Connection) -> Result | None:
        while True:
            try:
                said = connection.recv()
            except EOFError:
                return None
            if isinstance(said, Result):
                return said
            self._listener(said)


def _serve(connection: Connection, task: Task, command: str, version: str) -> None:
    """The other process: one task, then the end. A Ctrl-C is the parent's to pass on."""
    gc.enable()
    with Stop(ignored=(signal.SIGINT,)) as stop:
        cli = PulumiCli(command, VersionInfo.parse(version), stop)
        send: Callable[[object], None] = connection.send
        send(carry_out(task, cli, send))
    connection.close()

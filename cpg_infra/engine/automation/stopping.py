"""Signals: the first lets the engine finish what is in flight, the second stops it at once.

The engine runs in a session of its own, so a Ctrl-C at the terminal reaches this process only, and the engine hears of
it exactly once. (Two signals make it give up what it is doing; a terminal would send one and we another.)
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether this run was asked to stop, and the processes that must hear of it."""

    def __init__(self, tell: Callable[[int], None] = lambda _: None, ignored: tuple[signal.Signals, ...] = ()) -> None:
        """`tell` is called with the number of signals so far; `ignored` ones are for somebody else."""
        self.count = 0
        self._tell = tell
        self._ignored = ignored
        self._pids: dict[int, None] = {}
        self._before: dict[signal.Signals, object] = {}

    @property
    def requested(self) -> bool:
        """Whether to begin nothing more."""
        return self.count > 0

    def __enter__(self) -> Self:
        """Take over the signals; only a main thread can, elsewhere nothing happens."""
        if threading.current_thread() is threading.main_thread():
            for each in SIGNALS:
                handler = signal.SIG_IGN if each in self._ignored else self._handle
                self._before[each] = signal.signal(each, handler)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back."""
        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]  # what it was before
        self._before.clear()

    @contextmanager
    def reaching(self, pid: int) -> Iterator[None]:
        """Pass on to `pid` what arrives in the block, or has arrived before it."""
        self._pids[pid] = None
        if self.requested:
            _send(pid)
        try:
            yield
        finally:
            self._pids.pop(pid, None)

    def _handle(self, _: int, __: FrameType | None) -> None:
        self.count += 1
        for pid in list(self._pids):
            _send(pid)
        # This thread may have been writing when the signal came.
        with suppress(RuntimeError):
            self._tell(self.count)


def _send(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)

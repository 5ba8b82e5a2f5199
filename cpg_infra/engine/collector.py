"""Python's cyclic garbage collector rests while a plan is registered.

The SDK makes some 25 objects per resource that live until the resource is registered. The collector goes through
all of them again and again and finds next to nothing: half the time of a large emission. Resting costs about
7 KB per resource until the program ends.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

_waiting: set[asyncio.Future[None]] = set()
"""The event loop itself holds tasks weakly."""


@contextmanager
def collector_resting(ended: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Let the collector rest until the block, and then what `ended` waits for, has come to its end.

    It is woken as well when the block or the program fails. Nothing is changed when it was off before, or outside
    of an event loop, where nobody would wake it.
    """
    if not gc.isenabled() or not _in_event_loop():
        yield
        return
    gc.disable()
    try:
        yield
        task = asyncio.ensure_future(ended())
    except BaseException:
        gc.enable()
        raise
    _waiting.add(task)
    # Not inside of the task: one that is cancelled before its first turn runs nothing of itself.
    task.add_done_callback(_wake)


def _wake(task: asyncio.Future[None]) -> None:
    _waiting.discard(task)
    gc.enable()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True

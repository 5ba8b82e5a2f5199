"""Processes that an ended engine left behind: they are ended too.

Providers belong to the engine's session, which is of its own; a provider that outlives its engine would go on holding
ports, credentials and memory, and might still write.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path('/proc')
PATIENCE: Final = 3.0
"""Seconds to end by themselves, and again after they were asked to."""


def end_session(session: int, patience: float = PATIENCE) -> tuple[int, ...]:
    """End what is left in a session; returns those that had to be told."""
    told: tuple[int, ...] = ()
    for send in (None, signal.SIGTERM, signal.SIGKILL):
        left = tuple(_members(session))
        if send is not None:
            told = told or left
            for pid in left:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, send)
        deadline = time.monotonic() + patience
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = tuple(_members(session))
        if not left:
            break
    return told


def _members(session: int) -> Iterator[int]:
    for pid in _pids():
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session and not _is_over(pid):
                yield pid


def _pids() -> Iterator[int]:
    if _PROC.is_dir():
        yield from (int(each.name) for each in _PROC.iterdir() if each.name.isdigit())
        return
    listed = subprocess.run(['ps', '-A', '-o', 'pid='], capture_output=True, text=True, check=False)  # noqa: S607 - where `ps` lies differs
    yield from (int(pid) for pid in listed.stdout.split())


def _is_over(pid: int) -> bool:
    """Whether it has ended and nobody has asked after it."""
    try:
        return (_PROC / str(pid) / 'stat').read_text(encoding='utf-8').rpartition(')')[2].split()[0] == 'Z'
    except OSError:
        return False

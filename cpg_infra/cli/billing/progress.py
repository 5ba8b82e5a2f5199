"""Progress of long work, for a person at a terminal; silent elsewhere."""

from __future__ import annotations

import sys
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars


class Progress:
    """A bar per source on standard error, gone when the report comes."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._bars = Bars(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Take the bottom of the terminal."""
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._bars.stop()
        sys.stderr.flush()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Move the bar of `what`; a total of 0 is not known."""
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total or None)
        self._bars.update(self._tasks[what], completed=done, total=total or None)

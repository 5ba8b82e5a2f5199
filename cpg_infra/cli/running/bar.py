"""Progress for a person at a terminal: a bar per stack that is being worked on, with the time that is left."""

from __future__ import annotations

import threading
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from cpg_infra.cli.running.report import Telling, report_text
from cpg_infra.cli.running.telling import said
from cpg_infra.cli.writing import show
from cpg_infra.engine.automation.outcome import Told
from cpg_infra.engine.automation.run import Report


class Bar:
    """Bars on standard error; they are gone when the report comes."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console or Console(stderr=True, highlight=False),
            transient=True,
        )
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Take the bottom of the terminal."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._progress.stop()

    def __call__(self, told: Told) -> None:
        """Move a bar, or write a line above it."""
        with self._lock:
            stack = str(told.get('stack', ''))
            if told['event'] == 'phase':
                self._remove(stack)
                description = f'{stack}: {told["operation"]}'
                self._tasks[stack] = self._progress.add_task(description, total=int(str(told['resources'])) or None)
            elif told['event'] == 'done' and stack in self._tasks:
                self._progress.advance(self._tasks[stack])
            elif told['event'] == 'phase-over':
                self._remove(stack)
            elif line := said(told):
                self._progress.console.print(line, markup=False)

    def finish(self, report: Report, telling: Telling) -> None:
        """Show the report where the bars were."""
        self._progress.stop()
        show(report_text(report, telling))

    def _remove(self, stack: str) -> None:
        if (task := self._tasks.pop(stack, None)) is not None:
            self._progress.remove_task(task)

"""Tells a person, a log or a program what a run does while it does it, and what came of it."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from cpg_infra.cli.running.options import Format
from cpg_infra.cli.running.report import Telling, as_plain, report_text
from cpg_infra.cli.writing import note, show
from cpg_infra.engine.automation.outcome import QUIET, Told, name_of
from cpg_infra.engine.automation.run import Report

_PAST = {
    'create': 'created',
    'update': 'updated',
    'delete': 'deleted',
    'create-replacement': 'made anew',
    'delete-replaced': 'deleted the old',
    'replace': 'replaced',
    'import': 'imported',
    'refresh': 'read',
}


class Teller(Protocol):
    """Hears every event, from several threads, and the report at the end."""

    def __call__(self, told: Told) -> None:
        """An event."""

    def finish(self, report: Report, telling: Telling) -> None:
        """The end."""


@contextmanager
def teller(format_: Format) -> Iterator[Teller]:
    """Who tells: events for programs, a bar where standard error is a terminal, lines elsewhere."""
    if format_ is Format.JSON:
        yield EventLines()
    elif sys.stderr is not None and sys.stderr.isatty():
        from cpg_infra.cli.running.bar import Bar

        with Bar() as bar:
            yield bar
    else:
        yield LogLines()


class EventLines:
    """One JSON object per line on standard output."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self, told: Told) -> None:
        with self._lock:
            show(as_line(told))

    def finish(self, report: Report, telling: Telling) -> None:
        show(as_line({'event': 'result', **as_plain(report)}))


class LogLines:
    """One line on standard error for each change that is made, for each warning, and for each stack."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self._all: dict[str, int] = {}
        self._is_look: dict[str, bool] = {}

    def __call__(self, told: Told) -> None:
        with self._lock:
            if line := self._line(told):
                note(line)

    def finish(self, report: Report, telling: Telling) -> None:
        show(report_text(report, telling))

    def _line(self, told: Told) -> str:
        stack = str(told.get('stack', ''))
        kind = told['event']
        if kind == 'phase':
            self._done[stack] = 0
            self._all[stack] = int(str(told['resources']))
            self._is_look[stack] = bool(told['looks'])
            return f'{stack}: {told["operation"]}, {told["resources"]} resources'
        if kind == 'done':
            self._done[stack] += 1
            if self._is_look.get(stack) or told['op'] in QUIET:
                return ''
            done = f'{self._done[stack]}/{max(self._done[stack], self._all.get(stack, 0))}'
            return f'{stack}: {done} {_PAST.get(str(told["op"]), told["op"])} {name_of(str(told["urn"]))}'
        return said(told)


def said(told: Told) -> str:
    """Notes, warnings and errors as a line; empty for everything else."""
    if told['event'] == 'note':
        return f'{told["stack"]}: {told["message"]}'
    # Errors are in the report.
    if told['event'] == 'diagnostic' and told['severity'] == 'warning':
        about = name_of(str(told['urn'])) or told['stack']
        return f'warning: {about}: {told["message"]}'
    return ''


def as_line(told: Mapping[str, object]) -> str:
    """An event as one line of JSON."""
    return json.dumps(told, ensure_ascii=False, separators=(',', ':')) + '\n'

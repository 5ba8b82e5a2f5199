"""Azure Cost Management exports in FOCUS form: a folder per month, in it a folder per run, in it the parts.

A run holds its whole month so far, so the newest run of a month replaces the older ones: the month is the scope.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from cpg_infra.plugins.billing_aggregator.sources.focus_rows import FocusRow, focus_lines, focus_rows
from cpg_infra.plugins.billing_aggregator.sources.source import Notes, Reading, SourceError, Window

_PERIOD: Final = re.compile(r'(\d{8})-(\d{8})')
_GROUP: Final = re.compile(r'/resourceGroups/([^/]+)', re.IGNORECASE)
_PARTS: Final = ('.csv', '.gz', '.parquet')


class Azure:
    """The exports below a folder. `known` are the resource groups and subscriptions that are somebody's."""

    name = 'azure'
    overlap = dt.timedelta(days=31)

    def __init__(self, folder: Path, known: Collection[str] = ()) -> None:
        self._folder = folder
        self._known = frozenset(known)

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        """The newest run of each month that overlaps the window."""
        if not self._folder.is_dir():
            raise SourceError(self.name, f'{self._folder} is not a folder')
        for period, folder in self._periods():
            first, last = (dt.datetime.strptime(day, '%Y%m%d').replace(tzinfo=dt.UTC) for day in period)
            if first < window.end and last + dt.timedelta(days=1) > window.start:
                scope = folder.relative_to(self._folder).as_posix().replace('/', '.')
                parts = _newest(folder)
                yield Reading(scope, focus_lines(self.name, scope, focus_rows(self.name, parts), self._payer))

    def _periods(self) -> Iterator[tuple[tuple[str, str], Path]]:
        for folder in sorted(self._folder.rglob('*')):
            found = _PERIOD.fullmatch(folder.name)
            if found and folder.is_dir():
                yield (found[1], found[2]), folder

    def _payer(self, row: FocusRow, tags: Mapping[str, object]) -> str | None:
        inside = _GROUP.search(row.get('ResourceId') or '')
        group = row.get('x_ResourceGroupName') or (inside[1] if inside else None)
        subscription = (row.get('SubAccountId') or '').rpartition('/')[2] or None
        candidates = [name for name in (group and group.lower(), subscription) if name]
        return next((name for name in candidates if name in self._known), candidates[-1] if candidates else None)


def _newest(period: Path) -> list[Path]:
    runs: dict[Path, list[Path]] = {}
    for part in sorted(period.rglob('*')):
        if part.is_file() and part.suffix in _PARTS:
            runs.setdefault(part.parent, []).append(part)
    if not runs:
        return []
    return runs[max(runs, key=_age)]


def _age(run: Path) -> tuple[str, str]:
    """When a run was submitted, as its manifest says; else its name, which begins with its time."""
    try:
        manifest = json.loads((run / 'manifest.json').read_text(encoding='utf-8'))
        return str(manifest['runInfo']['submittedTime']), run.name
    except (OSError, ValueError, KeyError, TypeError):
        return '', run.name

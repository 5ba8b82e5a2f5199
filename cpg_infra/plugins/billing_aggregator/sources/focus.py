"""Any FOCUS files: each file is a scope, and its tags say whose a row is."""

from __future__ import annotations

import datetime as dt
import glob
from collections.abc import Iterator, Mapping
from pathlib import Path

from cpg_infra.plugins.billing_aggregator.sources.focus_rows import FocusRow, focus_lines, focus_rows
from cpg_infra.plugins.billing_aggregator.sources.source import Notes, Reading, SourceError, Window

_TAGS = ('topic', 'dataset')


class Focus:
    """The files that match a pattern."""

    name = 'focus'
    overlap = dt.timedelta(days=31)

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        """Every file: what a file was about last time says nothing about what it holds now."""
        files = [Path(name) for name in sorted(glob.glob(self._pattern, recursive=True))]  # noqa: PTH207 - it may be absolute
        if not files:
            raise SourceError(self.name, f'no file matches {self._pattern}')
        for file in files:
            scope = file.name
            yield Reading(scope, focus_lines(self.name, scope, focus_rows(self.name, [file]), self._payer))

    def _payer(self, row: FocusRow, tags: Mapping[str, object]) -> str | None:
        named = row.get('x_Topic') or next((str(tags[tag]) for tag in _TAGS if tags.get(tag)), None)
        return named or row.get('SubAccountId') or row.get('BillingAccountId')

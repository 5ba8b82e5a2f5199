"""The Google billing export as the table that it is written to, on BigQuery.

The arrival day of a row is its ingestion partition, so a day's rows are read without looking at any other day's.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.sources.gcp_files import COLUMNS, NEEDED
from cpg_infra.plugins.billing_aggregator.sources.source import Day, Notes, SourceError

_ARRIVED: Final = '_PARTITIONTIME >= @first AND _PARTITIONTIME < @after'


class GcpTable:
    """The export in `table` (`project.dataset.table`)."""

    name = 'gcp'

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine = engine
        self._project, self._dataset, self._table = table.split('.')

    def check(self, notes: Notes) -> None:
        """Raises `SourceError` when the export lacks a column; an export always has those of its kind."""
        rows = self._engine.query(
            f'SELECT column_name FROM `{self._project}.{self._dataset}.INFORMATION_SCHEMA.COLUMNS` '
            'WHERE table_name = @name',
            {'name': self._table},
        )
        found = {row['column_name'] for row in rows}
        if missing := [name for name in (*NEEDED, *COLUMNS) if name not in found]:
            raise SourceError(
                'gcp', f'the export has no column {", ".join(dict.fromkeys(missing))}; nothing was loaded'
            )

    def days(self, first: dt.date, last: dt.date) -> list[Day]:
        """The arrival days from `first` to `last` that have rows, in order."""
        rows = self._engine.query(
            f'SELECT DATE(_PARTITIONTIME) AS arrival, COUNT(*) AS count FROM {self._name} WHERE {_ARRIVED} '
            'GROUP BY DATE(_PARTITIONTIME) ORDER BY arrival',
            _between(first, last),
        )
        return [Day(row['arrival'], int(row['count'])) for row in rows]

    def stage(self, first: dt.date, last: dt.date) -> None:
        """Lay out the rows of these arrival days as `raw_gcp`."""
        self._engine.stage(
            'raw_gcp',
            f'SELECT DATE(_PARTITIONTIME) AS arrival, {", ".join(COLUMNS)} FROM {self._name} WHERE {_ARRIVED}',
            _between(first, last),
        )

    @property
    def _name(self) -> str:
        return f'`{self._project}.{self._dataset}.{self._table}`'


def _between(first: dt.date, last: dt.date) -> dict[str, dt.datetime]:
    midnight = dt.time(tzinfo=dt.UTC)
    return {
        'first': dt.datetime.combine(first, midnight),
        'after': dt.datetime.combine(last + dt.timedelta(days=1), midnight),
    }

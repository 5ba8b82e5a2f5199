"""The Google billing export as the table that it is written to, on BigQuery.

The arrival day of a row is its ingestion partition, so a day's rows are read without looking at any other day's.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from cpg_infra.plugins.billing_aggregator.sources.gcp_files import COLUMNS, NEEDED
from cpg_infra.plugins.billing_aggregator.sources.source import Day, Notes, SourceError

if TYPE_CHECKING:
    from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import BigQueryEngine

_ARRIVED: Final = '_PARTITIONTIME >= @first AND _PARTITIONTIME < @after'


class GcpTable:
    """The export in `table` (`project.dataset.table`)."""

    name = 'gcp'

    def __init__(self, engine: BigQueryEngine, table: str) -> None:
        self._engine = engine
        self._table = table

    def check(self, notes: Notes) -> None:
        """Raises `SourceError` when the export lacks a column; an export always has those of its kind."""
        found = self._engine.columns_of(self._table)
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
            f'SELECT DATE(_PARTITIONTIME) AS arrival, {", ".join(_conformed())} FROM {self._name} WHERE {_ARRIVED}',
            _between(first, last),
        )

    @property
    def _name(self) -> str:
        return f'`{self._table}`'


@cache
def _conformed() -> tuple[str, ...]:
    """The columns with the fields that the ledger has: Google adds fields to records, and a record with more is another."""
    return tuple(
        f'{_fields(name, exp.DataType.build(kind, dialect="bigquery"))} AS {name}' for name, kind in COLUMNS.items()
    )


def _fields(path: str, kind: exp.DataType) -> str:
    if kind.this is exp.DType.STRUCT:
        parts = ', '.join(f'{_fields(f"{path}.{part.name}", part.kind)} AS {part.name}' for part in kind.expressions)
        return f'IF({path} IS NULL, NULL, STRUCT({parts}))'
    if kind.this is exp.DType.ARRAY:
        (record,) = kind.expressions
        parts = ', '.join(f'{_fields(f"part.{part.name}", part.kind)} AS {part.name}' for part in record.expressions)
        return f'ARRAY(SELECT AS STRUCT {parts} FROM UNNEST({path}) AS part WITH OFFSET AS place ORDER BY place)'
    return path


def _between(first: dt.date, last: dt.date) -> dict[str, dt.datetime]:
    midnight = dt.time(tzinfo=dt.UTC)
    return {
        'first': dt.datetime.combine(first, midnight),
        'after': dt.datetime.combine(last + dt.timedelta(days=1), midnight),
    }

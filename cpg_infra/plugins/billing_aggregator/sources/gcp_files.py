"""The Google billing export as Parquet or JSON files, read by DuckDB.

The arrival day of a row is the day of its `export_time`. Columns are conformed to the export's schema: one that is
missing is null, one that is new is noted and left out, one of another type is converted where that loses nothing.
"""

from __future__ import annotations

import datetime as dt
import glob
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine, quoted_name, quoted_text
from cpg_infra.plugins.billing_aggregator.ledger.faults import LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.schema import (
    ADJUSTMENT,
    CREDITS,
    INVOICE,
    LABEL,
    LOCATION,
    NAMED,
    PROJECT,
    USAGE,
)
from cpg_infra.plugins.billing_aggregator.ledger.sql import column_type
from cpg_infra.plugins.billing_aggregator.sources.source import Day, Notes, SourceError

COLUMNS: Final[Mapping[str, str]] = {
    'billing_account_id': 'STRING',
    'service': NAMED,
    'sku': NAMED,
    'usage_start_time': 'TIMESTAMP',
    'usage_end_time': 'TIMESTAMP',
    'project': PROJECT,
    'labels': LABEL,
    'system_labels': LABEL,
    'location': LOCATION,
    'export_time': 'TIMESTAMP',
    'cost': 'FLOAT64',
    'currency': 'STRING',
    'currency_conversion_rate': 'FLOAT64',
    'usage': USAGE,
    'credits': CREDITS,
    'invoice': INVOICE,
    'cost_type': 'STRING',
    'adjustment_info': ADJUSTMENT,
}
"""The columns of the export that are read, with the types that they have in BigQuery."""

NEEDED: Final = ('usage_end_time', 'project', 'export_time', 'cost', 'currency', 'invoice')
"""Columns without which nothing can be attributed."""

IGNORED: Final = frozenset(
    {
        'consumption_model',
        'cost_at_effective_price_default',
        'cost_at_list',
        'cost_at_list_consumption_model',
        'price',
        'resource',
        'seller_name',
        'subscription',
        'tags',
        'transaction_type',
    }
)
"""Columns of the export that are known and not needed."""


class GcpFiles:
    """The export in files that match a pattern: `export/*.parquet`, `export/**/*.json.gz`."""

    name = 'gcp'

    def __init__(self, engine: DuckDBEngine, pattern: str) -> None:
        self._engine = engine
        self._pattern = pattern

    @cached_property
    def _files(self) -> list[str]:
        files = sorted(glob.glob(self._pattern, recursive=True))  # noqa: PTH207 - the pattern may be absolute
        if not files:
            raise SourceError('gcp', f'no file matches {self._pattern}')
        return files

    @cached_property
    def _reader(self) -> str:
        listed = '[' + ', '.join(quoted_text(file) for file in self._files) + ']'
        if all(file.endswith('.parquet') for file in self._files):
            return f'read_parquet({listed}, union_by_name = true)'
        shape = ', '.join(f'{quoted_text(name)}: {quoted_text(_kept(name))}' for name in COLUMNS)
        return f'read_json({listed}, columns = {{{shape}}})'

    def _columns(self) -> dict[str, str]:
        rows = self._read(f'DESCRIBE SELECT * FROM {self._reader}')
        return {str(row['column_name']): str(row['column_type']) for row in rows}

    @cached_property
    def _selected(self) -> str:
        found = self._columns()
        return ', '.join(f'{_conformed(name, found)} AS {quoted_name(name)}' for name in COLUMNS)

    def check(self, notes: Notes) -> None:
        """Raises `SourceError` when the export lacks what is needed; notes other changes of its columns."""
        found = self._columns()
        if not self._reader.startswith('read_parquet'):
            listed = '[' + ', '.join(quoted_text(file) for file in self._files) + ']'
            rows = self._read(f'DESCRIBE SELECT * FROM read_json_auto({listed}, union_by_name = true)')
            found = {str(row['column_name']): '' for row in rows}
        missing = [name for name in NEEDED if name not in found]
        if missing:
            raise SourceError('gcp', f'the export has no column {", ".join(missing)}; nothing was loaded')
        for name in COLUMNS.keys() - found.keys():
            notes.add(f'gcp: the export has no column {name}; it is null')
        for name in sorted(found.keys() - COLUMNS.keys() - IGNORED):
            notes.add(f'gcp: the export has a new column {name}; it is left out')

    def days(self, first: dt.date, last: dt.date) -> list[Day]:
        """The arrival days from `first` to `last` that have rows, in order."""
        rows = self._read(
            f'SELECT arrival, count(*) AS rows FROM ({self._rows(first, last)}) GROUP BY arrival ORDER BY arrival'
        )
        return [Day(row['arrival'], int(row['rows'])) for row in rows]  # type: ignore[arg-type, call-overload]  # by the query

    def stage(self, first: dt.date, last: dt.date) -> None:
        """Lay out the rows of these arrival days as `raw_gcp`."""
        # JSON is parsed once; Parquet is read where it lies, only the columns that a model wants.
        parquet = self._reader.startswith('read_parquet')
        try:
            self._engine.stage_native('raw_gcp', self._rows(first, last), view=parquet)
        except LedgerError as error:
            raise SourceError('gcp', f'the export cannot be read: {error}') from error

    def _rows(self, first: dt.date, last: dt.date) -> str:
        after = last + dt.timedelta(days=1)
        arrived = 'coalesce(export_time, usage_end_time)' if self._undated else 'export_time'
        return (
            f'SELECT CAST({arrived} AS DATE) AS arrival, * FROM (SELECT {self._selected} FROM {self._reader}) '
            f"WHERE {arrived} >= TIMESTAMP '{first}' AND {arrived} < TIMESTAMP '{after}'"
        )

    @cached_property
    def _undated(self) -> bool:
        """Some rows have no export time; they arrive on the day of their usage."""
        return bool(self._read(f'SELECT 1 AS one FROM {self._reader} WHERE export_time IS NULL LIMIT 1'))

    def _read(self, sql: str) -> Sequence[Mapping[str, object]]:
        try:
            return self._engine.query_native(sql)
        except LedgerError as error:
            raise SourceError('gcp', f'the export cannot be read: {error}') from error


def _kept(name: str) -> str:
    # An amount that is no number is a dead letter of its own, not the end of the file.
    return 'VARCHAR' if name == 'cost' else column_type(COLUMNS[name], 'duckdb')


def _conformed(name: str, found: Mapping[str, str]) -> str:
    wanted = column_type(COLUMNS[name], 'duckdb')
    if name not in found:
        return f'CAST(NULL AS {wanted})'
    # Records are conformed by the names of their fields: one that was added or left out moves no other.
    return quoted_name(name) if found[name] == wanted else f'TRY_CAST({quoted_name(name)} AS {wanted})'

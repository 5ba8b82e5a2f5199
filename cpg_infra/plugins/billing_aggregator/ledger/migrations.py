"""The layout of a database: making it, and bringing an older one up to date.

Statements here are DDL, the one thing that is not GoogleSQL's common subset; types come from `schema`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema import RECONCILIATION, TABLES, VIEWS, Column, Table
from cpg_infra.plugins.billing_aggregator.ledger.sql import Dialect, column_type

FORMAT: Final = 'ledger_format'
"""The table that holds the version of the layout."""


ADDED: Final = {2: ((RECONCILIATION, 'topics'),)}
"""The columns that a version of the layout has and the one before had not. Only columns come, and at the end."""

SAME_IDS: Final = 3
"""The version since which lines of the Google export have the ids that they have now."""

GOOGLE_LINES: Final = "SELECT 1 AS found FROM ledger WHERE source = 'gcp' AND run_id IS NOT NULL LIMIT 1"
"""A row when there are lines of the Google export."""


def other_ids(ledger: str, version: int) -> str:
    """Why a ledger of before `SAME_IDS` with lines of the Google export is not written to."""
    return (
        f'{ledger}: the ledger has layout {version}, in which lines of the Google export have other ids: to load them '
        'again would book them twice. Move it away; `cpg-infra billing backfill` makes a new one'
    )


def upgrades(version: int) -> Iterator[tuple[Table, Column]]:
    """The columns that a database of this version lacks."""
    for later in sorted(ADDED):
        if later > version:
            for table, name in ADDED[later]:
                yield table, next(column for column in table.columns if column.name == name)


def add_column(column: Column, name: str, dialect: Dialect) -> str:
    """The statement that adds a column to the table `name`, unless it is there."""
    return f'ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {column.name} {column_type(column.type, dialect)}'


def create_table(table: Table, name: str, dialect: Dialect) -> str:
    """The statement that makes a table, unless it is there."""
    columns = ', '.join(
        f'{column.name} {column_type(column.type, dialect)}{" NOT NULL" if column.required else ""}'
        for column in table.columns
    )
    return f'CREATE TABLE IF NOT EXISTS {name} ({columns}){_layout(table) if dialect == "bigquery" else ""}'


def _layout(table: Table) -> str:
    """Partitions and clusters on BigQuery. What is kept by month, a text, cannot have partitions and has clusters."""
    kinds = {column.name: column.type for column in table.columns}
    partition = {'TIMESTAMP': f'DATE({table.partition})', 'DATE': table.partition}.get(
        kinds.get(table.partition or '', '')
    )
    clusters = table.cluster if partition or table.partition is None else (table.partition, *table.cluster)
    layout = f' PARTITION BY {partition}' if partition else ''
    return f'{layout} CLUSTER BY {", ".join(clusters)}' if clusters else layout


def all_tables() -> tuple[Table, ...]:
    """Every table, those behind views too."""
    return (*TABLES, *(view.table for view in VIEWS))

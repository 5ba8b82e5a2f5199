"""The layout of a database: making it, and bringing an older one up to date.

Statements here are DDL, the one thing that is not GoogleSQL's common subset; types come from `schema`.
"""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema import TABLES, VIEWS, Table
from cpg_infra.plugins.billing_aggregator.ledger.sql import Dialect, column_type

FORMAT: Final = 'ledger_format'
"""The table that holds the version of the layout."""


def create_table(table: Table, name: str, dialect: Dialect) -> str:
    """The statement that makes a table, unless it is there."""
    columns = ', '.join(
        f'{column.name} {column_type(column.type, dialect)}{" NOT NULL" if column.required else ""}'
        for column in table.columns
    )
    layout = ''
    if dialect == 'bigquery' and table.partition is not None:
        kind = next(column.type for column in table.columns if column.name == table.partition)
        layout = f' PARTITION BY {f"DATE({table.partition})" if kind == "TIMESTAMP" else table.partition}'
        layout += f' CLUSTER BY {", ".join(table.cluster)}' if table.cluster else ''
    return f'CREATE TABLE IF NOT EXISTS {name} ({columns}){layout}'


def all_tables() -> tuple[Table, ...]:
    """Every table, those behind views too."""
    return (*TABLES, *(view.table for view in VIEWS))

"""Reads FOCUS files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from cpg_infra.plugins.billing_aggregator.focus import COLUMNS

TIMES = [column.name for column in COLUMNS if column.type == 'Date/Time']


def read(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        # A time with a zone would leave DuckDB by way of pytz.
        times = ', '.join(f'{name}::TIMESTAMP AS {name}' for name in TIMES)
        cursor = connection.execute(f"SELECT * REPLACE ({times}) FROM '{path}'")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

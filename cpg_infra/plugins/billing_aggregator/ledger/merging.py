"""Statements that write, made from the columns of a table."""

from __future__ import annotations

from cpg_infra.plugins.billing_aggregator.ledger.schema import LEDGER, LINES, Table

_WRITTEN = ('run_id', 'loaded_at')
"""Columns of the ledger that a run fills in."""

POSTING_COLUMNS = tuple(column.name for column in LEDGER.columns if column.name not in _WRITTEN)


def with_models(models: dict[str, str], statement: str) -> str:
    """A statement that reads models as if they were tables."""
    return 'WITH ' + ', '.join(f'{name} AS (\n{text}\n)' for name, text in models.items()) + f'\n{statement}'


def fingerprint_of_line(alias: str) -> str:
    """The fingerprint of what a line by the columns of `source_lines` says."""
    said = (name for name in LINES.names if name not in {'gone', 'line_hash'})
    return f'FINGERPRINT(TO_JSON_STRING(STRUCT({", ".join(f"{alias}.{name} AS {name}" for name in said)})))'


def merge_rows(table: Table, source: str, *, changed: bool = True) -> str:
    """Rows of `source`, a query, replace those of the same key in `table`, or are added.

    `changed`: some are there already; see `merge_postings`.
    """
    keys = ' AND '.join(f't.{key} = s.{key}' for key in table.key)
    rest = [name for name in table.names if name not in table.key]
    return (
        f'MERGE INTO {table.name} AS t USING (\n{source}\n) AS s ON {keys} '
        + (f'WHEN MATCHED THEN UPDATE SET {", ".join(f"{name} = s.{name}" for name in rest)} ' if changed else '')
        + f'WHEN NOT MATCHED THEN INSERT ({", ".join(table.names)}) VALUES ({", ".join(f"s.{n}" for n in table.names)})'
    )


_LEASED = 'EXISTS (SELECT 1 FROM leases WHERE leases.source = @lease AND leases.token = @token)'


def insert_postings(postings: str) -> str:
    """The statement that adds postings of the query `postings`, of which the ledger has none; else see `merge_postings`."""
    return (
        f'INSERT INTO ledger ({", ".join(POSTING_COLUMNS)}, run_id, loaded_at)\n'
        f'SELECT {", ".join(f"p.{name}" for name in POSTING_COLUMNS)}, @run_id, @now FROM (\n{postings}\n) AS p\n'
        f'WHERE {_LEASED}'
    )


def merge_postings(postings: str, deleted: str | None, *, changed: bool = True) -> str:
    """The one statement that changes the ledger: postings of the query `postings`, and ids to delete.

    `changed`: some of the postings are in the ledger already. Where none is, the clause that changes them is left out:
    DuckDB then writes with all threads. It writes nothing when the lease of `@lease` is no longer that of `@token`.
    """
    columns = ', '.join(f's.{name}' for name in POSTING_COLUMNS)
    source = f'SELECT {columns}, FALSE AS gone FROM (\n{postings}\n) AS s'
    if deleted is not None:
        nothing = ', '.join(
            'd.id AS id' if column.name == 'id' else f'CAST(NULL AS {column.type}) AS {column.name}'
            for column in LEDGER.columns
            if column.name not in _WRITTEN
        )
        source += f'\nUNION ALL\nSELECT {nothing}, TRUE AS gone FROM (\n{deleted}\n) AS d'
    updates = ', '.join(f'{name} = s.{name}' for name in POSTING_COLUMNS if name != 'id')
    values = ', '.join(f's.{name}' for name in POSTING_COLUMNS)
    return (
        f'MERGE INTO ledger AS t USING (\nSELECT p.* FROM (\n{source}\n) AS p\n'
        f'WHERE {_LEASED}\n'
        ') AS s ON t.id = s.id\n'
        '  AND t.usage_end_time BETWEEN @first_usage AND @last_usage\n'
        '  AND t.export_time BETWEEN @first_export AND @last_export\n'
        + ('WHEN MATCHED AND s.gone THEN DELETE\n' if deleted is not None else '')
        + (f'WHEN MATCHED THEN UPDATE SET {updates}, run_id = @run_id, loaded_at = @now\n' if changed else '')
        + f'WHEN NOT MATCHED AND NOT s.gone THEN INSERT ({", ".join(POSTING_COLUMNS)}, run_id, loaded_at) '
        f'VALUES ({values}, @run_id, @now)'
    )

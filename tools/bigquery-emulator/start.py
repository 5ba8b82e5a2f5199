"""The emulator, with what it needs for statements like the ledger's. Runs on the environment's Python, not on ours.

What it gets wrong of BigQuery is mended here, so that nothing of it needs to be written around in the program.
"""

# ruff: noqa: INP001 - a script, in no package
# mypy: ignore-errors

import sys

from bqemulator.cli import main
from bqemulator.sql import inner_query
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

# It takes statements apart by recursion, and some of ours are deeper than Python's thousand calls.
sys.setrecursionlimit(20_000)

# It expands `*` by what its catalogue says of a table, which is everything but records; without, the database does it.
inner_query.build_catalog_schema = lambda *_, **__: {}

# A NUMERIC of BigQuery has 9 decimals; a DECIMAL of DuckDB has 3 when nothing is said.
_datatype_sql = DuckDB.Generator.datatype_sql
DuckDB.Generator.datatype_sql = lambda generator, kind: (
    'DECIMAL(38, 9)' if kind.this is exp.DType.DECIMAL and not kind.expressions else _datatype_sql(generator, kind)
)

main()

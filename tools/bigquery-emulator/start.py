"""The emulator, with what it needs for statements like the ledger's. Runs on the environment's Python, not on ours.

What it gets wrong of BigQuery is mended here, so that nothing of it needs to be written around in the program.
It ends when its standard input does: with whoever started it, however that ended.
"""

# ruff: noqa: INP001 - a script, in no package
# mypy: ignore-errors

import os
import signal
import sys
from functools import lru_cache
from threading import Thread

import sqlglot
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

# A statement is parsed some twenty times on its way; a copy of the tree is much cheaper than another parse.
_parse_one = sqlglot.parse_one
_parsed = lru_cache(maxsize=256)(lambda sql, dialect: _parse_one(sql, read=dialect))
sqlglot.parse_one = lambda sql, read=None, dialect=None, **options: (
    _parse_one(sql, read=read or dialect, **options) if options else _parsed(sql, read or dialect).copy()
)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


Thread(target=_end_with_input, daemon=True).start()
main()

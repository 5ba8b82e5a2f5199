"""Opening a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Parameters, Row

FILE = 'billing.duckdb'
"""The database in a folder of configuration, unless another is named."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger."""

    engine: Engine

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """The rows of a query in GoogleSQL that names tables and views as `schema` does, parameters as `@name`.

        Values go in as parameters only. Raises `LedgerError`.
        """
        return self.engine.query(sql, parameters)

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement that changes rows (a MERGE, usually). Raises `LedgerError`."""
        self.engine.execute(sql, parameters)


@contextmanager
def open_ledger(
    path: Path | str, *, read_only: bool = False, patience: float = 0.0, memory: str | None = None
) -> Iterator[Ledger]:
    """The ledger in a DuckDB file, which is made with all tables when it is not there (unless `read_only`).

    `patience`: seconds to wait for another process that has it open. Many processes may read at once.
    `memory`: what the database may keep in memory before it spills to disk, `2GB`.

    Raises `LockedLedgerError`, `NewerLedgerError`, or `LedgerError` for a file that is no ledger or cannot be
    written; each in one sentence with the file's name.
    """
    from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import MEMORY, open_duckdb  # noqa: PLC0415 - an extra

    engine = open_duckdb(Path(path), read_only=read_only, patience=patience, memory=memory or MEMORY)
    try:
        yield Ledger(engine)
    finally:
        engine.close()

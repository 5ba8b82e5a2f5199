"""The ledger of a folder: a DuckDB file, or the table that the configuration names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cpg_infra.config import CPGInfrastructureConfig, load
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.ledger.opening import FILE

BIGQUERY: Final = 'bigquery'
"""What `--database` says for the table of the configuration."""

PATIENCE: Final = 60.0
"""Seconds to wait for another command that has the file open."""


@contextmanager
def opened_ledger(
    folder: str, database: str | None, organisation: CPGInfrastructureConfig | None = None, *, read_only: bool = False
) -> Iterator[Ledger]:
    """The ledger that was asked for. Raises `LedgerError`, and `ConfigurationError` where the folder must be read."""
    if database != BIGQUERY:
        file = Path(database) if database else Path(folder) / FILE
        with open_ledger(file, read_only=read_only, patience=PATIENCE) as ledger:
            yield ledger
        return
    from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import open_bigquery
    from cpg_infra.plugins.billing_aggregator.ledger.runs import new_run_id

    billing = (organisation or load(folder).organisation).billing
    if billing is None or billing.aggregator is None:
        raise InputError('billing.aggregator.destination_bq_table: the configuration names no table')
    engine = open_bigquery(
        billing.aggregator.destination_bq_table,
        new_run_id(dt.datetime.now(dt.UTC)),
        monthly_summary=billing.aggregator.monthly_summary_table,
        read_only=read_only,
    )
    try:
        yield Ledger(engine)
    finally:
        engine.close()

"""A folder with a configuration, exports of one day, and a ledger that knows nothing yet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from cpg_infra.plugins.billing_aggregator.demo.configuration import write_configuration
from cpg_infra.plugins.billing_aggregator.demo.exports import GoogleExport
from cpg_infra.plugins.billing_aggregator.ledger import open_ledger

FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
CHANGE = dt.date(2026, 10, 15)


def make_folder(folder: Path, services: str, lines: int = 300) -> Path:
    """`services`: where Hail and ICA are found. Hail and ICA are not among the functions."""
    write_configuration(folder, services, FIRST, CHANGE)
    organisation = folder / 'cpg.toml'
    text = organisation.read_text(encoding='utf-8').replace('["gcp", "hail", "ica"]', '["gcp"]')
    organisation.write_text(text.replace(', azure = "azure"', ''), encoding='utf-8')
    (folder / 'gcp').mkdir()
    with duckdb.connect() as connection:
        GoogleExport(FIRST, LAST, lines=lines).write(connection, folder / 'gcp' / 'export.parquet')
    return folder


def count(folder: Path, table: str) -> int:
    """The rows of a table of the folder's ledger."""
    with open_ledger(folder / 'billing.duckdb', patience=60) as ledger:
        return int(ledger.query(f'SELECT COUNT(*) AS rows FROM {table}')[0]['rows'])

"""Where the ledger of a folder lies."""

from __future__ import annotations

from pathlib import Path

from cpg_infra.plugins.billing_aggregator.ledger.opening import FILE


def database_of(folder: str, database: str | None) -> Path:
    """The database file of a folder, unless another is named."""
    return Path(database) if database else Path(folder) / FILE

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a file."""
    with open_ledger(tmp_path / 'billing.duckdb') as opened:
        yield opened

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.plugins.billing_aggregator.engines.both import Both, opened


@pytest.fixture
def both(bigquery_emulator: str, tmp_path: Path) -> Iterator[Both]:
    """Two empty ledgers, one on each engine."""
    with opened(bigquery_emulator, tmp_path, f'billing_{uuid4().hex}') as found:
        yield found

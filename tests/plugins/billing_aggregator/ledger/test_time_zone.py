from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
CODE = """
import sys
from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
with open_ledger(sys.argv[1]) as ledger:
    print(ledger.engine.query_native('SELECT to_timestamp(0)::TIMESTAMP::VARCHAR AS time')[0]['time'])
"""


def test_times_of_an_export_are_utc_wherever_the_machine_is(tmp_path: Path) -> None:
    """BigQuery exports times with a zone; the engine keeps them without one."""
    ran = subprocess.run(
        [sys.executable, '-c', CODE, str(tmp_path / 'billing.duckdb')],
        cwd=ROOT, env={**os.environ, 'TZ': 'Australia/Sydney'}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == '1970-01-01 00:00:00\n'

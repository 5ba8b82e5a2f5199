"""A BigQuery emulator on loopback, for tests that run the ledger's SQL as BigQuery does, and where it comes from.

`make test` finds it or sets it up and says where in `CPG_INFRA_BIGQUERY_EMULATOR`, which is empty when there is none.
Without the variable we look, and set up nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Thread
from typing import IO, Final

import pytest

VARIABLE: Final = 'CPG_INFRA_BIGQUERY_EMULATOR'
TOOL: Final = Path(__file__).resolve().parents[1] / 'tools' / 'bigquery-emulator'
WHY: Final = 'no BigQuery emulator (tools/bigquery-emulator/README.md)'


@cache
def found() -> Path | None:
    """The folder of the emulator, None when there is none."""
    said = os.environ.get(VARIABLE)
    if said is None:
        said = subprocess.run(
            [sys.executable, TOOL / 'set_up.py', '--no-build'], capture_output=True, text=True, check=False
        ).stdout
    return Path(said.strip()) if said.strip() else None


@pytest.fixture(scope='session')
def bigquery_emulator() -> Iterator[str]:
    """The address of an emulator that ends with the session. The test is skipped where there is none."""
    folder = found()
    if folder is None:
        pytest.skip(WHY)
    environment = {
        'HOME': str(folder / 'home'),
        'PATH': os.environ['PATH'],
        # Nothing is fetched, and nothing is sent anywhere.
        'BQEMU_ENABLE_FORMAT_EXTENSIONS': 'false',
        'BQEMU_REST_PORT': '0',
        'BQEMU_GRPC_PORT': '0',
    }
    command = [str(folder / 'bin' / 'python'), str(TOOL / 'start.py'), 'start', '--ephemeral', '--log-format', 'json']
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    ) as run:
        try:
            assert run.stdout is not None
            address = _address(run.stdout)
            # It would wait for ever to write what nobody reads.
            reader = Thread(target=deque, args=(run.stdout, 0))
            reader.start()
            yield address
            run.terminate()
            reader.join()
        finally:
            run.terminate()


def _address(log: IO[str]) -> str:
    """Where it listens, as it says itself: it chooses a free port."""
    said = []
    for line in log:
        said.append(line)
        if '"rest.listen"' in line:
            event = json.loads(line)
            return f'http://{event["host"]}:{event["port"]}'
    raise AssertionError(f'the BigQuery emulator ended at once:\n{"".join(said)}')


def pytest_report_header(config: pytest.Config) -> str:
    return f'BigQuery emulator: {found() or WHY}'

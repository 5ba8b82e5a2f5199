"""The Pulumi CLI, for tests that run the real engine: where it is.

`make test` finds or builds it and says where in `CPG_INFRA_PULUMI`, which is empty when there is none. Without the
variable we look, and build nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

VARIABLE: Final = 'CPG_INFRA_PULUMI'
LOOK: Final = Path(__file__).resolve().parents[1] / 'tools' / 'pulumi-cli' / 'build.py'
WHY: Final = 'no Pulumi CLI (tools/pulumi-cli/README.md)'


@cache
def found() -> Path | None:
    """The CLI, None when there is none."""
    said = os.environ.get(VARIABLE)
    if said is None:
        said = subprocess.run([sys.executable, LOOK, '--no-build'], capture_output=True, text=True, check=False).stdout
    return Path(said.strip()) if said.strip() else None


@pytest.fixture(scope='session')
def pulumi_cli() -> Path:
    """The Pulumi CLI. The test is skipped where there is none."""
    cli = found()
    if cli is None:
        pytest.skip(WHY)
    return cli


def pytest_report_header(config: pytest.Config) -> str:
    return f'pulumi: {found() or WHY}'

"""Runs the command line, inside the test or as a program of its own, on a small sound configuration."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from typer.testing import CliRunner

from cpg_infra.cli.main import app
from tests.config.building import PRODUCTION_YAML, with_line, write

DATE: Final = '2026-06-01'
FOLDER: Final = 'lantern'
"""What the folder of the configuration is called, in the current folder of a test."""

PROGRAM: Final = (sys.executable, '-c', 'from cpg_infra.cli.main import main; main()')
ROOT: Final = Path(__file__).parents[2]

BETTA: Final = with_line(PRODUCTION_YAML, '    - beta\n', '    - betta\n')
"""Datasets with one fault: alpha depends on a dataset that is not there."""

BETTA_FAULT: Final = "production.yaml:8:7: alpha.depends_on: no dataset 'betta' (did you mean 'beta'?)"


class Ran(NamedTuple):
    """What came of a command."""

    status: int
    out: str
    err: str


def configuration(changes: Mapping[str, str | bytes | None] | None = None, folder: str = FOLDER) -> Path:
    """Write a sound configuration, with some files changed, below the current folder."""
    return write(Path(folder), changes)


def run(*arguments: str) -> Ran:
    """Run a command inside this process; nothing but its own exit may come out of it."""
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def plan(*arguments: str) -> Ran:
    """`cpg-infra plan` of the configuration that was written, on a fixed day."""
    return run('plan', FOLDER, '--date', DATE, *arguments)


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real program, in the current folder."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env={**os.environ, 'PYTHONPATH': str(ROOT), **environment},
        capture_output=True,
        text=True,
        encoding='utf-8',
        check=False,
    )

"""The Pulumi CLI, for tests that run the real engine: where it is, and how many tests are skipped without one.

`make test` finds or builds it and says where in `CPG_INFRA_PULUMI`, which is empty when there is none. Without the
variable we look, and build nothing. A test needs the CLI when it uses the fixture `pulumi_cli`, itself or through
another; such tests are counted when they are collected, so that a run knows how many it must skip.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

VARIABLE: Final = 'CPG_INFRA_PULUMI'
LOOK: Final = Path(__file__).resolve().parents[1] / 'tools' / 'pulumi-cli' / 'build.py'
WHY: Final = 'no Pulumi CLI (tools/pulumi-cli/README.md)'

NEEDING: Final = pytest.StashKey[set[str]]()
"""Ids of the collected tests that need the CLI."""


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


def skips_for_lack_of_it(config: pytest.Config) -> int:
    """How many tests this run must skip because there is no CLI."""
    return 0 if found() else len(config.stash.get(NEEDING, set()))


# Counting ---------------------------------------------------------------------------------------------------


def pytest_collection_finish(session: pytest.Session) -> None:
    needing = {item.nodeid for item in session.items if 'pulumi_cli' in getattr(item, 'fixturenames', ())}
    session.config.stash[NEEDING] = needing
    # A worker of pytest-xdist collects, and its controller counts.
    if (output := getattr(session.config, 'workeroutput', None)) is not None:
        output['needing_pulumi'] = sorted(needing)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    needing = node.config.stash.setdefault(NEEDING, set())
    needing.update(getattr(node, 'workeroutput', {}).get('needing_pulumi', ()))


def pytest_report_header(config: pytest.Config) -> str:
    return f'pulumi: {found() or WHY}'

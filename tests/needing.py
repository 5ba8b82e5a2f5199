"""What some tests need and a machine may lack: how many tests are skipped for want of it.

A test needs something when it uses its fixture, itself or through another. Such tests are counted when they are
collected, so that a run knows how many it must skip.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from tests import bigquery_emulator, chromium, pulumi_cli

LACKING: Final[dict[str, Callable[[], bool]]] = {
    'bigquery_emulator': lambda: bigquery_emulator.found() is None,
    'chromium': lambda: chromium.found() is None,
    'pulumi_cli': lambda: pulumi_cli.found() is None,
}
"""By fixture, whether this machine lacks it."""

NEEDING: Final = pytest.StashKey[dict[str, set[str]]]()
"""By fixture, the ids of the collected tests that use it."""


def skips_for_want_of_something(config: pytest.Config) -> int:
    """How many tests this run must skip. A test that wants two things is skipped once."""
    needing = config.stash.get(NEEDING, {})
    return len(set().union(*(needing.get(name, set()) for name, lacking in LACKING.items() if lacking())))


def pytest_collection_finish(session: pytest.Session) -> None:
    needing = {
        name: {item.nodeid for item in session.items if name in getattr(item, 'fixturenames', ())} for name in LACKING
    }
    session.config.stash[NEEDING] = needing
    # A worker of pytest-xdist collects, and its controller counts.
    if (output := getattr(session.config, 'workeroutput', None)) is not None:
        output['needing'] = {name: sorted(tests) for name, tests in needing.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    needing = node.config.stash.setdefault(NEEDING, {})
    for name, tests in getattr(node, 'workeroutput', {}).get('needing', {}).items():
        needing.setdefault(name, set()).update(tests)

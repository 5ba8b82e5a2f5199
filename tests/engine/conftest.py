"""Each program runs twice: as a preview of things that do not exist yet, and as an update that makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpg_infra.config import load
from cpg_infra.engine.program import CPGInfrastructure
from cpg_infra.plan import Plan
from tests.config.building import write


@pytest.fixture(params=[True, False], ids=['preview', 'update'])
def preview(request: pytest.FixtureRequest) -> bool:
    """Whether the program runs as a preview."""
    chosen = request.param
    assert isinstance(chosen, bool)
    return chosen


@pytest.fixture(scope='session')
def real_plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of a real, small configuration."""
    folder: Path = write(tmp_path_factory.mktemp('configuration'))
    loaded = load(folder)
    return CPGInfrastructure(loaded.organisation, loaded.datasets, sources=loaded.sources).plan()

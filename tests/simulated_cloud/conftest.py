from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulated_cloud.building import Cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)

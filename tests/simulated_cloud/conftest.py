from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulated_cloud.building import Cloud
from tests.simulated_cloud.building_azure import AzureCloud


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


@pytest.fixture
def azure(tmp_path: Path) -> AzureCloud:
    return AzureCloud(tmp_path)

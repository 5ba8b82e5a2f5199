"""Deployed stacks to begin with. Each is deployed once per run, whatever the number of workers, and then copied."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from cpg_infra.plan import Plan
from tests.end_to_end import azure_organisations
from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import small, tiny

# Its assertions are those of tests: a failure shows what differs.
pytest.register_assert_rewrite('tests.end_to_end.in_flight')


@pytest.fixture(scope='session')
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all workers of a run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, 'workerinput') else base


@pytest.fixture(scope='session')
def deployed_small(shared_folder: Path, pulumi_cli: Path) -> Deployment:
    """The small organisation, deployed. To look at; whoever changes it takes `deployment`."""
    return begun_once(shared_folder / 'small', pulumi_cli, small)


@pytest.fixture
def deployment(deployed_small: Deployment, tmp_path: Path) -> Deployment:
    """The small organisation, deployed, for one test alone."""
    return deployed_small.copy(tmp_path / 'deployment')


@pytest.fixture(scope='session')
def deployed_tiny(shared_folder: Path, pulumi_cli: Path) -> Deployment:
    """The tiny organisation, deployed. To look at; whoever changes it takes `tiny_deployment`."""
    return begun_once(shared_folder / 'tiny', pulumi_cli, tiny)


@pytest.fixture
def tiny_deployment(deployed_tiny: Deployment, tmp_path: Path) -> Deployment:
    """The tiny organisation, deployed, for one test alone."""
    return deployed_tiny.copy(tmp_path / 'deployment')


@pytest.fixture(scope='session')
def deployed_on_azure(shared_folder: Path, pulumi_cli: Path) -> Deployment:
    """The small organisation on Azure, deployed. To look at; whoever changes it takes `azure_deployment`."""
    return begun_once(shared_folder / 'small-on-azure', pulumi_cli, azure_organisations.small)


@pytest.fixture
def azure_deployment(deployed_on_azure: Deployment, tmp_path: Path) -> Deployment:
    """The small organisation on Azure, deployed, for one test alone."""
    return deployed_on_azure.copy(tmp_path / 'deployment')


@pytest.fixture
def tiny_azure_deployment(shared_folder: Path, pulumi_cli: Path, tmp_path: Path) -> Deployment:
    """The tiny organisation on Azure, deployed, for one test alone."""
    deployed = begun_once(shared_folder / 'tiny-on-azure', pulumi_cli, azure_organisations.tiny)
    return deployed.copy(tmp_path / 'deployment')


@pytest.fixture
def rich_azure_deployment(shared_folder: Path, pulumi_cli: Path, tmp_path: Path) -> Deployment:
    """A dataset with everything that there is on Azure, deployed, for one test alone."""
    deployed = begun_once(shared_folder / 'rich-on-azure', pulumi_cli, azure_organisations.rich)
    return deployed.copy(tmp_path / 'deployment')


@pytest.fixture
def federated_azure_deployment(shared_folder: Path, pulumi_cli: Path, tmp_path: Path) -> Deployment:
    """The tiny organisation on Azure with a workflow on GitHub, deployed, for one test alone."""
    deployed = begun_once(shared_folder / 'federated-on-azure', pulumi_cli, azure_organisations.with_workflows)
    return deployed.copy(tmp_path / 'deployment')


@pytest.fixture
def nothing_deployed(shared_folder: Path, pulumi_cli: Path, tmp_path: Path) -> Deployment:
    """An empty stack over a cloud that has what Lantern made by hand."""
    return begun_once(shared_folder / 'empty', pulumi_cli, None).copy(tmp_path / 'deployment')


def begun_once(folder: Path, pulumi: Path, plan: Callable[[], Plan] | None) -> Deployment:
    """The deployment in `folder`, made by whoever comes first."""
    done = folder.with_name(f'{folder.name}.done')
    with folder.with_name(f'{folder.name}.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            deployment = Deployment.begin(folder, pulumi, 'lantern')
            if plan is not None:
                outcome = deployment.up(plan())
                assert outcome.is_sound, outcome.errors or outcome.raised
            done.touch()
    return Deployment(folder, pulumi)

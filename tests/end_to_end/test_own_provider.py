"""The provider that this distribution brings along, beside the simulated cloud and local services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import small
from tests.services import LocalServices
from tests.simulated_cloud.surroundings import environment, services


@pytest.fixture
def running(nothing_deployed: Deployment) -> Iterator[LocalServices]:
    with services(nothing_deployed.cloud) as started:
        yield started


@pytest.fixture
def deployment(running: LocalServices, nothing_deployed: Deployment) -> Deployment:
    nothing_deployed.use_providers(own=True)
    nothing_deployed.more_environment = environment(running)
    return nothing_deployed


def test_one_deployment_fills_groups_and_makes_users_and_the_next_changes_nothing(
    running: LocalServices, deployment: Deployment
) -> None:
    outcome = deployment.up(small())
    assert outcome.errors == []
    assert outcome.is_sound
    assert 'bao@lantern.example.org' in running.world.members('alpha-analysis@groups.lantern.example.org')
    assert set(running.world.hail['gcp'].users) >= {'alpha-standard', 'alpha-full', 'beta-standard'}
    assert deployment.preview(small(), expect_no_changes=True).is_sound
    changed = deployment.up(small({'members': {'data-manager': ['ana'], 'analysis': ['chen']}}))
    assert changed.is_sound
    members = running.world.members('alpha-analysis@groups.lantern.example.org')
    assert {'chen@lantern.example.org', 'bao@lantern.example.org'} & members == {'chen@lantern.example.org'}
    assert changed.steps['update', 'alpha-gcp-analysis-group-members'] == 1

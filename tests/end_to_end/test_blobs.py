"""A text on Azure through the real engine: its content is in the service, and nowhere else in clear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.plan import Plan
from tests.end_to_end.harness import Deployment
from tests.engine.building import plan, resource
from tests.services import LocalServices
from tests.simulated_cloud.surroundings import environment, services

CONTENT = 'hush-hush\nann@example.org\n'
OTHER = 'hush-again\n'
DRIFTED = 'hush-drift\n'


@pytest.fixture
def running(nothing_deployed: Deployment) -> Iterator[LocalServices]:
    with services(nothing_deployed.cloud) as started:
        yield started


@pytest.fixture
def deployment(running: LocalServices, nothing_deployed: Deployment) -> Deployment:
    nothing_deployed.use_providers(own=True)
    nothing_deployed.more_environment = environment(running)
    return nothing_deployed


def one_blob(name: str = 'the-blob', content: str = CONTENT) -> Plan:
    """The program does not say that the content is secret."""
    place = {'account': 'harbour', 'container': 'cache', 'name': 'members.txt'}
    return plan(resource(name, {**place, 'content': content}, type='cpg:azure:Blob'))


def written(folder: Path) -> str:
    """Everything that the engine keeps: the state, its copies, the history."""
    return ''.join(path.read_text(encoding='utf-8') for path in (folder / 'state').rglob('*') if path.is_file())


def test_a_blob_lives_and_its_content_is_never_shown(running: LocalServices, deployment: Deployment) -> None:
    said: list[str] = []

    def blob() -> str:
        return str(running.world.azure.containers['harbour/cache']['members.txt']['content'])

    assert deployment.up(one_blob(), on_output=said.append).is_sound
    assert blob() == CONTENT
    assert deployment.preview(one_blob(), expect_no_changes=True).is_sound
    changed = deployment.up(one_blob(content=OTHER), on_output=said.append, diff=True)
    assert (blob(), dict(changed.steps)) == (OTHER, {('update', 'the-blob'): 1})
    running.world.azure.containers['harbour/cache']['members.txt']['content'] = DRIFTED
    assert deployment.refresh(on_output=said.append).is_sound
    repaired = deployment.up(one_blob(content=OTHER), on_output=said.append, diff=True)
    assert repaired.changed_keys == {'the-blob': {'content'}}
    renamed = deployment.up(one_blob('renamed', OTHER), on_output=said.append)
    assert renamed.is_sound
    assert blob() == OTHER, 'the end of the old name has not deleted what the new one wrote'
    assert deployment.destroy(on_output=said.append).is_sound
    assert running.world.azure.containers['harbour/cache'] == {}
    assert 'hush' not in '\n'.join(said)
    assert 'hush' not in written(deployment.folder)
    assert '[secret]' in '\n'.join(said)

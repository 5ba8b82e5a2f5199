"""The stand-in for the provider `cpg` keeps things of every type of ours, each under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.provider.schema import SCHEMA
from tests.simulated_cloud.building_azure import AzureCloud
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.kind import Made
from tests.simulated_cloud.stand_in_for_cpg import CATALOGUE
from tests.simulated_cloud.world import Refused, World

BLOB = {'account': 'smallalpha', 'container': 'cache', 'name': 'read all.txt', 'content': 'hush'}


@pytest.fixture
def world(azure: AzureCloud, tmp_path: Path) -> Iterator[World]:
    azure.account()
    azure.container('cache')
    azure.container('other')
    with Journal(tmp_path / 'cpg.jsonl').transaction() as transaction:
        yield World(transaction, folder=tmp_path)


def test_every_type_of_ours_has_a_stand_in() -> None:
    assert CATALOGUE.kinds.keys() == SCHEMA.keys()


def test_a_blob_has_an_address_and_is_known_by_its_whole_place(world: World) -> None:
    kind = CATALOGUE.kinds['cpg:azure:Blob']
    outputs = {'url': 'https://smallalpha.blob.core.windows.net/cache/read%20all.txt', 'etag': '"0x1"'}
    kind.create(world, {**BLOB, 'container': 'other'})
    made = kind.create(world, BLOB)
    assert made == Made('smallalpha/cache/read all.txt', BLOB, outputs)
    assert kind.read(world, made.id, {}) == made
    kind.delete(world, made.id, {})
    assert kind.read(world, made.id, {}) is None
    assert kind.read(world, 'smallalpha/other/read all.txt', {}) is not None
    assert kind.secrets == {'content'}
    assert kind.replaces == {'account', 'container', 'name'}


def test_a_blob_without_its_container_is_refused(world: World) -> None:
    with pytest.raises(Refused, match='smallalpha/nowhere: the specified container does not exist'):
        CATALOGUE.kinds['cpg:azure:Blob'].create(world, {**BLOB, 'container': 'nowhere'})


def test_a_user_of_hail_batch_on_azure_is_an_application_of_the_directory(azure: AzureCloud, world: World) -> None:
    kind = CATALOGUE.kinds['cpg:hail:User']
    given = {'username': 'alpha-standard', 'url': 'https://auth.example.org', 'cloud': 'azure'}
    identity = kind.create(world, given).outputs['identity']
    assert azure.ask('getApplication', objectId=identity)['displayName'] == 'alpha-standard'
    assert kind.create(world, given).outputs['identity'] == identity
    on_google = kind.create(world, {**given, 'cloud': 'gcp'}).outputs['identity']
    assert on_google == 'alpha-standard-a1b2@hail-batch.iam.gserviceaccount.com'

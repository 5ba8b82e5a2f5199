"""The stand-in for the provider `cpg` keeps things of every type of ours, each under its own name."""

from __future__ import annotations

from pathlib import Path

from cpg_infra.provider.schema import SCHEMA
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.kind import Made
from tests.simulated_cloud.stand_in_for_cpg import CATALOGUE
from tests.simulated_cloud.world import World

BLOB = {'account': 'harbour', 'container': 'cache', 'name': 'read all.txt', 'content': 'hush'}


def test_every_type_of_ours_has_a_stand_in() -> None:
    assert CATALOGUE.kinds.keys() == SCHEMA.keys()


def test_a_blob_has_an_address_and_is_known_by_its_whole_place(tmp_path: Path) -> None:
    kind = CATALOGUE.kinds['cpg:azure:Blob']
    outputs = {'url': 'https://harbour.blob.core.windows.net/cache/read%20all.txt', 'etag': '"0x1"'}
    with Journal(tmp_path / 'cpg.jsonl').transaction() as transaction:
        world = World(transaction)
        kind.create(world, {**BLOB, 'container': 'other'})
        made = kind.create(world, BLOB)
        assert made == Made('harbour/cache/read all.txt', BLOB, outputs)
        assert kind.read(world, made.id, {}) == made
        kind.delete(world, made.id, {})
        assert kind.read(world, made.id, {}) is None
        assert kind.read(world, 'harbour/other/read all.txt', {}) is not None
    assert kind.secrets == {'content'}
    assert kind.replaces == {'account', 'container', 'name'}

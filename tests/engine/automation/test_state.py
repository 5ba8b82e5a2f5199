"""The exported state, its copy for previews, and whether a stack can be left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpg_infra.config.names import Cloud
from cpg_infra.engine.automation.state import MISSING, State, read_state
from cpg_infra.engine.automation.unchanged import is_unchanged
from cpg_infra.engine.stacks import Shard
from cpg_infra.plan import Options, Owner, Plan, Ref, Resource, Value
from tests.engine.automation.building import BUCKET, kept, state, urn

SALT = {'type': 'passphrase', 'state': {'salt': 'v1:abc'}}
STACK = {'urn': 'urn:pulumi:prod::lantern::pulumi:pulumi:Stack::lantern-prod', 'type': 'pulumi:pulumi:Stack'}
PENDING = {'type': 'creating', 'resource': kept(BUCKET, 'new')}


def test_the_hash_is_that_of_the_resources_and_of_what_was_interrupted() -> None:
    one = state(kept(BUCKET, 'b'), manifest={'time': 'then'})
    assert one.hash == state(kept(BUCKET, 'b'), manifest={'time': 'now'}).hash
    assert one.hash != state(kept(BUCKET, 'b', protect=True)).hash
    assert one.hash != state(kept(BUCKET, 'b'), pending_operations=[PENDING]).hash
    assert State().hash == MISSING


def test_the_salt_of_the_secrets_is_handed_on() -> None:
    assert state(secrets_providers=SALT).secrets_settings == {'encryptionsalt': 'v1:abc'}
    assert state().secrets_settings == {}


def test_a_copy_protects_nothing_and_has_nothing_pending(tmp_path: Path) -> None:
    original = state(kept(BUCKET, 'b', protect=True), pending_operations=[PENDING], secrets_providers=SALT)
    original.write_copy(tmp_path, 'lantern', 'prod')
    copied = read_state(tmp_path, 'lantern', 'prod')
    assert copied is not None
    assert copied.protected == frozenset()
    assert copied.pending == ()
    assert copied.secrets_settings == original.secrets_settings
    assert original.protected == {urn(BUCKET, 'b')}


def test_only_a_layout_that_is_known_is_read_without_the_engine(tmp_path: Path) -> None:
    assert read_state(tmp_path / 'none', 'lantern', 'prod') is None
    assert read_state(tmp_path, 'lantern', 'prod') == State()
    state().write_copy(tmp_path, 'lantern', 'prod')
    assert read_state(tmp_path, 'lantern', 'other') == State()
    file = tmp_path / '.pulumi' / 'stacks' / 'lantern' / 'prod.json'
    for text in ('{"version": 3, "check', '{"version": 9}'):
        file.write_text(text, encoding='utf-8')
        assert read_state(tmp_path, 'lantern', 'prod') is None
    file.with_suffix('.json.gz').touch()
    assert read_state(tmp_path, 'lantern', 'prod') is None
    (tmp_path / '.pulumi' / 'meta.yaml').write_text('version: 9\n', encoding='utf-8')
    assert read_state(tmp_path, 'lantern', 'other') is None


# Whether a stack can be left alone --------------------------------------------------------------------------

NAME: dict[str, Value] = {
    'name': 'lantern-b',
    'labels': {'a': 'b'},
    'rules': [{'age': 8}],
    'of': Ref('other', 'number'),
}
KEPT = {'name': 'lantern-b', 'labels': {'a': 'b', '__defaults': []}, 'rules': [{'age': 8.0}], 'of': '7', 'extra': 1}


def shard(**options: Any) -> Shard:
    owner = Owner('alpha', Cloud.GCP, 'storage')
    resource = Resource('b', BUCKET, 'lantern-b', NAME, owner, (), options=Options(**options))
    return Shard('all', Plan((resource,), (), (), (), (), (), ()))


def deployed(inputs: dict[str, Any] = KEPT, *more: dict[str, Any], told: str = 'f', **how: Any) -> State:
    stack = {**STACK, 'outputs': {'fingerprint': told}}
    return state(stack, kept(BUCKET, 'b', inputs=inputs, protect=True), *more, **how)


def test_a_stack_that_was_told_the_same_and_agrees_is_left_alone() -> None:
    assert is_unchanged(shard(protect=True), 'f', deployed())


@pytest.mark.parametrize(
    'there',
    [
        deployed(told='g'),
        deployed({**KEPT, 'labels': {'a': 'by hand'}}),
        deployed({**KEPT, 'rules': []}),
        deployed(KEPT, kept(BUCKET, 'left')),
        deployed(pending_operations=[PENDING]),
        deployed(KEPT, kept(BUCKET, 'b', delete=True)),
        State(),
    ],
    ids=['told otherwise', 'drift', 'drift in a list', 'one too many', 'interrupted', 'to be deleted', 'no stack'],
)
def test_a_stack_that_differs_in_anything_is_run(there: State) -> None:
    assert not is_unchanged(shard(protect=True), 'f', there)


def test_a_protection_that_somebody_took_away_is_put_back() -> None:
    assert not is_unchanged(shard(protect=False), 'f', deployed())

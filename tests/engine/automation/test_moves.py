"""Whom lists keep until everybody has come."""

from __future__ import annotations

from typing import Any

from cpg_infra.engine.automation.moves import Moves, with_staying
from cpg_infra.engine.stacks import Shard
from cpg_infra.plan import Owner, Plan, Ref, Resource
from tests.engine.automation.building import BINDING, BUCKET, MEMBERS, step, urn

ANA, BAO = 'ana@example.org', 'bao@example.org'


def group(name: str, *members: str) -> dict[str, Any]:
    return {'group': f'{name}@groups.example.org', 'members': list(members)}


def test_whoever_moves_from_one_list_to_another_stays_in_the_first_for_now() -> None:
    steps = [
        step('update', MEMBERS, 'a', group('a', ANA, BAO), group('a', BAO)),
        step('update', MEMBERS, 'b', group('b'), group('b', ANA)),
    ]
    assert Moves.of(steps).kept == {urn(MEMBERS, 'a'): (ANA,)}


def test_two_who_change_places_both_stay() -> None:
    steps = [
        step('update', MEMBERS, 'a', group('a', ANA), group('a', BAO)),
        step('update', MEMBERS, 'b', group('b', BAO), group('b', ANA)),
    ]
    assert Moves.of(steps).kept == {urn(MEMBERS, 'a'): (ANA,), urn(MEMBERS, 'b'): (BAO,)}


def test_a_list_lets_go_when_those_whom_it_keeps_have_come_wherever_that_is() -> None:
    moves = Moves.of(
        [
            step('update', MEMBERS, 'a', group('a', ANA, BAO), group('a')),
            step('update', MEMBERS, 'b', group('b'), group('b', ANA)),
            step('create', MEMBERS, 'c', None, group('c', ANA)),
            step('create', MEMBERS, 'd', None, group('d', 'chen@example.org')),
        ]
    )
    assert moves.staying({urn(MEMBERS, 'a')}) == {'a': (ANA,)}
    assert moves.awaited({urn(MEMBERS, 'a')}) == {urn(MEMBERS, 'b'), urn(MEMBERS, 'c')}
    assert moves.awaited({urn(MEMBERS, 'b')}) == frozenset()


def test_whoever_only_goes_goes_at_once_and_whoever_only_comes_too() -> None:
    steps = [
        step('update', MEMBERS, 'a', group('a', ANA), group('a')),
        step('update', MEMBERS, 'b', group('b'), group('b', BAO)),
        step('update', BUCKET, 'c', {'name': 'c'}, {'name': 'c', 'location': 'x'}),
    ]
    assert Moves.of(steps).kept == {}


def test_a_role_on_a_bucket_and_a_place_in_a_group_are_both_ways_in() -> None:
    role = {'bucket': 'b', 'role': 'roles/read'}
    steps = [
        step('update', BINDING, 'g', {**role, 'members': [f'user:{ANA}']}, {**role, 'members': []}),
        step('create', MEMBERS, 'a', None, group('a', ANA)),
    ]
    assert Moves.of(steps).kept == {urn(BINDING, 'g'): (f'user:{ANA}',)}


def test_a_list_that_is_withdrawn_removes_nobody() -> None:
    steps = [
        step('update', MEMBERS, 'a', group('a', ANA), {'group': 'a@groups.example.org'}),
        step('update', MEMBERS, 'b', group('b'), group('b', ANA)),
    ]
    assert Moves.of(steps).kept == {}


def test_the_first_pass_deploys_the_list_with_those_who_stay() -> None:
    unknown = Ref('user', 'identity')
    resources = tuple(
        Resource(name, MEMBERS, name, {'members': (unknown, BAO)}, Owner('', None, 'groups'), ()) for name in 'ab'
    )
    first = with_staying(Shard('all', Plan(resources, (), (), (), (), (), ())), {'a': (ANA,)})
    assert [each.inputs['members'] for each in first.plan.resources] == [(unknown, BAO, ANA), (unknown, BAO)]

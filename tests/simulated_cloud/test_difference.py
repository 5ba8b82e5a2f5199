"""What counts as a change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulated_cloud.difference import differences
from tests.simulated_cloud.wire import UNKNOWN


def said(outputs: dict[str, Any], old: dict[str, Any], new: dict[str, Any], *unordered: str) -> list[str]:
    return [f'{each.change} {each.path}' for each in differences(outputs, old, new, unordered)]


@pytest.mark.parametrize(
    ('old', 'new', 'expected'),
    [
        ({'a': 1}, {'a': 1}, []),
        ({'a': 1}, {'a': 2}, ['UPDATE a']),
        ({'a': 1}, {}, ['DELETE a']),
        ({}, {'a': 1}, ['ADD a']),
        ({}, {'a': False, 'b': [], 'c': '', 'd': {}}, []),
        ({'a': {'b': [{'c': 1}]}}, {'a': {'b': [{'c': 2}]}}, ['UPDATE a.b[0].c']),
        ({'a': [1, 2]}, {'a': [2, 1]}, ['UPDATE a[0]', 'UPDATE a[1]']),
        ({'a': 'x'}, {'a': UNKNOWN}, ['UPDATE a']),
    ],
)
def test_a_change_is_named_by_its_path(old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
    assert said(old, old, new) == expected


def test_the_order_of_members_says_nothing() -> None:
    assert said({'m': ['a', 'b']}, {'m': ['a', 'b']}, {'m': ['b', 'a']}, 'm') == []
    assert said({'m': ['a', 'b']}, {'m': ['a', 'b']}, {'m': ['b', 'c']}, 'm') == ['DELETE m[0]', 'ADD m[1]']


def test_what_the_cloud_added_is_no_change_and_what_it_changed_is_one() -> None:
    assert said({'a': 1, 'etag': 'x'}, {'a': 1}, {'a': 1}) == []
    assert said({'a': 2}, {'a': 1}, {'a': 1}) == ['UPDATE a']


def test_to_a_provider_that_is_not_built_on_terraform_false_and_absent_are_two_things() -> None:
    found = differences({}, {'a': False}, {'b': False, 'c': None}, exact=True)
    assert [f'{each.change} {each.path}' for each in found] == ['DELETE a', 'ADD b']

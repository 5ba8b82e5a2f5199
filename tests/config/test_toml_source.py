from __future__ import annotations

import time

import pytest

from cpg_infra.config.text import Refused
from cpg_infra.config.toml_source import read_toml


def refusal(text: str) -> str:
    with pytest.raises(Refused) as caught:
        read_toml('f.toml', text)
    return str(caught.value)


def test_values_are_those_of_toml() -> None:
    assert read_toml('f.toml', 'a = 1_000\nb.c = "x"\n[d]\ne = [true]\n').value == {
        'a': 1000,
        'b': {'c': 'x'},
        'd': {'e': [True]},
    }


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('# x\n', 'f.toml:1:1: the file holds nothing but comments'),
        ('a = 1\nb = \n', 'f.toml:2:5: not TOML: invalid value'),
        ('a = "é', 'f.toml:1:7: not TOML: unterminated string'),
        ('a = [1', 'f.toml:1:7: not TOML: unclosed array'),
        ('a = 1\na = 2\n', "f.toml:2:1: key 'a' stands here again; it is first at f.toml:1:1 (keep one of the two)"),
        (
            '[a]\nb = 1\n[c]\n[a]\n',
            "f.toml:4:2: key 'a' stands here again; it is first at f.toml:1:2 (keep one of the two)",
        ),
        (
            'é.b = 1\né.b = 2\n',
            'f.toml:1:1: not TOML: invalid statement',
        ),
        (
            '"é".b = 1\n"é".b = 2\n',
            "f.toml:2:5: key 'b' stands here again; it is first at f.toml:1:5 (keep one of the two)",
        ),
        ('a = {b = 1, b = 2}\n', "f.toml:1:13: key 'b' stands here again; it is first at f.toml:1:6 (keep one of the two)"),
        ('a = ' + '9' * 5000, 'f.toml:1:5: a number of thousands of digits'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    'text',
    [
        'a = ' + '[' * 100_000,
        'a = ' + '[' * 100 + ']' * 100,
        'a.' * 100_000 + 'a = 1',
        '[' + '"a".' * 100_000 + 'a]',
        'a = {' + 'a . ' * 100_000 + 'a = 1}',
    ],
    ids=['open brackets', 'brackets', 'long key', 'long header', 'long inline key'],
)
def test_bombs_are_refused_soon(text: str) -> None:
    start = time.perf_counter()
    assert refusal(text).endswith(': more than 64 levels of nesting')
    assert time.perf_counter() - start < 3


TEXT = """\
domain = "x"
hail.gcp."odd key" = [1, "zwei", {id = "drei", x = 4}]
[users.ana]
id = 'ana'
[[groups]]
name = "first"
[[groups]]
# a comment
name = "secönd"
members = ["ana"] # another
[groups.inner]
x = 1
"""


@pytest.mark.parametrize(
    ('steps', 'expected'),
    [
        ((), 'f.toml:1:1'),
        (('domain',), 'f.toml:1:10'),
        (('hail', 'gcp'), 'f.toml:2:6'),
        (('hail', 'gcp', 'odd key'), 'f.toml:2:22'),
        (('hail', 'gcp', 'odd key', 1), 'f.toml:2:26'),
        (('hail', 'gcp', 'odd key', 'zwei'), 'f.toml:2:26'),
        (('hail', 'gcp', 'odd key', 'drei', 'x'), 'f.toml:2:52'),
        (('users', 'ana', 'id'), 'f.toml:4:6'),
        (('users', 'ana', 'nothing'), 'f.toml:3:8'),
        (('groups', 0, 'name'), 'f.toml:6:8'),
        (('groups', 'secönd', 'members', 'ana'), 'f.toml:10:12'),
        (('groups', 1, 'inner', 'x'), 'f.toml:12:5'),
    ],
)
def test_places_are_found_by_key_index_value_id_and_name(steps: tuple[str | int, ...], expected: str) -> None:
    assert str(read_toml('f.toml', TEXT).locate(steps)) == expected


def test_the_place_of_a_key_is_known_too() -> None:
    assert str(read_toml('f.toml', TEXT).locate(('users', 'ana', 'id'), key=True)) == 'f.toml:4:1'
    assert str(read_toml('f.toml', TEXT).locate(('users', 'ana'), key=True)) == 'f.toml:3:8'

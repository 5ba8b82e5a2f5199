from __future__ import annotations

import time

import pytest

from cpg_infra.config.diagnostics import Path
from cpg_infra.config.text import Refused
from cpg_infra.config.yaml_source import read_yaml


def value(text: str) -> object:
    return read_yaml('f.yaml', text).value


def refusal(text: str) -> str:
    with pytest.raises(Refused) as caught:
        read_yaml('f.yaml', text)
    return str(caught.value)


def place(text: str, *steps: str | int, key: bool = False) -> str:
    path: Path = steps
    return str(read_yaml('f.yaml', text).locate(path, key=key))


def test_plain_scalars_are_resolved_and_quoted_ones_are_text() -> None:
    assert value('- NO\n- "12"\n- 12\n- \'true\'\n- true\n- |\n block\n') == ['NO', '12', 12, 'true', True, 'block\n']


def test_keys_are_text_as_written() -> None:
    assert value('{on: 1, 012: 2, null: 3, "a b": 4}') == {'on': 1, '012': 2, 'null': 3, 'a b': 4}


def test_a_duplicate_key_is_told_with_both_places_and_the_first_value_kept() -> None:
    document = read_yaml('f.yaml', 'a: 1\nb: {c: 1, c: 2}\na: 2\n')
    assert document.value == {'a': 1, 'b': {'c': 1}}
    assert [str(fault) for fault in document.faults] == [
        "f.yaml:2:11: key 'c' stands here again; it is first at f.yaml:2:5 (keep one of the two)",
        "f.yaml:3:1: key 'a' stands here again; it is first at f.yaml:1:1 (keep one of the two)",
    ]


def test_aliases_stand_for_their_anchor() -> None:
    assert value('a: &x [1, 2]\nb: *x\n') == {'a': [1, 2], 'b': [1, 2]}


def test_a_written_key_wins_over_a_merged_one_and_earlier_merges_over_later() -> None:
    text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\nd: {<<: *b}\n'
    assert value(text) == {
        'a': {'x': 1, 'y': 1},
        'b': {'y': 2, 'z': 2},
        'c': {'x': 0, 'y': 1, 'z': 2},
        'd': {'y': 2, 'z': 2},
    }


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a:\n\tb: 1\n', 'f.yaml:2:1: a tab character (use spaces, or "\\t" in quotes)'),
        ('a: 1\n---\nb: 1\n', 'f.yaml:2:1: not YAML: more than one document in the file'),
        ('# nobody\n', 'f.yaml:1:1: the file holds nothing but comments'),
        ('a: !new x\n', 'f.yaml:1:4: the tag !new is not supported here'),
        ('a: !!binary x\n', 'f.yaml:1:4: the tag !!binary is not supported here'),
        ('a: !!set {x}\n', 'f.yaml:1:4: the tag !!set is not supported here'),
        ('!!int a: 1\n', 'f.yaml:1:1: the tag !!int is not supported here'),
        ('? [a]\n: 1\n', 'f.yaml:1:3: a key must be text'),
        ('a: *x\n', 'f.yaml:1:4: not YAML: found undefined alias'),
        ('a: &x {<<: *x}\n', 'f.yaml:1:4: an anchor that contains an alias of itself'),
        ('a: {<<: 1}\n', 'f.yaml:1:9: << takes a mapping, or a list of mappings'),
        ('a: [1\nb: 2\n', "f.yaml:2:2: not YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('[' * 100_000, 'f.yaml:1:65: more than 64 levels of nesting'),
        ('- ' * 100_000, 'f.yaml:1:129: more than 64 levels of nesting'),
        ('\n'.join(' ' * level + 'a:' for level in range(2000)), 'f.yaml:65:65: more than 64 levels of nesting'),
        ('[' * 70 + ']' * 70, 'f.yaml:1:65: more than 64 levels of nesting'),
        (
            'a0: &a0 [x]\n' + ''.join(f'a{n}: &a{n} [{", ".join([f"*a{n - 1}"] * 9)}]\n' for n in range(1, 30)),
            'f.yaml:1:1: aliases stand for more than 100,000 values',
        ),
        (
            'a0: &a0 [x]\n' + ''.join(f'a{n}: &a{n} [*a{n - 1}]\n' for n in range(1, 3000)),
            'f.yaml:1:1: aliases make more than 64 levels of nesting',
        ),
    ],
    ids=['brackets', 'dashes', 'indentation', 'few brackets', 'laughs', 'chain'],
)
def test_bombs_are_refused_soon(text: str, message: str) -> None:
    start = time.perf_counter()
    assert refusal(text) == message
    assert time.perf_counter() - start < 2


def test_thousands_of_aliases_of_something_small_are_read() -> None:
    read = value('a: &a [1]\nb: [' + ', '.join(['*a'] * 5000) + ']')
    assert isinstance(read, dict)
    assert len(read['b']) == 5000


TEXT = """\
alpha:
  depends_on: [beta, gamma]
  members:
    analysis:
      - ana
      - {id: bao, reason: x}
      - {name: chen}
  base: &base {deep: 1}
  other:
    <<: *base
"""


@pytest.mark.parametrize(
    ('steps', 'expected'),
    [
        ((), 'f.yaml:1:1'),
        (('alpha',), 'f.yaml:2:3'),
        (('alpha', 'depends_on'), 'f.yaml:2:15'),
        (('alpha', 'depends_on', 1), 'f.yaml:2:22'),
        (('alpha', 'depends_on', 'gamma'), 'f.yaml:2:22'),
        (('alpha', 'members', 'analysis', 'ana'), 'f.yaml:5:9'),
        (('alpha', 'members', 'analysis', 'bao', 'reason'), 'f.yaml:6:27'),
        (('alpha', 'members', 'analysis', 'chen'), 'f.yaml:7:9'),
        (('alpha', 'other', 'deep'), 'f.yaml:8:22'),
        (('alpha', 'members', 'nobody', 0), 'f.yaml:3:3'),
        (('alpha', 'depends_on', 7), 'f.yaml:2:3'),
    ],
)
def test_places_are_found_by_key_index_value_id_and_name(steps: tuple[str | int, ...], expected: str) -> None:
    assert place(TEXT, *steps) == expected


def test_the_place_of_a_key_is_known_too() -> None:
    assert place(TEXT, 'alpha', 'depends_on', key=True) == 'f.yaml:2:3'
    assert place(TEXT, 'alpha', 'depends_on', 0, key=True) == 'f.yaml:2:16'

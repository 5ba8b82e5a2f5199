"""The file of a cloud, between processes that come and go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulated_cloud.journal import Journal, births


def test_what_one_process_writes_another_sees_in_its_next_call(tmp_path: Path) -> None:
    one, other = Journal(tmp_path / 'cloud'), Journal(tmp_path / 'cloud')
    with one.transaction() as transaction:
        transaction.put('bucket a', {'size': 1})
        transaction.put('bucket b', {'size': 2})
    with other.transaction() as transaction:
        transaction.remove('bucket a')
    assert one.things() == other.things() == {'bucket b': {'size': 2}}


def test_a_call_that_fails_changes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / 'cloud')

    def fail() -> None:
        with journal.transaction() as transaction:
            transaction.put('bucket a', {})
            raise RuntimeError('in the middle')

    with pytest.raises(RuntimeError, match='in the middle'):
        fail()
    assert journal.things() == {}


def test_a_line_that_a_killed_process_left_unfinished_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / 'cloud'
    file.write_text('{"key":"bucket a","value":{}}\n{"key":"bucket b","val', encoding='utf-8')
    journal = Journal(file)
    with journal.transaction() as transaction:
        transaction.put('bucket c', {})
    assert Journal(file).things() == {'bucket a': {}, 'bucket c': {}}


def test_the_history_tells_how_often_a_thing_came_to_be(tmp_path: Path) -> None:
    journal = Journal(tmp_path / 'cloud.jsonl')
    for value in ({'a': 1}, {'a': 2}, None, {'a': 3}):
        with journal.transaction() as transaction:
            if value is None:
                transaction.remove('bucket one')
            else:
                transaction.put('bucket one', value)
    with journal.transaction() as transaction:
        transaction.put('bucket two', {})
    assert births(journal.path) == {'bucket one': 2, 'bucket two': 1}

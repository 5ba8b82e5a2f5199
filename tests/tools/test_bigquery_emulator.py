"""Where the BigQuery emulator for tests comes from, and how many tests are skipped for want of things."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import needing

SET_UP = Path(__file__).resolve().parents[2] / 'tools' / 'bigquery-emulator' / 'set_up.py'


def set_up(*arguments: str, cache: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SET_UP, *arguments],
        env={**os.environ, 'XDG_CACHE_HOME': str(cache), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def place(cache: Path) -> Path:
    """Where the emulator of these requirements is kept."""
    ended = subprocess.run(
        [sys.executable, '-c', 'import set_up; print(set_up.cached())'],
        cwd=SET_UP.parent,
        env={**os.environ, 'XDG_CACHE_HOME': str(cache), 'PYTHONDONTWRITEBYTECODE': '1'},
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(ended.stdout.strip())


def test_the_one_that_was_set_up_before_is_found(tmp_path: Path) -> None:
    folder = place(tmp_path)
    folder.mkdir(parents=True)
    (folder / 'ready').touch()
    assert set_up(cache=tmp_path).stdout == f'{folder}\n'


def test_one_that_is_not_finished_is_none_and_looking_only_makes_nothing(tmp_path: Path) -> None:
    folder = place(tmp_path)
    folder.mkdir(parents=True)
    ended = set_up('--no-build', cache=tmp_path)
    assert (ended.returncode, ended.stdout) == (3, '')
    assert ended.stderr == 'no BigQuery emulator was set up before (tools/bigquery-emulator/set_up.py)\n'
    assert [*folder.iterdir()] == []


def test_where_packages_cannot_be_had_the_reason_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    nothing = {'PIP_NO_INDEX': '1', 'PIP_FIND_LINKS': str(tmp_path), 'PIP_CONFIG_FILE': os.devnull}
    ended = set_up(cache=tmp_path, **nothing)
    assert (ended.returncode, ended.stdout) == (3, '')
    assert 'the BigQuery emulator cannot be had here: ERROR: ' in ended.stderr
    assert not place(tmp_path).exists()


def test_a_test_is_skipped_once_however_many_things_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needing, 'LACKING', {'browser': lambda: True, 'cli': lambda: True, 'here': lambda: False})
    items = [
        SimpleNamespace(nodeid=name, fixturenames=fixtures)
        for name, fixtures in {'a': ['browser', 'cli'], 'b': ['cli'], 'c': ['here'], 'd': []}.items()
    ]
    config: Any = SimpleNamespace(stash=pytest.Stash())
    needing.pytest_collection_finish(SimpleNamespace(items=items, config=config))  # type: ignore[arg-type]  # as much of pytest as it asks
    assert needing.skips_for_want_of_something(config) == 2


def test_what_workers_have_collected_is_counted_by_their_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needing, 'LACKING', {'cli': lambda: True})
    config: Any = SimpleNamespace(stash=pytest.Stash())
    for _ in range(2):
        needing.pytest_testnodedown(
            SimpleNamespace(config=config, workeroutput={'needing': {'cli': ['a', 'b']}}), error=None
        )
    assert needing.skips_for_want_of_something(config) == 2

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.running import BETTA, BETTA_FAULT, DATE, FOLDER, configuration, run
from tests.cli.small import FILES


def test_a_sound_configuration_is_summed_up_in_one_line() -> None:
    configuration()
    assert run('validate', FOLDER, '--date', DATE) == (0, '3 datasets, 2 users: no faults\n', '')


def test_the_current_folder_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(configuration())
    assert run('validate').out == '3 datasets, 2 users: no faults\n'


def test_a_fault_has_its_place_and_a_near_name_and_is_counted() -> None:
    configuration({'production.yaml': BETTA})
    assert run('validate', FOLDER) == (1, f'{FOLDER}/{BETTA_FAULT}\n1 fault\n', '')


def test_places_open_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = configuration({'production.yaml': BETTA}).resolve()
    assert run('validate', f'{FOLDER}/').out.startswith(f'{FOLDER}/production.yaml:8:7: ')
    assert run('validate', str(folder)).out.startswith(f'{folder}/production.yaml:8:7: ')
    monkeypatch.chdir(folder)
    assert run('validate', '.').out.startswith('production.yaml:8:7: ')
    (folder / 'alpha/deeper').mkdir()
    monkeypatch.chdir(folder / 'alpha/deeper')
    assert run('validate', '../..').out.startswith('../../production.yaml:8:7: ')


def test_every_fault_of_a_run_is_there_in_the_order_of_files_and_lines() -> None:
    configuration({'production.yaml': BETTA, 'alpha/members.yaml': 'analysis: [nobody]\nanalysts: [ana]\n'})
    status, out, err = run('validate', FOLDER)
    *faults, count = out.splitlines()
    assert (status, err, count) == (1, '', '3 faults')
    assert [fault.split(': ')[0] for fault in faults] == [
        f'{FOLDER}/alpha/members.yaml:1:12',
        f'{FOLDER}/alpha/members.yaml:2:1',
        f'{FOLDER}/production.yaml:8:7',
    ]


def test_warnings_and_remarks_are_shown_and_do_not_fail() -> None:
    configuration(FILES)
    status, out, _ = run('validate', FOLDER, '--date', DATE)
    *remarks, summary = out.splitlines()
    assert status == 0
    assert summary == '3 datasets, 2 users: no faults, 1 warning, 2 remarks'
    assert remarks[0] == (
        f'{FOLDER}/alpha/members.yaml:8:5: warning: alpha.members.analysis.ana: '
        'the membership of ana in analysis ended on 2026-01-31; remove the entry'
    )


def test_nothing_is_said_twice_though_files_and_plan_both_remark_on_it() -> None:
    configuration(FILES)
    lines = run('validate', FOLDER, '--date', DATE).out.splitlines()
    assert len(lines) == len(set(lines)) == 4


def test_the_date_decides_what_has_ended() -> None:
    configuration(FILES)
    assert 'ended' not in run('validate', FOLDER, '--date', '2026-01-31').out
    assert 'ended' in run('validate', FOLDER, '--date', '2026-02-01').out


def test_what_the_plan_refuses_is_refused_here_too() -> None:
    long = 'a' * 60
    production = f'{FILES["production.yaml"]}{long}:\n  gcp: {{project: lantern-{long}}}\n'
    configuration({**FILES, 'production.yaml': production, f'{long}/budgets.yaml': 'gcp: {monthly_budget: 1}\n'})
    validated, planned = run('validate', FOLDER, '--date', DATE), run('plan', FOLDER, '--date', DATE)
    assert (validated.status, planned.status) == (1, 1)
    assert (planned.out, planned.err) == ('', validated.out)
    assert f'{FOLDER}/production.yaml:' in validated.out


def test_quiet_says_nothing_of_a_sound_configuration_and_faults_only_of_another() -> None:
    configuration(FILES)
    assert run('validate', FOLDER, '--quiet', '--date', DATE) == (0, '', '')
    configuration({**FILES, 'production.yaml': FILES['production.yaml'].replace('[beta]', '[betta]')})  # type: ignore[union-attr]  # it is there
    status, out, _ = run('validate', FOLDER, '--quiet', '--date', DATE)
    assert status == 1
    assert out.count('\n') == 1
    assert "no dataset 'betta'" in out


def test_a_control_character_of_a_file_never_reaches_the_terminal() -> None:
    configuration({'production.yaml': '"al\\e[31mpha": {nope: 1}\n'})
    out = run('validate', FOLDER).out
    assert '\x1b' not in out
    assert r'\x1b[31m' in out


def test_a_folder_that_cannot_be_read_is_named_once(current_folder: Path) -> None:
    configuration()
    inner = current_folder / FOLDER / 'alpha'
    inner.chmod(0)
    try:
        if os.access(inner, os.R_OK):
            # The superuser reads everything: there is nothing to refuse.
            return
        assert f'{FOLDER}/alpha: cannot read the folder: permission denied\n' in run('validate', FOLDER).out
    finally:
        inner.chmod(0o755)

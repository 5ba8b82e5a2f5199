from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from cpg_infra.cli import writing
from tests.cli.running import BETTA, DATE, FOLDER, PROGRAM, ROOT, configuration, plan, program, run


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `$cpg_infra` is the program; the last line out is the status of each part."""
    command = f'cpg_infra={shlex.quote(shlex.join(PROGRAM))}; cpg_infra() {{ eval "$cpg_infra" \'"$@"\'; }}; {line}'
    return subprocess.run(
        ['bash', '-c', command],
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_out_holds_what_would_be_printed_and_says_so_beside_it() -> None:
    configuration()
    printed = plan()
    status, out, err = plan('--out', 'plan.txt')
    assert (status, out) == (0, '')
    assert Path('plan.txt').read_text(encoding='utf-8') == printed.out
    resources = printed.out.splitlines()[1].partition(',')[0]
    assert err == f'plan.txt: the plan of {resources}\n'


def test_a_dash_is_standard_output() -> None:
    configuration()
    assert plan('--out', '-').out == plan().out
    assert not Path('-').exists()


def test_faults_leave_the_old_file_as_it_is() -> None:
    configuration({'production.yaml': BETTA})
    Path('plan.txt').write_text('old', encoding='utf-8')
    assert plan('--out', 'plan.txt').status == 1
    assert Path('plan.txt').read_text(encoding='utf-8') == 'old'
    assert sorted(path.name for path in Path().iterdir()) == [FOLDER, 'plan.txt']


def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, 'No space left on device')

    configuration()
    Path('plan.txt').write_text('old', encoding='utf-8')
    monkeypatch.setattr(os, 'fsync', full)
    assert plan('--out', 'plan.txt') == (1, '', 'plan.txt: no space left on device\n')
    assert Path('plan.txt').read_text(encoding='utf-8') == 'old'
    assert sorted(path.name for path in Path().iterdir()) == [FOLDER, 'plan.txt']


def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own() -> None:
    mask = os.umask(0o027)
    try:
        writing.write_file('new', 'text')
        Path('old').touch()
        Path('old').chmod(0o604)
        writing.write_file('old', 'text')
    finally:
        os.umask(mask)
    assert [stat.S_IMODE(Path(name).stat().st_mode) for name in ('new', 'old')] == [0o640, 0o604]


def test_a_link_keeps_pointing_where_it_does() -> None:
    Path('target').write_text('old', encoding='utf-8')
    Path('link').symlink_to('target')
    writing.write_file('link', 'new')
    assert Path('link').is_symlink()
    assert Path('target').read_text(encoding='utf-8') == 'new'


def test_a_device_is_written_to_and_not_replaced() -> None:
    writing.write_file(os.devnull, 'text')
    assert Path(os.devnull).is_char_device()


def test_a_reader_that_stops_early_changes_nothing_about_the_verdict() -> None:
    configuration()
    configuration({'production.yaml': BETTA}, 'faulty')
    ran = shell(
        f'cpg_infra plan {FOLDER} --date {DATE} -v | head -n 1; echo "${{PIPESTATUS[0]}}"; '
        f'cpg_infra plan {FOLDER} --format json | head -c 0; echo "${{PIPESTATUS[0]}}"; '
        'cpg_infra validate faulty | true; echo "${PIPESTATUS[0]}"'
    )
    first, *statuses = ran.stdout.splitlines()
    assert first.startswith('example.org  3 datasets on gcp')
    assert statuses == ['0', '0', '1']
    assert not ran.stderr


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='the system has no /dev/full')
@pytest.mark.parametrize('command', ['--version', '--help', 'schema users', f'plan {FOLDER}', f'validate {FOLDER}'])
def test_an_output_that_cannot_be_written_is_one_sentence(command: str) -> None:
    configuration()
    ran = shell(f'cpg_infra {command} > /dev/full')
    assert (ran.returncode, ran.stderr) == (1, 'cpg-infra: cannot write: no space left on device\n')


def test_an_output_that_is_closed_is_no_fault() -> None:
    configuration()
    ran = shell(f'cpg_infra plan {FOLDER} >&-')
    assert (ran.returncode, ran.stderr) == (0, '')


def test_an_output_that_knows_few_characters_gets_them_written_out() -> None:
    configuration()
    ran = program('plan', FOLDER, '--date', DATE, PYTHONIOENCODING='ascii')
    assert ran.returncode == 0
    assert r'read: main-read \xb7 read and add: main-create' in ran.stdout


def test_the_same_bytes_come_from_every_process() -> None:
    configuration()
    for options in ((), ('--format', 'json'), ('--verbose',)):
        runs = [program('plan', FOLDER, '--date', DATE, *options, PYTHONHASHSEED=seed) for seed in ('1', '2')]
        assert runs[0].stdout == runs[1].stdout == plan(*options).out
        assert runs[0].returncode == 0


def test_a_piped_plan_is_plain() -> None:
    configuration()
    out = program('plan', FOLDER, '--date', DATE, FORCE_COLOR='1', COLORTERM='truecolor').stdout
    assert '\x1b' not in out
    assert not any('\u2500' <= character <= '\u257f' for character in out)
    assert all(line == line.rstrip() for line in out.splitlines())


def test_schema_of_each_kind_is_json_of_that_kind() -> None:
    import json

    from cpg_infra.cli.commands.schema import Kind
    from cpg_infra.config.schema import KINDS, schema

    assert tuple(Kind) == KINDS
    for kind in KINDS:
        assert json.loads(run('schema', kind).out) == schema(kind)
    assert json.loads(run('schema').out) == {kind: schema(kind) for kind in KINDS}
    assert run('schema', 'nope').status == 2

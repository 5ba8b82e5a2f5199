"""Whatever is given, what comes out is a sentence and a status, never a traceback, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cpg_infra.cli import failures
from tests.cli.running import BETTA, BETTA_FAULT, DATE, FOLDER, configuration, plan, program, run
from tests.config.building import CPG_TOML

BINARY = b'\x7fELF\x02\x01\x00\xff'


def _missing() -> None:
    pass


def _file() -> None:
    Path(FOLDER).write_text('not a folder', encoding='utf-8')


def _empty() -> None:
    Path(FOLDER).mkdir()


def _files(**changes: str | bytes) -> Callable[[], None]:
    named = {name.replace('_', '.'): content for name, content in changes.items()}
    return lambda: (configuration(named), None)[1]


FAULTY: dict[str, tuple[Callable[[], None], str]] = {
    'missing folder': (_missing, f'{FOLDER}: cannot read the folder: no such file or directory'),
    'file instead of folder': (_file, f'{FOLDER}: cannot read the folder: not a directory'),
    'empty folder': (_empty, f'{FOLDER}/cpg.toml: there is no file with the organisation'),
    'empty file': (_files(production_yaml=''), f'{FOLDER}/production.yaml:1:1: the file is empty'),
    'binary file': (_files(production_yaml=BINARY), f'{FOLDER}/production.yaml:1:8: the file is binary'),
    'wrong YAML': (_files(production_yaml='a: [1\nb: }'), f'{FOLDER}/production.yaml:2:'),
    'wrong TOML': (_files(cpg_toml='domain = \n'), f'{FOLDER}/cpg.toml:1:'),
    'wrong types': (_files(production_yaml='alpha: 3\n'), f'{FOLDER}/production.yaml:1:1: alpha: '),
    'unknown reference': (_files(production_yaml=BETTA), f'{FOLDER}/{BETTA_FAULT}'),
}


@pytest.mark.parametrize('arguments', [('validate',), ('plan',), ('plan', '--format', 'json'), ('plan', '--out', 'o')])
@pytest.mark.parametrize('name', FAULTY)
def test_a_faulty_configuration_is_one_located_sentence_per_fault(name: str, arguments: tuple[str, ...]) -> None:
    prepare, beginning = FAULTY[name]
    prepare()
    command, *options = arguments
    status, out, err = run(command, FOLDER, *options)
    assert status == 1
    said = out if command == 'validate' else err
    assert (err if command == 'validate' else out) == ''
    *remarks, count = said.splitlines()
    faults = [remark for remark in remarks if not remark.startswith('warning: names and limits')]
    assert any(fault.startswith(beginning) for fault in faults), said
    told = '1 fault' if len(faults) == 1 else f'{len(faults)} faults'
    assert count == (told if faults == remarks else f'{told}, 1 warning')
    assert not Path('o').exists()


def test_the_real_program_shows_no_traceback() -> None:
    configuration({'production.yaml': BETTA})
    ran = program('plan', FOLDER)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, '', f'{FOLDER}/{BETTA_FAULT}\n1 fault\n')


WRONG_USAGE: dict[str, tuple[tuple[str, ...], str]] = {
    'unknown dataset': (
        ('--dataset', 'alhpa'),
        "Invalid value for --dataset: no dataset 'alhpa' (did you mean 'alpha'?)",
    ),
    'nothing like it': (('--dataset', 'zzz'), "Invalid value for --dataset: no dataset 'zzz'\n"),
    'unknown cloud': (('--cloud', 'gpc'), "Invalid value for --cloud: nothing is on 'gpc' (did you mean 'gcp'?)"),
    'cloud that is not used': (('--cloud', 'azure'), "nothing is on 'azure' (there is gcp)"),
    'bad date': (('--date', '2026-02-30'), '2026-02-30'),
    'date in words': (('--date', 'today'), 'today'),
    'unknown format': (('--format', 'xml'), 'xml'),
    'out is a folder': (('--out', '.'), 'Invalid value for --out: . is a folder'),
    'out is in no folder': (('--out', 'no/such/file'), 'Invalid value for --out: no/such is not a folder'),
    'unknown option': (('--datasets', 'alpha'), '--datasets'),
}


@pytest.mark.parametrize('name', WRONG_USAGE)
def test_wrong_usage_is_status_2_and_says_what_is_wrong(name: str) -> None:
    options, sentence = WRONG_USAGE[name]
    configuration()
    status, out, err = run('plan', FOLDER, *options)
    assert (status, out) == (2, '')
    assert sentence in err


def test_a_plugin_that_is_not_installed_is_named() -> None:
    configuration({'cpg.toml': CPG_TOML.replace('plugins_enabled = []', 'plugins_enabled = ["no-such"]')})
    validated, planned = run('validate', FOLDER, '--date', DATE), run('plan', FOLDER, '--date', DATE)
    assert (validated.status, validated.err) == (1, '')
    assert (planned.status, planned.out, planned.err) == (1, '', validated.out)
    fault, count = validated.out.splitlines()
    assert fault.startswith(f'{FOLDER}/cpg.toml:5:20: plugins_enabled.no-such: no plugin of this name (')
    assert count == '1 fault'


def _failing(error: Exception) -> Callable[[object], object]:
    def fail(_: object) -> object:
        raise error

    return fail


def test_a_plan_that_contradicts_itself_is_said_to_be_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    from cpg_infra.cli import planning
    from cpg_infra.plan import PlanError

    monkeypatch.setattr(planning, 'examine', _failing(PlanError("resource 'x' is declared\ntwice")))
    assert plan() == (
        1,
        '',
        "the plan contradicts itself: resource 'x' is declared twice (a defect of cpg-infra or of a plugin)\n",
    )


def test_an_exception_that_nobody_foresaw_is_two_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    from cpg_infra.cli import planning

    monkeypatch.delenv(failures.SHOW_TRACEBACK, raising=False)
    monkeypatch.setattr(planning, 'examine', _failing(KeyError('surprise')))
    status, out, err = plan()
    assert (status, out) == (1, '')
    assert err == (
        "cpg-infra: unexpected KeyError: 'surprise'\n"
        f'This is a defect of cpg-infra or of a plugin; {failures.SHOW_TRACEBACK}=1 shows where.\n'
    )


def test_who_mends_the_program_sees_the_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    from cpg_infra.cli import planning

    monkeypatch.setenv(failures.SHOW_TRACEBACK, '1')
    monkeypatch.setattr(planning, 'examine', _failing(KeyError('surprise')))
    with pytest.raises(KeyError, match='surprise'):
        plan()

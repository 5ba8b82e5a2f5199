"""`cpg-infra billing …` as a person runs it: what it says, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cpg_infra.cli.main import app
from tests.cli.running import FOLDER, Ran, configuration, run
from tests.config.building import CPG_TOML
from tests.plugins.billing_aggregator.building import export_row, write_export

SECTION = """
[billing.aggregator]
destination_bq_table = "lantern-billing.aggregate.costs"
slack_channel = "billing"
slack_token_secret_name = "slack"
functions = ["gcp"]

[billing.aggregator.files]
gcp = "export/*.json"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv('HAIL_TOKEN_GCP', raising=False)
    return configuration({'cpg.toml': CPG_TOML + SECTION})


def billing(command: str, *arguments: str) -> Ran:
    return run('billing', command, *arguments)


def aggregate(*arguments: str) -> Ran:
    return billing('aggregate', FOLDER, *arguments)


def test_costs_are_booked_once_and_reconciled(folder: Path) -> None:
    write_export(folder / 'export' / 'a.json', [export_row(), export_row(project=None)])
    assert aggregate() == (0, 'gcp: 2 lines, 2 new postings, 0 changed, 0 removed; reconciled\n', '')
    assert aggregate('--start', '2024-03-01', '--end', '2024-04-01') == (
        0,
        'gcp: 2 lines, 0 new postings, 0 changed, 0 removed, 2 of closed months left as they are; reconciled\n',
        '',
    )
    assert billing('reconcile', FOLDER) == (0, 'gcp 202403 AUD: reconciled\n1 balance, all reconciled\n', '')


def test_a_dry_run_shows_topics_and_writes_nothing(folder: Path) -> None:
    write_export(folder / 'export' / 'a.json', [export_row(project='stranger-1')])
    assert aggregate('--dry-run') == (
        0,
        'gcp: 1 line, 1 new postings, 0 changed, 0 removed; nothing was written\n  202403 stranger-1: 0 → 1.25 AUD\n',
        '',
    )
    assert billing('reconcile', FOLDER) == (0, '0 balances, all reconciled\n', '')


def test_a_ledger_that_does_not_reconcile_is_status_1(folder: Path) -> None:
    write_export(folder / 'export' / 'a.json', [export_row()])
    aggregate()
    import duckdb

    with duckdb.connect(str(folder / 'billing.duckdb')) as connection:
        connection.execute('UPDATE ledger SET cost_exact = cost_exact + 0.000000001')
    said = 'lantern-ataxia: cost 1.25 expected, 1.250000001 booked, difference 0.000000001 AUD'
    assert billing('reconcile', FOLDER, '--month', '202403') == (
        1,
        f'gcp 202403 AUD: cost differ by 0.000000001\n  {said}\n1 balance of 1 NOT RECONCILED\n',
        '',
    )
    status, out, _ = billing('reconcile', FOLDER, '--format', 'json')
    answer = json.loads(out)
    assert (status, answer['reconciled'], answer['balances'][0]['difference']) == (1, False, '0.000000001')
    assert answer['differences'] == [
        {
            'source': 'gcp',
            'month': '202403',
            'currency': 'AUD',
            'topic': 'lantern-ataxia',
            'measure': 'cost',
            'expected': '1.25',
            'booked': '1.250000001',
            'difference': '0.000000001',
        }
    ]
    assert aggregate('--start', '2024-03-01', '--end', '2024-04-01').out.endswith(
        f'NOT RECONCILED\n  gcp 202403 AUD: cost differ by 0.000000001\n    {said}\n'
    )
    (folder / 'export' / 'a.json').unlink()
    assert 'which topics differ is not known: gcp: no file matches' in billing('reconcile', FOLDER).out


def test_a_source_that_fails_is_status_3_with_its_name(folder: Path) -> None:
    assert aggregate() == (
        3,
        f'gcp: 0 lines, 0 new postings, 0 changed, 0 removed; FAILED\n  gcp: no file matches {FOLDER}/export/*.json\n',
        '',
    )


@pytest.mark.parametrize(
    ('arguments', 'said'),
    [
        (('--start', 'soon'), "--start: 'soon' is no date or time like 2027-01-31 or 2027-01-31T09:00"),
        (('--start', '2024-02-01', '--end', '2024-01-01'), 'end 2024-01-01T00:00 is not after start 2024-02-01T00:00'),
        (('--end', '2999-01-01'), 'end 2999-01-01T00:00 is in the future'),
        (
            ('--start', '2020-01-01', '--end', '2022-01-01'),
            'the window is longer than 400 days; `billing backfill` has no such limit',
        ),
        (('--batch-id', '7', '--start', '2024-01-01'), '--batch-id names the batches; it goes with no window'),
        (('--batch-id', '7', '--source', 'gcp'), '--batch-id is about hail, not about gcp'),
        (('--source', 'gpc'), "--source: no source 'gpc' is configured (did you mean 'gcp'?)"),
    ],
)
def test_bad_input_is_status_2_and_nothing_is_written(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    assert aggregate(*arguments) == (2, '', f'{said}\n')


def test_a_back_fill_reads_days_of_arrival(folder: Path) -> None:
    write_export(folder / 'export' / 'a.json', [export_row(), export_row(export_time='2024-03-02 00:00:00')])
    assert billing('backfill', FOLDER, '--from', '2024-03-02', '--to', '2024-03-31').out == (
        'gcp: 1 line, 1 new postings, 0 changed, 0 removed; reconciled\n'
    )
    assert billing('backfill', FOLDER, '--from', '2024-03-02', '--to', '2024-03-01').status == 2


def test_a_configuration_without_the_section_is_status_2(folder: Path) -> None:
    (folder / 'cpg.toml').write_text(CPG_TOML, encoding='utf-8')
    assert aggregate().status == 2


def test_proportions_that_are_wrong_are_refused_with_their_line(folder: Path) -> None:
    section = SECTION + '\n[billing.aggregator.attribution]\nproportions = "shares.csv"\n'
    (folder / 'cpg.toml').write_text(CPG_TOML + section, encoding='utf-8')
    (folder / 'shares.csv').write_text(
        'method,effective_from,topic,weight,version\nhosting,2024-01-01,alpha,-1,v\n', encoding='utf-8'
    )
    assert aggregate() == (2, '', f'{FOLDER}/shares.csv:2: weight must be a whole number from 0 to 2147483647\n')


def test_without_the_extra_one_sentence_says_how_to_install_it(folder: Path) -> None:
    code = (
        'import sys\n'
        "sys.modules['duckdb'] = None\n"
        'from cpg_infra.cli.main import app\n'
        f'app(["billing", "reconcile", {FOLDER!r}])\n'
    )
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, '-c', code], env={'PYTHONPATH': str(root)}, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        2,
        '',
        'the billing ledger needs a library that is not installed: pip install "cpg-infra[billing]"\n',
    )


def test_the_help_loads_neither_the_database_nor_its_dialects() -> None:
    assert app is not None
    code = (
        'import sys\n'
        'from cpg_infra.cli.main import app\n'
        'try: app(["billing", "--help"])\n'
        'except SystemExit: pass\n'
        'sys.stderr.write(" ".join(sys.modules))\n'
    )
    root = Path(__file__).parents[3]
    ran = subprocess.run([sys.executable, '-c', code], cwd=root, capture_output=True, text=True, check=True)
    assert {'duckdb', 'sqlglot', 'httpx', 'rich', 'cpg_infra.config'}.isdisjoint(ran.stderr.split())

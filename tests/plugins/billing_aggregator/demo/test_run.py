"""The demo, and every command on the folder that it leaves behind."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked
from cpg_infra.plugins.billing_aggregator.demo.run import Demo
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.service.configured import load_configured
from cpg_infra.plugins.billing_aggregator.settings import settings_of
from cpg_infra.plugins.billing_aggregator.sources.focus import Focus
from tests.cli.running import ROOT, run

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
MONTH = '202610'
"""The last complete month."""


class Ran(NamedTuple):
    folder: Path
    said: list[str]
    good: bool


@pytest.fixture(scope='module')
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp('demo') / 'folder'
    said: list[str] = []
    good = Demo(folder, NOW, lines=600).run(said.append)
    return Ran(folder, said, good)


def test_everything_reconciles_and_loading_again_adds_nothing(demo: Ran) -> None:
    assert demo.good
    headings = [line.partition(' (')[0].partition(':')[0] for line in demo.said if line.startswith('—')]
    assert headings == [
        '— load what has arrived', '— load it again', '— late lines, corrections, a newer Azure export', '— reconcile',
        '— budgets', '— monthly', '— focus', '— report',
    ]  # fmt: skip
    again = demo.said.index(next(line for line in demo.said if line.startswith('— load it again')))
    for line in demo.said[again + 1 : again + 5]:
        assert '0 new postings, 0 changed, 0 removed; ok' in line
    late = [line for line in demo.said[again + 5 : again + 10] if line.startswith('  gcp')]
    assert ' 0 new postings' not in late[0]
    assert any(line.startswith('  lantern-ataxia (ataxia)') for line in demo.said)


def test_a_folder_with_something_in_it_is_left_alone(demo: Ran) -> None:
    ran = run('billing', 'demo', str(demo.folder))
    assert (ran.status, ran.err) == (3, f'{demo.folder}: the folder is not empty; name another one\n')


def test_the_report_is_there_in_every_form(demo: Ran, tmp_path: Path) -> None:
    text = run('billing', 'report', str(demo.folder), '--force')
    assert text.status == 0, text.err
    assert text.out.startswith('Costs of ')
    slack = run('billing', 'report', str(demo.folder), '--format', 'slack', '--force')
    assert json.loads(slack.out)[0][0]['type'] == 'header'
    target = tmp_path / 'report.html'
    assert run('billing', 'report', str(demo.folder), '--format', 'html', '--out', str(target)).status == 0
    assert target.read_text(encoding='utf-8').startswith('<!doctype html>')


def test_budgets_and_months_are_written_by_commands(demo: Ran) -> None:
    budgets = run('billing', 'budgets', str(demo.folder), '--offline')
    assert (budgets.status, budgets.out.splitlines()[-1]) == (0, '7 budgets')
    monthly = run('billing', 'monthly', str(demo.folder), '--month', MONTH)
    assert monthly.status == 0, monthly.err
    assert monthly.out.splitlines()[-1].startswith(f'{MONTH}: ')
    dry = run('billing', 'monthly', str(demo.folder), '--dry-run')
    assert dry.out.endswith(', nothing was written\n')


def test_google_cannot_be_asked_without_an_identity(demo: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('CPG_ENDPOINTS', '{"http://metadata.google.internal": "http://127.0.0.1:1"}')
    monkeypatch.delenv('GOOGLE_OAUTH_ACCESS_TOKEN', raising=False)
    ran = run('billing', 'budgets', str(demo.folder))
    assert ran.status == 3
    assert ran.err == 'no Google identity: this is no machine of Google, and GOOGLE_OAUTH_ACCESS_TOKEN is not set\n'


@pytest.mark.parametrize(
    ('arguments', 'said'),
    [
        (('monthly', '--month', '2026-13'), "--month: '2026-13' is no month like 202611\n"),
        (('monthly', '--month', '999912'), '--month: 999912 is in the future\n'),
        (('focus', '--out', 'costs.xlsx'), '--out: costs.xlsx ends neither in .parquet nor in .csv\n'),
    ],
)
def test_bad_input_is_refused_in_a_sentence(demo: Ran, arguments: tuple[str, ...], said: str) -> None:
    command, *options = arguments
    ran = run('billing', command, str(demo.folder), *options)
    assert (ran.status, ran.out, ran.err) == (2, '', said)


@pytest.mark.parametrize('command', ['report', 'demo', 'aggregate'])
def test_a_base_install_says_what_to_install(command: str, tmp_path: Path) -> None:
    code = 'import sys; sys.modules["sqlglot"] = None; from cpg_infra.cli.main import main; main()'
    target = str(tmp_path / 'folder')
    arguments = [sys.executable, '-c', code, 'billing', command, target]
    ran = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr == 'the billing ledger needs a library that is not installed: pip install "cpg-infra[billing]"\n'


def test_reports_need_a_ledger_and_a_configuration(tmp_path: Path) -> None:
    assert run('billing', 'report', str(tmp_path / 'nowhere')).status == 2


def sums(ledger: Ledger, month: str) -> dict[tuple[str, str], Decimal]:
    rows = ledger.query(
        'SELECT topic, currency, SUM(cost_exact + credits_exact) AS net FROM ledger '
        'WHERE ledger.invoice.month = @month GROUP BY topic, currency',
        {'month': month},
    )
    return {(row['topic'], row['currency']): row['net'] for row in rows if row['net']}


@pytest.mark.parametrize('suffix', ['parquet', 'csv'])
def test_a_focus_file_that_is_read_again_has_the_same_sums(demo: Ran, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f'costs.{suffix}'
    ran = run('billing', 'focus', str(demo.folder), '--month', MONTH, '--out', str(target))
    assert ran.status == 0, ran.err
    configured = load_configured({}, str(demo.folder))
    settings = settings_of(demo.folder, configured.organisation, [*configured.datasets.values()])
    with open_ledger(tmp_path / 'other.duckdb') as other, open_ledger(configured.database, read_only=True) as ours:
        aggregation = Aggregation(other.engine, settings, NOW, others=[Focus(str(target))])
        (outcome,) = aggregation.run(Asked())
        assert (outcome.status, outcome.faults) == ('ok', [])
        before = sums(ours, MONTH)
        after = sums(other, MONTH)
    assert sum(after.values()) == sum(before.values())
    assert after == before


def test_a_focus_file_in_csv_is_text_that_anything_reads(demo: Ran, tmp_path: Path) -> None:
    target = tmp_path / 'costs.csv'
    run('billing', 'focus', str(demo.folder), '--month', MONTH, '--out', str(target))
    with target.open(encoding='utf-8', newline='') as stream:
        rows = [*csv.DictReader(stream)]
    assert {row['BillingAccountId'] for row in rows if row['ProviderName'] == 'Google Cloud'} == {
        'DEMO00-000000-000000'
    }
    assert {row['ProviderName'] for row in rows} == {'Google Cloud', 'Microsoft', 'Illumina'}
    assert [path.name for path in tmp_path.iterdir()] == ['costs.csv']

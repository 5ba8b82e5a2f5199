"""What is made of the ledger, on both engines: closing figures, budgets, reports, decisions, FOCUS files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cpg_infra.plugins.billing_aggregator.cost_control.log import DecisionLog
from cpg_infra.plugins.billing_aggregator.cost_report.figures import gather
from cpg_infra.plugins.billing_aggregator.focus import FileFormat, export_focus
from cpg_infra.plugins.billing_aggregator.focus.export import Accounts, Exported
from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import Balance, balances, uneven_splits
from cpg_infra.plugins.billing_aggregator.tables import BudgetRow, write_budgets, write_month
from tests.plugins.billing_aggregator.building import NOW, credit, export_row, proportions
from tests.plugins.billing_aggregator.cost_control.building import evidence, notification
from tests.plugins.billing_aggregator.cost_control.building import policy as rules
from tests.plugins.billing_aggregator.engines.both import Both, content, opened
from tests.plugins.billing_aggregator.focus.reading import read

MONTH = '202403'
DAY = dt.timedelta(days=1)


@pytest.fixture(scope='module')
def both(bigquery_emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Two ledgers with a month that has a discount, a grant, tax and a split. No test changes their postings."""
    with opened(bigquery_emulator, tmp_path_factory.mktemp('booked'), f'billing_{uuid4().hex}') as found:
        book(found)
        yield found


def book(both: Both) -> None:
    both.proportions(proportions({'ataxia': 1, 'twins': 2, 'controls': 0}))
    grant = {**credit(-0.25, 'free'), 'type': 'PROMOTION'}
    both.export(
        [
            export_row(cost=10.0, credits=[credit(-2.0), grant]),
            export_row(project=None, cost=1.5, cost_type='tax'),
            export_row(project='lantern-seqr', cost=1.0, credits=[credit(-0.1), grant], service={'id': 'c', 'description': 'Compute'}),
        ]
    )  # fmt: skip
    both.aggregate()


class UndoneError(Exception):
    """What was changed is changed back."""


def test_closing_figures_and_budgets_are_merged_alike(both: Both) -> None:
    ataxia = BudgetRow('ataxia', 'gcp', 'lantern-ataxia', 'monthly', 'AUD', Decimal('100.5'))
    twins = BudgetRow('twins', 'azure', None, 'monthly', 'AUD', Decimal(3))
    for ledger in both.ledgers:
        first = write_month(ledger, MONTH, NOW)
        assert write_month(ledger, MONTH, NOW + DAY) == first
        write_budgets(ledger, [ataxia, twins], NOW)
        write_budgets(ledger, [ataxia], NOW)
    assert write_month(both.bigquery, MONTH, NOW, dry_run=True) == write_month(both.duckdb, MONTH, NOW, dry_run=True)
    found = both.compare('monthly_summary', 'budgets')
    assert {row['written_at'] for row in found['monthly_summary']} == {NOW}
    assert [(row['topic'], row['budget']) for row in found['budgets']] == [('ataxia', Decimal('100.5'))]


def test_a_report_has_the_same_figures(both: Both) -> None:
    duckdb, bigquery = (gather(ledger, NOW) for ledger in both.ledgers)
    assert bigquery == duckdb
    assert len(bigquery.lines) == 3


def when_a_share_is_wrong(ledger: Ledger) -> tuple[list[Balance], dict[tuple[str, str, str], int]]:
    """What reconciliation finds then. The ledger is as it was afterwards."""
    found = []
    with suppress(UndoneError), ledger.engine.transaction():
        ledger.execute("UPDATE ledger SET cost_exact = cost_exact + 1 WHERE entry = 'split' AND topic = 'twins'")
        found = [dataclasses.replace(one, source_float=0.0) for one in balances(ledger.engine)]
        uneven = uneven_splits(ledger.engine, MONTH)
        raise UndoneError
    return found, uneven


def test_balances_are_the_same_and_show_what_is_wrong(both: Both) -> None:
    duckdb, bigquery = (when_a_share_is_wrong(ledger) for ledger in both.ledgers)
    assert bigquery == duckdb
    assert bigquery[1] == {('gcp', MONTH, 'AUD'): 1}
    assert bigquery[0][0].faults[:2] == ('cost differ by 1', 'splits and reversals differ by 1')


def test_decisions_of_cost_control_are_kept_alike(both: Both) -> None:
    since = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    for ledger in both.ledgers:
        log = DecisionLog(ledger)
        told = notification(project='lantern-ataxia', since=since)
        spent = log.spent('lantern-ataxia', since)
        assert spent is not None
        assert spent.cost == Decimal('7.75')
        log.record(evidence(now=NOW, notification=told, spend=spent, policy=rules(projects={})), 'pending', ('grace',))
        assert log.settled(told.message) == 'pending'
        assert log.history(dataclasses.replace(told, message='other'), NOW + DAY).first_breach == NOW
    ours, theirs = ([{**row, 'decision_id': None} for row in content(ledger, 'decisions')] for ledger in both.ledgers)
    assert theirs == ours


def exported(ledger: Ledger, path: Path, form: FileFormat) -> Exported:
    return export_focus(ledger, path, MONTH, Accounts('gcp-account', 'azure-account'), ('ataxia', 'twins'), form)


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=repr)


def test_a_focus_file_is_the_same_from_either_ledger(both: Both, tmp_path: Path) -> None:
    for form in FileFormat:
        ours, theirs = tmp_path / f'duckdb.{form}', tmp_path / f'bigquery.{form}'
        assert exported(both.bigquery, theirs, form) == exported(both.duckdb, ours, form)
        if form is FileFormat.PARQUET:
            assert in_order(read(theirs)) == in_order(read(ours))
        else:
            assert sorted(theirs.read_text('utf-8').splitlines()) == sorted(ours.read_text('utf-8').splitlines())
    shares = {
        row['AllocatedResourceId']: json.loads(row['AllocatedMethodDetails'])
        for row in read(tmp_path / 'bigquery.parquet')
        if row['AllocatedMethodDetails'] is not None and row['ChargeCategory'] == 'Usage'
    }
    assert shares == {
        topic: {
            'Elements': [{'AllocatedRatio': units / 1e9, 'UsageUnit': 'Weight', 'UsageQuantity': weight}],
            'x_MapVersion': 'v1',
        }
        for topic, units, weight in (('ataxia', 333333333, 1), ('twins', 666666667, 2))
    }

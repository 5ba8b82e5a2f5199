"""The models behind the views: keys are unique, sums are the ledger's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger, refreshing
from cpg_infra.plugins.billing_aggregator.ledger.schema import MONTHLY, VIEWS, View
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from tests.plugins.billing_aggregator.building import (
    FixedSource,
    aggregate,
    credit,
    export_row,
    proportions,
    set_proportions,
    settings,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

ROWS = [
    export_row(),
    export_row(project=None, cost_type='tax', service={'id': 't', 'description': 'Invoice'}, cost=0.3),
    export_row(project='lantern-seqr', credits=[credit(-0.7)], labels=[{'key': 'stage', 'value': 'load'}]),
    export_row(currency='USD', usage_end_time='2024-02-10 00:00:00', invoice={'month': '202402'}),
]
JOBS = [hail_line(7, job, resource, cost=0.25) for job in (1, 2) for resource in ('compute/a', 'memory/a')]


@pytest.fixture(scope='module')
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp('views')
    pattern = write_export(folder / 'rows.json', ROWS)
    with open_ledger(folder / 'l.duckdb') as opened:
        set_proportions(opened, proportions({'ataxia': 1, 'twins': 2}))
        outcomes = aggregate(opened, pattern, FixedSource('hail', {'7': JOBS}), given=settings(pricing=Pricing('AUD')))
        assert [one.status for one in outcomes] == ['ok', 'ok']
        yield opened


@pytest.mark.parametrize('view', VIEWS, ids=lambda view: view.name)
def test_no_two_rows_share_a_key(ledger: Ledger, view: View) -> None:
    rows = ledger.query(f'SELECT * FROM {view.name}')
    assert rows
    assert list(rows[0]) == [column.name for column in view.columns]
    assert len({tuple(row[key] for key in view.key) for row in rows}) == len(rows)


@pytest.mark.parametrize('name', ['aggregate_daily', 'aggregate_daily_extended', 'aggregate_monthly_cost'])
def test_sums_are_those_of_the_ledger_per_currency(ledger: Ledger, name: str) -> None:
    def sums(table: str) -> list[dict[str, object]]:
        return ledger.query(
            f'SELECT topic, currency, SUM(cost_exact) AS cost, SUM(credits_exact) AS credits FROM {table} '
            'GROUP BY topic, currency ORDER BY topic, currency'
        )

    assert sums(name) == sums('ledger')
    assert {row['currency'] for row in sums(name)} == {'AUD', 'USD'}


def test_jobs_cost_what_their_resources_cost(ledger: Ledger) -> None:
    rows = ledger.query('SELECT batch_id, job_id, topic, cost_exact FROM aggregate_job_details ORDER BY job_id')
    assert rows == [
        {'batch_id': '7', 'job_id': job, 'topic': 'twins', 'cost_exact': Decimal('0.75')} for job in ('1', '2')
    ]


def test_labels_are_columns(ledger: Ledger) -> None:
    rows = ledger.query("SELECT DISTINCT stage FROM aggregate_daily_extended WHERE gcp_project = 'lantern-seqr'")
    assert rows == [{'stage': 'load'}]


def test_tax_is_a_compute_cost_and_does_not_vanish(ledger: Ledger) -> None:
    rows = ledger.query(
        f"SELECT cost_category, cost_exact FROM {MONTHLY.name} WHERE topic = 'admin'"  # the row without a project
    )
    assert rows == [{'cost_category': 'Compute Cost', 'cost_exact': Decimal('0.3')}]


def test_a_day_that_changed_is_refreshed_and_no_other(ledger: Ledger, tmp_path: Path) -> None:
    before = ledger.query('SELECT * FROM aggregate_daily ORDER BY day, topic, sku, source, currency')
    pattern = write_export(tmp_path / 'more.json', [*ROWS, export_row(usage_end_time='2024-03-09 00:00:00', cost=9.0)])
    aggregate(ledger, pattern)
    after = ledger.query('SELECT * FROM aggregate_daily ORDER BY day, topic, sku, source, currency')
    assert next(row for row in after if row not in before)['cost_exact'] == Decimal(9)
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(('limit', 'value'), [('DAYS_TOGETHER', 1), ('POSTINGS_TOGETHER', 1)])
def test_days_are_refreshed_one_by_one_as_together(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    def everything() -> list[list[str]]:
        return [sorted(map(str, ledger.query(f'SELECT * FROM {view.name}'))) for view in VIEWS]

    together = everything()
    ledger.execute('INSERT INTO stale_days (day) SELECT DISTINCT DATE(usage_end_time) AS day FROM ledger')
    for view in VIEWS:
        ledger.execute(f'DELETE FROM {view.table.name} WHERE TRUE')
    monkeypatch.setattr(refreshing, limit, value)
    told: list[tuple[int, int]] = []
    days = refreshing.refresh(ledger.engine, lambda done, total: told.append((done, total)))
    assert told == [(day, days) for day in range(1, days + 1)]
    assert days > 2
    assert everything() == together

"""Taking over the rows of the pipeline before, and what `backfill` does besides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from tests.plugins.billing_aggregator.building import (
    FixedSource,
    aggregate,
    by_topic,
    export_row,
    postings,
    settings,
    total,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

MARCH: dict[str, Any] = {
    'command': 'adopt',
    'start': dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC),
    'end': dt.datetime(2024, 3, 9, tzinfo=dt.UTC),
}


def old_row(ledger: Ledger, name: str, topic: str, cost: float, month: str = '202403') -> None:
    """A row as the pipeline before wrote it: of no run."""
    day = f'{month[:4]}-{month[4:]}-05 00:00:00'
    ledger.execute(
        'INSERT INTO ledger (id, topic, cost, currency, usage_end_time, export_time, invoice) '
        'VALUES (@id, @topic, @cost, @currency, CAST(@day AS TIMESTAMP), CAST(@day AS TIMESTAMP), STRUCT(@month AS month))',
        {'id': name, 'topic': topic, 'cost': cost, 'currency': 'AUD', 'day': day, 'month': month},
    )


def test_a_take_over_replaces_a_month_of_all_sources_after_a_dry_run_that_says_what(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row(), export_row(invoice={'month': '202402'})])
    hail = FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a', cost=2.0)]})
    given = settings(pricing=Pricing('AUD', settings().pricing.dated))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        for name, topic, cost in (('x', 'ataxia', 1.25), ('x-again', 'ataxia', 1.25), ('h', 'twins', 3.0)):
            old_row(ledger, name, topic, cost)
        old_row(ledger, 'feb', 'ataxia', 7.0, '202402')
        ledger.execute(
            "INSERT INTO rates (month, from_currency, to_currency, rate, source) VALUES (@month, 'USD', 'AUD', @rate, 'gcp')",
            {'month': '202403', 'rate': 1.5},
        )
        (dry,) = aggregate(ledger, pattern, hail, given=given, dry=True, **MARCH)
        assert [(change.topic, change.before, change.after) for change in dry.changes] == [
            ('ataxia', Decimal('2.5'), Decimal('1.25')),
            ('hail', Decimal(0), Decimal(-3)),
        ]
        assert len(postings(ledger)) == 4
        (outcome,) = aggregate(ledger, pattern, hail, given=given, **MARCH)
        assert outcome.status == 'ok', outcome.faults
        rows = postings(ledger)
    assert [row['id'] for row in rows if row['entry'] is None] == ['feb']
    booked = [row for row in rows if row['entry'] is not None]
    assert by_topic(booked) == {'ataxia': Decimal('1.25'), 'twins': Decimal(3), 'hail': Decimal(-3)}
    assert total(booked) == Decimal('1.25')


def test_a_backfill_resumes_after_the_day_that_it_had_booked(tmp_path: Path) -> None:
    rows = [export_row(export_time=f'2024-03-0{day} 00:00:00', cost=float(day)) for day in (1, 2, 3)]
    pattern = write_export(tmp_path / 'rows.json', rows)
    asked: dict[str, Any] = {'command': 'backfill', 'start': dt.datetime(2024, 3, 1, tzinfo=dt.UTC)}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern, **asked, end=dt.datetime(2024, 3, 3, tzinfo=dt.UTC))
        ledger.execute("UPDATE runs SET status = 'running' WHERE TRUE")
        (outcome,) = aggregate(ledger, pattern, **asked, resume=True)
        assert outcome.posted.lines == 1
        assert by_topic(postings(ledger)) == {'ataxia': Decimal(6)}


def test_a_dry_run_says_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row()])
    hail = FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a')]})
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        outcomes = aggregate(ledger, pattern, hail, given=settings(pricing=Pricing('USD')), dry=True)
        changes = [(change.topic, change.after) for one in outcomes for change in one.changes]
        assert changes == [('ataxia', Decimal('1.25')), ('hail', Decimal(-1)), ('twins', Decimal(1))]
        for table in ('ledger', 'totals', 'source_lines', 'runs', 'watermarks', 'rejects'):
            assert ledger.query(f'SELECT * FROM {table}') == []

"""The pipeline on DuckDB and on BigQuery: the same rows in every table, after every step."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.sources.source import Line
from tests.plugins.billing_aggregator.building import (
    NOW,
    FixedSource,
    Row,
    by_topic,
    credit,
    export_row,
    postings,
    proportions,
    settings,
    total,
)
from tests.plugins.billing_aggregator.engines.both import Both
from tests.plugins.billing_aggregator.hail_lines import hail_line

SHARED = 'lantern-seqr'

FEBRUARY: Row = {'invoice': {'month': '202402'}, 'usage_end_time': '2024-02-20 10:00:00'}

ROWS = [
    export_row(),
    export_row(),  # a charge of its own that looks alike
    export_row(project=None, cost=0.3, cost_type='tax', service={'id': 'inv', 'description': 'Invoice'}),
    export_row(project='stranger-7', cost=1e-9, invoice=None, usage_end_time='2024-03-01 07:30:00'),
    export_row(
        project=SHARED,
        cost=100.000000001,
        credits=[credit(-0.1, 'first'), credit(0.07, 'second')],
        usage={'amount': 1e15 + 1, 'unit': 'byte', 'amount_in_pricing_units': 0.1, 'pricing_unit': 'gib'},
        labels=[{'key': 'stage', 'value': 'lo"ad'}, {'key': 'batch-id', 'value': '7'}],
    ),
    export_row(project=SHARED, cost=-7.25, cost_type='adjustment', adjustment_info={'id': 'a', 'mode': 'manual'}),
    export_row(project=SHARED, cost=2.0, labels=[{'key': 'dataset', 'value': 'twins-test'}]),
    export_row(project=SHARED, cost=3.0, labels=[{'key': 'dataset', 'value': 'nobody'}]),
    export_row(project=SHARED, cost=4.0, usage_end_time='2021-12-31 23:00:00'),
    export_row(currency=None, cost=0.7),
    export_row(cost=None),
    export_row(system_labels=[{'key': 'cores', 'value': '4'}], currency_conversion_rate=1.4, **FEBRUARY),
]
LATE = [
    export_row(cost=0.1234567891, export_time='2024-03-09 03:00:00'),
    export_row(project=SHARED, cost=0.01, export_time='2024-03-09 03:00:00'),
]
FIRST_MAP = proportions({'ataxia': 412, 'twins': 1280, 'controls': 3})
SECOND_MAP = proportions({'ataxia': 1, 'controls': 1}, version='v2')


def hail(*lines: Line) -> FixedSource:
    return FixedSource('hail', {'1': list(lines)})


def test_what_is_booked_is_the_same_after_a_load_a_reload_late_lines_and_a_new_map(both: Both) -> None:
    both.proportions(FIRST_MAP)
    both.export(ROWS)
    (first,), _ = both.aggregate()
    assert (first.status, first.posted.lines, first.posted.rejected) == ('ok', len(ROWS), 4)
    before = both.compare()
    assert {row['entry'] for row in before['ledger']} == {'charge', 'reversal', 'split', 'reject'}
    assert {row['reason'] for row in before['rejects']} == {
        'incomplete', 'no-map', 'unknown-dataset', 'unreadable-amount',
    }  # fmt: skip

    for outcome in both.aggregate():
        assert (outcome[0].status, outcome[0].posted.same) == ('ok', True)
    assert both.compare('ledger') == {'ledger': before['ledger']}

    both.export([*ROWS, *LATE])
    (late,), _ = both.aggregate(now=NOW + dt.timedelta(hours=4))
    # A charge; a charge, its reversal and three shares.
    assert (late.posted.inserted, late.posted.updated, late.posted.deleted) == (1 + 5, 0, 0)
    after = both.compare()
    assert len(after['ledger']) == len(before['ledger']) + late.posted.inserted

    both.proportions(SECOND_MAP)
    start = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    asked: dict[str, Any] = {'command': 'backfill', 'start': start, 'now': NOW + dt.timedelta(hours=8)}
    (moved,), _ = both.aggregate(**asked)
    assert moved.status == 'ok'
    assert moved.posted.updated > 0
    assert moved.posted.deleted > 0
    moved_rows = both.compare()['ledger']
    assert total(moved_rows) == total(after['ledger'])
    assert by_topic(moved_rows) != by_topic(after['ledger'])


def test_jobs_are_priced_repriced_split_and_taken_back_alike(both: Both) -> None:
    both.proportions(proportions({'ataxia': 1, 'twins': 2}, 'compute'))
    both.export([export_row(**FEBRUARY, currency_conversion_rate=1.4, export_time='2024-02-21 00:00:00')])
    lines = [
        hail_line(1, 1, 'compute/a', cost=2.0),
        hail_line(1, 2, 'compute/a', cost=0.1, payer='seqr'),
        hail_line(1, 3, 'memory/b', cost=None),
        hail_line(1, 4, 'compute/a', cost=5.0, amount_currency='EUR'),
        hail_line(1, 5, 'compute/a', credits=[{'name': 'c', 'amount': -0.5}], project={'id': 'p'}),
    ]
    outcomes, _ = both.aggregate(hail(*lines))
    assert [one.status for one in outcomes] == ['ok', 'ok']
    early = both.compare()
    assert {row['reason'] for row in early['rejects']} == {'no-rate', 'unreadable-amount'}
    assert {row['rate_provisional'] for row in early['ledger'] if row['source'] == 'hail'} == {True, False}

    # March has a rate now, and a job is no longer there.
    both.export([export_row(currency_conversion_rate=1.6, export_time='2024-03-10 00:00:00')])
    outcomes, _ = both.aggregate(hail(*lines[:-1]), now=NOW + dt.timedelta(hours=4))
    assert [(one.status, one.faults) for one in outcomes] == [('ok', []), ('ok', [])]
    late = both.compare()
    charged = [row for row in late['ledger'] if row['source'] == 'hail' and row['entry'] == 'charge']
    assert total(charged) == Decimal('3.36')
    assert total(row for row in late['ledger'] if row['source'] == 'hail') == 0

    outcomes, _ = both.aggregate(command='retry', now=NOW + dt.timedelta(hours=8))
    assert both.compare()['ledger'] == late['ledger']


def test_the_rows_of_the_time_before_are_taken_over_alike(both: Both) -> None:
    both.export([export_row(), export_row(invoice={'month': '202402'})])
    for ledger in both.ledgers:
        for name, cost in (('x', 1.25), ('x', 1.25), ('y', 3.0)):
            ledger.execute(
                'INSERT INTO ledger (id, topic, cost, currency, usage_end_time, export_time, invoice) '
                "VALUES (@id, 'ataxia', @cost, 'AUD', @at, @at, STRUCT('202403' AS month))",
                {'id': name, 'cost': cost, 'at': NOW},
            )
    asked: dict[str, Any] = {'command': 'adopt', 'start': dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC), 'end': NOW}
    both.aggregate(**asked, dry=True)
    assert len(postings(both.bigquery)) == 3
    (outcome,), _ = both.aggregate(**asked, given=settings(pricing=Pricing('AUD')))
    assert (outcome.status, outcome.posted.inserted, outcome.posted.deleted) == ('ok', 1, 2)
    assert by_topic(both.compare()['ledger']) == {'ataxia': Decimal('1.25')}

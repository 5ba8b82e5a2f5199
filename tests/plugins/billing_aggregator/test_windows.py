"""What is read again, and when a watermark moves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cpg_infra.plugins.billing_aggregator.asking import check_window, parse_moment
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.ledger.rates import DatedRate, choose
from cpg_infra.plugins.billing_aggregator.ledger.runs import open_from
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.sources.source import SourceError
from tests.plugins.billing_aggregator.building import (
    NOW,
    FixedSource,
    aggregate,
    by_topic,
    export_row,
    postings,
    settings,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

DOLLARS = settings(pricing=Pricing('USD'))


def mark(ledger: Ledger, source: str) -> str | None:
    rows = ledger.query('SELECT mark FROM watermarks WHERE source = @source', {'source': source})
    return rows[0]['mark'] if rows else None


def days(*numbers: int) -> list[dict[str, object]]:
    return [export_row(export_time=f'2024-03-{day:02} 00:00:00', cost=float(day)) for day in numbers]


def test_late_rows_of_the_last_days_of_arrival_are_found(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', days(1, 8))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern)
        assert mark(ledger, 'gcp') == '2024-03-08'
        write_export(tmp_path / 'rows.json', days(1, 2, 5, 8, 9))
        (outcome,) = aggregate(ledger, pattern)
        assert outcome.posted.inserted == 2
        assert by_topic(postings(ledger)) == {'ataxia': Decimal(1 + 5 + 8 + 9)}
        (outcome,) = aggregate(ledger, pattern, now=NOW + dt.timedelta(days=7))
        assert outcome.posted.inserted == 1


def test_hail_is_read_again_for_a_day_and_weekly_for_sixty(tmp_path: Path) -> None:
    source = FixedSource('hail', {})
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        for hours in (0, 4, 24 * 8):
            aggregate(ledger, None, source, now=NOW + dt.timedelta(hours=hours))
    begins = [window.start for window in source.windows]
    assert begins == [
        NOW - dt.timedelta(days=60),
        NOW - dt.timedelta(hours=24),
        NOW + dt.timedelta(hours=4) - dt.timedelta(days=60),
    ]


def test_a_weekly_run_merges_what_the_loads_of_a_week_have_left_behind(tmp_path: Path) -> None:
    file = tmp_path / 'l.duckdb'
    groups = []
    for day in range(10):
        pattern = write_export(tmp_path / 'rows.json', days(*range(1, day + 2)))
        with open_ledger(file) as ledger:
            aggregate(ledger, pattern, now=NOW + dt.timedelta(days=day))
            assert len(postings(ledger)) == day + 1
        groups.append(groups_of_rows(file))
    assert groups == [1, 2, 3, 4, 5, 6, 7, 1, 2, 3]


def groups_of_rows(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute("SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('ledger')").fetchone()
    assert found is not None
    return int(found[0])


def test_a_window_that_jumps_ahead_moves_no_watermark(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', days(1, 5, 9))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(
            ledger, pattern, start=dt.datetime(2024, 3, 1, tzinfo=dt.UTC), end=dt.datetime(2024, 3, 2, tzinfo=dt.UTC)
        )
        assert mark(ledger, 'gcp') is None
        aggregate(
            ledger,
            pattern,
            command='backfill',
            start=dt.datetime(2024, 3, 1, tzinfo=dt.UTC),
            end=dt.datetime(2024, 3, 2, tzinfo=dt.UTC),
        )
        assert mark(ledger, 'gcp') == '2024-03-01'
        aggregate(ledger, pattern, start=dt.datetime(2024, 3, 9, tzinfo=dt.UTC))
        assert mark(ledger, 'gcp') == '2024-03-01'
        aggregate(ledger, pattern)
        assert mark(ledger, 'gcp') == '2024-03-09'


def test_a_run_reconciles_the_months_that_it_read_and_once_a_week_all_of_them(tmp_path: Path) -> None:
    november = export_row(
        export_time='2023-11-10 00:00:00', usage_end_time='2023-11-09 12:00:00', invoice={'month': '202311'}
    )
    pattern = write_export(tmp_path / 'rows.json', [november, *days(1)])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, pattern)
        assert [str(one) for one in outcome.balances] == ['gcp 202311 AUD: reconciled', 'gcp 202403 AUD: reconciled']
        ledger.execute("UPDATE totals SET lines = lines + 1 WHERE invoice_month = '202311'")
        write_export(tmp_path / 'rows.json', [november, *days(1, 2)])
        (outcome,) = aggregate(ledger, pattern)
        assert [str(one) for one in outcome.balances] == ['gcp 202403 AUD: reconciled']
        assert (outcome.status, mark(ledger, 'gcp')) == ('ok', '2024-03-02')
        write_export(tmp_path / 'rows.json', [november, *days(1, 2, 3)])
        (outcome,) = aggregate(ledger, pattern, now=NOW + dt.timedelta(days=7))
        assert outcome.faults == ['gcp 202311 AUD: 2 lines in the source, 1 in the ledger']
        assert (outcome.status, mark(ledger, 'gcp')) == ('unreconciled', '2024-03-02')


def test_a_month_that_its_source_no_longer_has_lines_of_is_reconciled_too(tmp_path: Path) -> None:
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, None, FixedSource('hail', {'1': [hail_line(1, 1, 'compute')]}), given=DOLLARS)
        (balance,) = outcome.balances
        ledger.execute(
            'INSERT INTO ledger (id, line_id, entry, source, run_id, invoice, currency, cost_exact, credits_exact) '
            "VALUES ('x/charge/y', 'x', 'charge', 'hail', 'r', STRUCT(@month AS month), 'USD', 0, 0)",
            {'month': balance.invoice_month},
        )
        (outcome,) = aggregate(ledger, None, FixedSource('hail', {'1': []}), given=DOLLARS)
        assert outcome.posted.deleted > 0
        assert outcome.faults == [f'hail {balance.invoice_month} USD: 0 lines in the source, 1 in the ledger']


def test_after_a_run_that_was_killed_all_months_are_reconciled_until_they_hold(tmp_path: Path) -> None:
    november = export_row(
        export_time='2023-11-10 00:00:00', usage_end_time='2023-11-09 12:00:00', invoice={'month': '202311'}
    )
    pattern = write_export(tmp_path / 'rows.json', [november, *days(1)])
    said = ['gcp 202311 AUD: 2 lines in the source, 1 in the ledger']
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern)
        ledger.execute("UPDATE totals SET lines = lines + 1 WHERE invoice_month = '202311'")
        ledger.execute("UPDATE runs SET status = 'running' WHERE TRUE")
        for _ in range(2):
            (outcome,) = aggregate(ledger, pattern, now=NOW + dt.timedelta(hours=1))
            assert (outcome.whole, outcome.faults) == (False, said)
        ledger.execute("UPDATE totals SET lines = lines - 1 WHERE invoice_month = '202311'")
        (outcome,) = aggregate(ledger, pattern, now=NOW + dt.timedelta(hours=2))
        assert [one.invoice_month for one in outcome.balances] == ['202311', '202403']
        (outcome,) = aggregate(ledger, pattern, now=NOW + dt.timedelta(hours=3))
        assert [one.invoice_month for one in outcome.balances] == ['202403']


def test_a_run_that_reads_nothing_has_nothing_to_reconcile(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', days(1))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern)
        (outcome,) = aggregate(ledger, pattern, start=dt.datetime(2024, 3, 4, tzinfo=dt.UTC))
        assert (outcome.status, outcome.balances) == ('ok', [])


def test_a_ledger_that_does_not_reconcile_keeps_its_watermark_and_says_so(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', days(1))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern)
        ledger.execute(
            'UPDATE totals SET cost = cost + CAST(0.000000001 AS NUMERIC), lines = lines + 1, scope = @scope WHERE TRUE',
            {'scope': 'x'},
        )
        write_export(tmp_path / 'rows.json', days(2))
        (outcome,) = aggregate(ledger, pattern, end=dt.datetime(2024, 3, 4, tzinfo=dt.UTC))
        assert outcome.status == 'unreconciled'
        assert outcome.faults == ['gcp 202403 AUD: 3 lines in the source, 2 in the ledger; cost differ by -0.000000001']
        assert mark(ledger, 'gcp') == '2024-03-01'
        assert [row['ok'] for row in ledger.query('SELECT ok FROM reconciliation')] == [False]


def test_a_source_that_fails_half_way_keeps_what_is_booked_and_its_watermark(tmp_path: Path) -> None:
    source = FixedSource('hail', {'1': [hail_line(1, 1, 'a')]}, SourceError('hail', 'it is down'))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, None, source, given=DOLLARS)
        assert (outcome.status, outcome.faults) == ('failed', ['hail: it is down'])
        assert mark(ledger, 'hail') is None
        source.fault = None
        (outcome,) = aggregate(ledger, None, source, given=DOLLARS)
        assert outcome.status == 'ok'
        assert mark(ledger, 'hail') == NOW.replace(tzinfo=None).isoformat()
        assert by_topic(postings(ledger)) == {'twins': Decimal(1), 'hail': Decimal(-1)}


# Months and rates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('now', 'first'), [('2024-03-16', '202401'), ('2024-03-17', '202402'), ('2024-04-14', '202402')]
)
def test_a_month_closes_45_days_after_its_end(now: str, first: str) -> None:
    assert open_from(dt.datetime.fromisoformat(now).replace(hour=12, tzinfo=dt.UTC)) == first


def test_the_rate_of_the_month_then_a_dated_one_then_an_earlier_month_then_none() -> None:
    exported = {('202401', 'USD'): 1.4, ('202402', 'USD'): 1.5}
    dated = [DatedRate('iCredit', '202301', 1.54), DatedRate('iCredit', '202402', 1.6)]
    assert choose('202401', 'USD', exported, dated) == (1.4, False)
    assert choose('202403', 'USD', exported, dated) == (1.5, True)
    assert choose('202405', 'USD', exported, dated) == (1.5, True)
    assert choose('202406', 'USD', exported, dated) is None
    assert choose('202401', 'iCredit', exported, dated) == (1.54, False)
    assert choose('202409', 'iCredit', exported, dated) == (1.6, False)
    assert choose('202212', 'iCredit', exported, dated) is None


# What may be asked for ----------------------------------------------------------------------------------------


def test_a_time_without_an_offset_is_utc() -> None:
    assert parse_moment('2024-03-01T09:00', '--start') == dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC)
    assert parse_moment('2024-03-01T09:00+10:00', '--start') == dt.datetime(2024, 2, 29, 23, tzinfo=dt.UTC)


def test_a_window_must_end_after_it_begins_and_before_now() -> None:
    check_window(NOW - dt.timedelta(days=400), NOW, NOW)
    for start, end in (
        (NOW, NOW),
        (NOW, None),
        (None, NOW + dt.timedelta(seconds=1)),
        (NOW - dt.timedelta(days=401), None),
    ):
        with pytest.raises(InputError):
            check_window(start, end, NOW)

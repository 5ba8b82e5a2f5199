from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.tables import SummaryRow, last_month, write_month
from tests.plugins.billing_aggregator.postings import book, posting

NOW = dt.datetime(2026, 12, 3, tzinfo=dt.UTC)
ALPHA = SummaryRow('alpha', 'Compute Cost', 'AUD', Decimal('0.3'), Decimal('-0.05'), Decimal('0.25'))


def summary(ledger: Ledger) -> list[tuple[object, ...]]:
    found = ledger.query(
        'SELECT invoice_month, topic, net, written_at FROM monthly_summary ORDER BY invoice_month, topic'
    )
    return [tuple(row.values()) for row in found]


@pytest.mark.parametrize(
    ('now', 'month'),
    [
        ('2027-01-03T00:00:00+00:00', '202612'),
        ('2026-12-03T00:00:00+00:00', '202611'),
        ('2027-01-01T07:59:59+00:00', '202611'),
        ('2027-01-01T08:00:00+00:00', '202612'),
        ('2026-03-31T23:00:00+00:00', '202602'),
    ],
)
def test_the_last_month_is_the_last_complete_one_where_invoices_are_made(now: str, month: str) -> None:
    assert last_month(dt.datetime.fromisoformat(now)) == month


def test_the_figures_are_exact_and_a_second_time_changes_nothing(ledger: Ledger) -> None:
    book(
        ledger,
        posting('alpha', '0.1', credit='-0.05'),
        posting('alpha', '0.2'),
        posting('beta', '7', service='Cloud Storage'),
        posting('beta', '9', month='202610'),
    )
    beta = SummaryRow('beta', 'Storage Cost', 'AUD', Decimal(7), Decimal(0), Decimal(7))
    assert write_month(ledger, '202611', NOW) == [ALPHA, beta]
    first = summary(ledger)
    assert first == [('202611', 'alpha', Decimal('0.25'), NOW), ('202611', 'beta', Decimal(7), NOW)]
    write_month(ledger, '202611', NOW + dt.timedelta(days=1))
    assert summary(ledger) == first


def test_what_came_late_is_added_and_what_moved_away_goes(ledger: Ledger) -> None:
    book(ledger, posting('alpha', '1'), posting('beta', '2'), posting('alpha', '4', month='202610'))
    write_month(ledger, '202610', NOW)
    write_month(ledger, '202611', NOW)
    ledger.execute("UPDATE ledger SET topic = 'alpha' WHERE topic = 'beta'")
    book(ledger, posting('alpha', '0.5'))
    later = NOW + dt.timedelta(days=1)
    write_month(ledger, '202611', later)
    assert summary(ledger) == [('202610', 'alpha', Decimal(4), NOW), ('202611', 'alpha', Decimal('3.5'), later)]


def test_a_dry_run_says_the_figures_and_writes_none(ledger: Ledger) -> None:
    book(ledger, posting('alpha', '0.1', credit='-0.05'), posting('alpha', '0.2'))
    assert write_month(ledger, '202611', NOW, dry_run=True) == [ALPHA]
    assert summary(ledger) == []

"""A line whose postings do not sum to it is found, whatever is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.posting import Touched
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import uneven_lines

DAY = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Three lines: one of 3 that is split in two, one that costs nothing, one of 5 that somebody else is given back."""
    with open_ledger(tmp_path / 'l.duckdb') as opened:
        lines = (('split', '3', 'NULL'), ('free', '0', 'NULL'), ('given', '5', "'hail'"))
        staged = ' UNION ALL '.join(
            f"SELECT '{name}' AS line_id, STRUCT('202407' AS month) AS invoice, 'AUD' AS currency, "
            f'CAST({cost} AS NUMERIC) AS cost_exact, CAST(-1 AS NUMERIC) AS credits_exact, '
            f'CAST({against} AS STRING) AS against'
            for name, cost, against in lines
        )
        opened.engine.stage('lines', staged)
        for line, entry, cost, credit in (
            ('split', 'charge', 3, -1),
            ('split', 'reversal', -3, 1),
            ('split', 'split', 1, -1),
            ('split', 'split', 2, 0),
            ('free', 'charge', 0, -1),
            ('given', 'charge', 5, -1),
            ('given', 'credit', -5, 1),
            ('of another load', 'split', 7, 0),
        ):
            book(opened, line, entry, cost, credit)
        yield opened


def book(ledger: Ledger, line: str, entry: str, cost: int, credit: int) -> None:
    ledger.engine.execute(
        'INSERT INTO ledger (id, line_id, entry, cost_exact, credits_exact, usage_end_time, export_time) '
        f"VALUES ('{line}/{entry}/{cost}', '{line}', '{entry}', {cost}, {credit}, @day, @day)",
        {'day': DAY},
    )


def found(ledger: Ledger) -> dict[tuple[str, str], int]:
    return uneven_lines(ledger.engine, Touched(DAY, DAY, DAY, DAY))


def test_lines_whose_postings_sum_to_them_are_none(ledger: Ledger) -> None:
    assert found(ledger) == {}


@pytest.mark.parametrize(
    'change',
    [
        "DELETE FROM ledger WHERE line_id = 'split' AND entry = 'split' AND cost_exact = 1",
        "UPDATE ledger SET cost_exact = 2.000000001 WHERE line_id = 'split' AND cost_exact = 2",
        "UPDATE ledger SET credits_exact = -2 WHERE line_id = 'free'",
        "DELETE FROM ledger WHERE line_id = 'free'",
        "DELETE FROM ledger WHERE line_id = 'split'",
        "DELETE FROM ledger WHERE line_id = 'given' AND entry = 'credit'",
        "UPDATE ledger SET cost_exact = 4 WHERE line_id = 'given' AND entry = 'credit'",
        "UPDATE ledger SET line_id = 'free' WHERE line_id = 'of another load'",
        "UPDATE ledger SET line_id = 'split', entry = 'charge' WHERE line_id = 'of another load'",
    ],
)
def test_a_posting_that_is_wrong_or_missing_is_seen(ledger: Ledger, change: str) -> None:
    ledger.engine.execute(change)
    assert found(ledger) == {('202407', 'AUD'): 1}


def test_every_line_is_counted_under_its_month_and_currency(ledger: Ledger) -> None:
    ledger.engine.execute("DELETE FROM ledger WHERE line_id <> 'of another load'")
    assert found(ledger) == {('202407', 'AUD'): 3}

"""A ledger that was damaged names the topics that carry something else than they should."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cpg_infra.plugins.billing_aggregator.aggregate import Outcome
from cpg_infra.plugins.billing_aggregator.differing import Told, with_topics
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, LedgerError, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import Balance, balances
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.service.aggregating import _log
from cpg_infra.plugins.billing_aggregator.service.logs import JsonLines
from tests.plugins.billing_aggregator.building import (
    NOW,
    FixedSource,
    aggregate,
    credit,
    export_in,
    export_row,
    proportions,
    set_proportions,
    settings,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

DOLLARS = settings(pricing=Pricing('USD'))
ROWS = (
    export_row(cost=1.25),
    export_row(cost=1.25),
    export_row(project='lantern-controls', cost=4.0, credits=[credit(-0.5)]),
    export_row(project='lantern-seqr', cost=100.000000001, credits=[credit(-0.1, 'first'), credit(0.07, 'second')]),
    export_row(project='lantern-controls', currency='USD', cost=2.0),
)
SHARES = proportions({'ataxia': 1, 'twins': 1, 'controls': 1})
HAIL = {'1': [hail_line(1, 1, 'a'), hail_line(1, 2, 'a', payer='seqr', cost=1.0)]}


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    """A ledger of the export and of Hail that reconciles."""
    write_export(tmp_path / 'export' / 'rows.json', ROWS)
    with open_ledger(tmp_path / 'l.duckdb') as opened:
        set_proportions(opened, SHARES, proportions({'ataxia': 1, 'twins': 2}, 'compute'))
        outcomes = aggregate(opened, tmp_path / 'export' / '*.json', FixedSource('hail', HAIL), given=DOLLARS)
        assert [(one.status, one.differences) for one in outcomes] == [('ok', []), ('ok', [])]
        yield opened


def differing(ledger: Ledger, tmp_path: Path, open_from: str = '202401') -> list[Balance]:
    """Every balance, with its topics."""
    export = export_in(ledger, tmp_path / 'export' / '*.json')
    return with_topics(ledger.engine, balances(ledger.engine), Told(export, DOLLARS, open_from))


def said(found: list[Balance]) -> list[tuple[str, ...]]:
    """Source, currency, topic, measure and difference."""
    return [
        (topic.source, topic.currency, topic.topic, topic.measure, f'{topic.difference.normalize():f}')
        for balance in found
        for topic in balance.topics
    ]


def test_a_ledger_that_holds_names_no_topic(ledger: Ledger, tmp_path: Path) -> None:
    found = differing(ledger, tmp_path)
    assert [(one.source, one.currency, one.ok, one.note) for one in found] == [
        ('gcp', 'AUD', True, ''),
        ('gcp', 'USD', True, ''),
        ('hail', 'USD', True, ''),
    ]


@pytest.mark.parametrize('open_from', ['202401', '202409'], ids=['open', 'closed'])
@pytest.mark.parametrize(
    ('damage', 'expected'),
    [
        (
            (
                "UPDATE ledger SET cost_exact = cost_exact + CAST(0.01 AS NUMERIC) WHERE topic = 'controls' AND entry = 'charge' "
                "AND currency = 'AUD'"
            ),
            [('gcp', 'AUD', 'controls', 'cost', '0.01')],
        ),
        (
            "DELETE FROM ledger WHERE entry = 'split' AND topic = 'twins' AND source = 'gcp'",
            [('gcp', 'AUD', 'twins', 'cost', '-33.333333333'), ('gcp', 'AUD', 'twins', 'credits', '0.01')],
        ),
        (
            "DELETE FROM ledger WHERE topic = 'ataxia' AND entry = 'charge' AND id LIKE '%-1/charge/ataxia'",
            [('gcp', 'AUD', 'ataxia', 'lines', '-1'), ('gcp', 'AUD', 'ataxia', 'cost', '-1.25')],
        ),
        (
            "INSERT INTO ledger SELECT * FROM ledger WHERE topic = 'controls' AND currency = 'USD'",
            [('gcp', 'USD', 'controls', 'lines', '1'), ('gcp', 'USD', 'controls', 'cost', '2')],
        ),
        (
            "UPDATE ledger SET credits_exact = 0 WHERE topic = 'controls' AND entry = 'charge' AND currency = 'AUD'",
            [('gcp', 'AUD', 'controls', 'credits', '0.5')],
        ),
        (
            "DELETE FROM ledger WHERE entry = 'reversal' AND source = 'gcp'",
            [('gcp', 'AUD', 'seqr', 'cost', '100.000000001'), ('gcp', 'AUD', 'seqr', 'credits', '-0.03')],
        ),
        (
            "UPDATE ledger SET cost_exact = -cost_exact WHERE entry = 'credit' AND source = 'hail' AND line_id LIKE '%-1-a'",
            [('hail', 'USD', 'hail', 'cost', '2')],
        ),
        (
            "UPDATE ledger SET cost_exact = cost_exact * 2 WHERE entry = 'split' AND topic = 'ataxia' AND source = 'hail'",
            [('hail', 'USD', 'ataxia', 'cost', '0.333333333')],
        ),
        (
            "UPDATE ledger SET line_id = 'gcp-nothing' WHERE topic = 'controls' AND currency = 'USD'",
            [],
        ),
        (
            "DELETE FROM ledger WHERE source = 'hail'",
            [
                ('hail', 'USD', 'ataxia', 'cost', '-0.333333333'),
                ('hail', 'USD', 'hail', 'cost', '2'),
                ('hail', 'USD', 'seqr', 'lines', '-1'),
                ('hail', 'USD', 'twins', 'lines', '-1'),
                ('hail', 'USD', 'twins', 'cost', '-1.666666667'),
            ],
        ),
    ],
)
def test_what_was_damaged_is_named(
    ledger: Ledger, tmp_path: Path, damage: str, expected: list[tuple[str, ...]], open_from: str
) -> None:
    ledger.execute(damage)
    assert said(differing(ledger, tmp_path, open_from)) == expected


def test_costs_that_only_moved_to_another_topic_are_named_in_an_open_month(ledger: Ledger, tmp_path: Path) -> None:
    ledger.execute(
        "UPDATE ledger SET topic = 'twins' WHERE topic = 'controls' AND entry = 'charge' AND currency = 'AUD'"
    )
    found = differing(ledger, tmp_path)
    assert said(found) == [
        ('gcp', 'AUD', 'controls', 'lines', '-1'),
        ('gcp', 'AUD', 'controls', 'cost', '-4'),
        ('gcp', 'AUD', 'controls', 'credits', '0.5'),
        ('gcp', 'AUD', 'twins', 'lines', '1'),
        ('gcp', 'AUD', 'twins', 'cost', '4'),
        ('gcp', 'AUD', 'twins', 'credits', '-0.5'),
    ]
    assert found[0].faults == ('the sums hold, and are not on the topics that they belong to',)


def test_a_closed_month_keeps_its_splits_and_only_lines_that_are_damaged_are_compared(
    ledger: Ledger, tmp_path: Path
) -> None:
    set_proportions(ledger, proportions({'twins': 1}, version='v2'), proportions({'twins': 1}, 'compute'))
    DOLLARS.attribution.stage(ledger.engine)
    assert said(differing(ledger, tmp_path, '202409')) == []
    ledger.execute(
        "UPDATE ledger SET cost_exact = 0 WHERE topic = 'controls' AND entry = 'charge' AND currency = 'AUD'"
    )
    assert said(differing(ledger, tmp_path, '202409')) == [('gcp', 'AUD', 'controls', 'cost', '-4')]
    assert len(said(differing(ledger, tmp_path, '202401'))) > 3


def test_what_the_source_no_longer_says_is_too_much(ledger: Ledger, tmp_path: Path) -> None:
    write_export(tmp_path / 'export' / 'rows.json', ROWS[1:])
    assert said(differing(ledger, tmp_path)) == [
        ('gcp', 'AUD', 'ataxia', 'lines', '1'),
        ('gcp', 'AUD', 'ataxia', 'cost', '1.25'),
    ]


def test_an_export_that_is_gone_is_said_and_the_other_sources_are_compared(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / 'export' / 'rows.json').unlink()
    ledger.execute("DELETE FROM ledger WHERE topic = 'twins'")
    found = differing(ledger, tmp_path)
    assert [one.note for one in found if one.source == 'gcp'] == [
        f'which topics differ is not known: gcp: no file matches {tmp_path}/export/*.json'
    ] * 2
    assert ('hail', 'USD', 'twins', 'cost', '-1.666666667') in said(found)


def test_totals_that_are_wrong_while_every_topic_is_right_are_said(ledger: Ledger, tmp_path: Path) -> None:
    ledger.execute("UPDATE totals SET cost = cost + 1 WHERE source = 'gcp' AND currency = 'AUD'")
    (found, *_) = differing(ledger, tmp_path)
    assert (found.topics, found.note) == ((), 'every topic carries what the source says now')


def test_only_the_newest_months_are_compared(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.execute("DELETE FROM ledger WHERE topic = 'twins'")
    monkeypatch.setattr('cpg_infra.plugins.billing_aggregator.differing.MOST_MONTHS', 1)
    old = [dataclasses.replace(one, invoice_month='202401') for one in balances(ledger.engine)]
    told = Told(None, DOLLARS, '202401')
    found = with_topics(ledger.engine, [*old, *balances(ledger.engine)], told)
    assert {one.note for one in found if one.invoice_month == '202401'} == {
        'topics are compared in the newest 1 months; ask for this one alone'
    }
    assert ('hail', 'USD', 'twins', 'cost', '-1.666666667') in said(found)


def test_a_line_that_no_total_tells_of_is_said(ledger: Ledger, tmp_path: Path) -> None:
    ledger.execute("DELETE FROM totals WHERE source = 'gcp'")
    (found, *_) = differing(ledger, tmp_path)
    assert found.note == 'which topics differ is not known: gcp: it never told anything of 202403'


# Where it is said -------------------------------------------------------------------------------------------


def damaged(ledger: Ledger, tmp_path: Path) -> Outcome:
    """A run after damage, over another day."""
    ledger.execute(
        "UPDATE ledger SET cost_exact = 5 WHERE topic = 'controls' AND entry = 'charge' AND currency = 'AUD'"
    )
    write_export(tmp_path / 'export' / 'more.json', [export_row(export_time='2024-03-08 00:00:00')])
    (outcome,) = aggregate(
        ledger, tmp_path / 'export' / '*.json', given=DOLLARS, start=dt.datetime(2024, 3, 8, tzinfo=dt.UTC)
    )
    return outcome


def test_a_run_that_does_not_reconcile_says_its_topics_and_keeps_them(ledger: Ledger, tmp_path: Path) -> None:
    outcome = damaged(ledger, tmp_path)
    assert (outcome.status, outcome.notes.said) == ('unreconciled', [])
    assert [one.said for one in outcome.differences] == [
        {
            'source': 'gcp',
            'month': '202403',
            'currency': 'AUD',
            'topic': 'controls',
            'measure': 'cost',
            'expected': '37.333333334',
            'booked': '38.333333334',
            'difference': '1',
        }
    ]
    rows = ledger.query(
        'SELECT currency, ok, topics FROM reconciliation WHERE source = @gcp ORDER BY currency', {'gcp': 'gcp'}
    )
    assert rows == [
        {
            'currency': 'AUD',
            'ok': False,
            'topics': [
                {
                    'topic': 'controls',
                    'measure': 'cost',
                    'expected': Decimal('37.333333334'),
                    'booked': Decimal('38.333333334'),
                    'difference': Decimal(1),
                }
            ],
        },
        {'currency': 'USD', 'ok': True, 'topics': []},
    ]


def test_the_log_record_has_them_in_words_and_as_fields(
    ledger: Ledger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = damaged(ledger, tmp_path)
    with caplog.at_level(logging.ERROR, 'cpg_infra.billing'):
        _log(outcome)
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line['severity'], line['message']) == (
        'ERROR',
        (
            'gcp is not reconciled: gcp 202403 AUD: cost differ by 1; 202403 controls: cost 37.333333334 expected, '
            '38.333333334 booked, difference 1 AUD'
        ),
    )
    assert line['differences'] == [one.said for one in outcome.differences]


# An older layout --------------------------------------------------------------------------------------------


def made_older(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute('ALTER TABLE reconciliation DROP COLUMN topics')
        connection.execute('UPDATE ledger_format SET version = 1')


def test_a_ledger_of_the_layout_before_gains_the_column_when_it_is_written(tmp_path: Path) -> None:
    file, hail = tmp_path / 'l.duckdb', FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a')]})
    dollars = settings(pricing=Pricing('USD'))
    with open_ledger(file) as ledger:
        aggregate(ledger, None, hail, given=dollars)
    made_older(file)
    with open_ledger(file, read_only=True) as ledger:
        assert [one.ok for one in balances(ledger.engine)] == [True]
    with open_ledger(file) as ledger:
        (outcome,) = aggregate(ledger, None, hail, given=dollars, now=NOW + dt.timedelta(days=1))
        assert outcome.status == 'ok'
        assert ledger.query('SELECT topics FROM reconciliation') == [{'topics': []}]


def test_a_ledger_whose_lines_have_other_ids_is_not_written_and_can_be_read(tmp_path: Path) -> None:
    pattern, file = write_export(tmp_path / 'rows.json', [export_row()]), tmp_path / 'l.duckdb'
    with open_ledger(file) as ledger:
        aggregate(ledger, pattern)
    made_older(file)
    with pytest.raises(LedgerError, match='would book them twice'), open_ledger(file):
        pass
    with open_ledger(file, read_only=True) as ledger:
        assert [one.ok for one in balances(ledger.engine)] == [True]

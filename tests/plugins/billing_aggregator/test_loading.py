"""Which lines are written, and in how many goes they are booked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from cpg_infra.plugins.billing_aggregator import loading
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.posting import Posted, Run, post
from cpg_infra.plugins.billing_aggregator.ledger.sql import render
from cpg_infra.plugins.billing_aggregator.loading import Pricing, keep
from cpg_infra.plugins.billing_aggregator.sources.source import Line, Notes, Reading
from tests.plugins.billing_aggregator.building import (
    NOW,
    WHEN,
    FixedSource,
    aggregate,
    by_topic,
    credit,
    export_row,
    loaded,
    postings,
    proportions,
    set_proportions,
    settings,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

OTHERS: dict[str, Any] = {
    'scope': '2',
    'cloud': 'azure',
    'payer': 'ataxia',
    'tag': 'twins',
    'service': {'id': 'x'},
    'sku': {'id': 'x'},
    'usage_start_time': NOW,
    'usage_end_time': NOW + dt.timedelta(microseconds=1),
    'project': {'name': 'x'},
    'labels': '{"a":"b"}',
    'system_labels': '{"a":"b"}',
    'location': {'zone': 'x'},
    'export_time': NOW,
    'usage': {'amount': 3.25, 'unit': 'mcpu * msec'},
    'credits': [{'name': 'x', 'amount': -1.0}],
    'cost_type': 'tax',
    'adjustment_info': {'id': 'x'},
    'amount': 1.0000000001,
    'amount_currency': 'AUD',
    'month': '202402',
    'share_time': NOW,
    'fault': 'invalid',
}
"""For each column of a line but its id and its source something else than a line says by default."""


def written(ledger: Ledger, line: Line) -> int:
    """How many lines are written when the batch has this one."""
    keep(ledger.engine, 'hail', iter([Reading('1', [line])]), Notes(), dry=False)
    (row,) = ledger.query('SELECT COUNT(*) AS lines FROM new_lines')
    return int(row['lines'])


def test_a_line_that_says_the_same_is_not_written_again(ledger: Ledger) -> None:
    assert [written(ledger, hail_line(1, 1, 'a')) for _ in range(3)] == [1, 0, 0]


@pytest.mark.parametrize('column', OTHERS)
def test_a_line_that_says_something_else_is_written(ledger: Ledger, column: str) -> None:
    assert written(ledger, hail_line(1, 1, 'a')) == 1
    changed = hail_line(1, 1, 'a', **{column: OTHERS[column]})
    assert written(ledger, changed) == 1
    (row,) = ledger.query(f'SELECT {column} AS value FROM source_lines')
    (asked,) = ledger.query(f'SELECT {column} AS value FROM incoming')
    assert row == asked


def test_every_column_of_a_line_counts() -> None:
    assert {*OTHERS, 'line_id', 'source', 'gone'} == hail_line(1, 1, 'a').keys()


def test_a_line_that_comes_back_is_no_longer_gone(ledger: Ledger) -> None:
    written(ledger, hail_line(1, 1, 'a'))
    written(ledger, hail_line(1, 2, 'a'))
    assert ledger.query('SELECT gone FROM source_lines ORDER BY line_id') == [{'gone': True}, {'gone': False}]
    assert written(ledger, hail_line(1, 1, 'a')) == 1
    assert ledger.query('SELECT gone FROM source_lines ORDER BY line_id') == [{'gone': False}, {'gone': True}]


class Recorded:
    """An engine that remembers the statements that it is given, and may not be alone, as on BigQuery."""

    alone = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.statements: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        place = {'query': 0, 'execute': 0, 'stage': 1}.get(name)
        if place is None:
            return found

        def recorded(*given: Any) -> Any:
            self.statements.add(given[place])
            return found(*given)

        return recorded


@pytest.mark.parametrize('dry', [False, True])
def test_every_statement_of_a_run_is_one_of_bigquery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry: bool
) -> None:
    monkeypatch.setattr(loading, 'LINES_AT_ONCE', 1)
    hail = FixedSource('hail', {'1': [hail_line(1, job, 'a', payer='seqr') for job in range(2)]})
    pattern = write_export(tmp_path / 'rows.json', [export_row()])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        engine = Recorded(ledger.engine)
        aggregate(Ledger(engine), pattern, hail, dry=dry)
    assert len(engine.statements) == (41 if dry else 71)
    for statement in engine.statements:
        assert len(sqlglot.parse(render(statement, 'bigquery').text, read='bigquery')) == 1


def test_what_is_inserted_is_what_would_be_merged(tmp_path: Path) -> None:
    rows = [export_row(project='lantern-seqr'), *[export_row(project='lantern-twins', credits=[credit(-0.5)])] * 2]
    found = []
    for number, alone in enumerate((True, False)):
        with open_ledger(tmp_path / f'{number}.duckdb') as ledger:
            set_proportions(ledger, proportions({'ataxia': 1, 'twins': 2}))
            engine = Recorded(ledger.engine)
            engine.alone = alone
            aggregate(Ledger(engine), write_export(tmp_path / 'rows.json', rows))
            wrote = [statement.split()[0] for statement in engine.statements if 'INTO ledger' in statement]
            assert wrote == ['INSERT' if alone else 'MERGE']
            found.append([{key: row[key] for key in row if key not in WHEN} for row in postings(ledger)])
    assert len(found[0]) == 6
    assert found[0] == found[1]


def test_who_has_the_file_open_twice_is_not_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert ledger.engine.alone
        with (
            open_ledger('l.duckdb') as other,
            open_ledger(tmp_path / 'another.duckdb') as third,
        ):
            assert [each.engine.alone for each in (ledger, other, third)] == [False, False, True]
        assert ledger.engine.alone


# Ids of the export's lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    'change',
    [
        {'billing_account_id': 'A-2'},
        {'service': {'id': 's2', 'description': 'Cloud Storage'}},
        {'sku': {'id': 'k2', 'description': 'Standard Storage'}},
        {'usage_start_time': '2024-03-01 09:00:00.000001'},
        {'usage_end_time': '2024-03-01 10:00:00.000001'},
        {'export_time': '2024-03-01 15:00:01'},
        {'project': 'lantern-twins'},
        {'labels': [{'key': 'a', 'value': 'b'}]},
        {'system_labels': [{'key': 'a', 'value': 'b'}]},
        {'location': {'location': 'us', 'country': 'AU', 'region': 'au-1', 'zone': None}},
        {'location': {'location': 'au', 'country': 'AU', 'region': 'au-1', 'zone': 'a'}},
        {'cost': 1.2500000000000002},
        {'currency': 'USD'},
        {'usage': {'amount': 12.500000000000002, 'unit': 'seconds', 'amount_in_pricing_units': 0.25}},
        {'credits': [credit(-0.1)]},
        {'invoice': {'month': '202404'}},
        {'cost_type': 'tax'},
        {'adjustment_info': {'id': 'x'}},
        {'adjustment_info': {'mode': 'x'}},
        {'adjustment_info': {'type': 'x'}},
    ],
    ids='-'.join,
)
def test_lines_that_the_export_tells_apart_have_ids_of_their_own(tmp_path: Path, change: dict[str, Any]) -> None:
    ids = {row['line_id'] for row in loaded(tmp_path, [export_row(), export_row(**change)])}
    assert len(ids) == 2
    assert {identity.rpartition('-')[2] for identity in ids} == {'0'}


@pytest.mark.parametrize(
    'change',
    [
        {'service': {'id': 's1', 'description': 'Storage'}},
        {'sku': {'id': 'k1', 'description': 'Storage of the standard class'}},
        {'location': {'location': 'au', 'country': 'Australia', 'region': 'au-2', 'zone': None}},
    ],
    ids='-'.join,
)
def test_a_name_that_is_worded_anew_is_no_other_line(tmp_path: Path, change: dict[str, Any]) -> None:
    before = loaded(tmp_path, [export_row()])
    after = loaded(tmp_path, [export_row(**change)])
    assert [row['id'] for row in after] == [row['id'] for row in before]
    twice = loaded(tmp_path, [export_row(), export_row(**change)], file='another.duckdb')
    assert sorted(row['line_id'][-2:] for row in twice) == ['-0', '-1']
    assert by_topic(twice) == {'ataxia': Decimal('2.5')}


# In pieces --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(('at_once', 'merges'), [(1, 5), (2, 3), (4, 2), (5, 1)])
def test_a_batch_is_booked_in_as_many_goes_as_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, merges: int
) -> None:
    monkeypatch.setattr(loading, 'LINES_AT_ONCE', at_once)
    booked: list[Posted] = []

    def counted(engine: Engine, run: Run, *, bounded: bool) -> Posted:
        booked.append(post(engine, run, bounded=bounded))
        return booked[-1]

    monkeypatch.setattr(loading, 'post', counted)
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        lines = [hail_line(1, job, 'a') for job in range(5)]
        (outcome,) = aggregate(ledger, None, FixedSource('hail', {'1': lines}), given=settings(pricing=Pricing('USD')))
    assert len(booked) == merges
    assert (outcome.status, outcome.posted.lines, outcome.posted.inserted) == ('ok', 5, 10)


def test_a_dry_run_says_what_changes_as_of_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, 'LINES_AT_ONCE', 2)
    lines = [hail_line(1, job, 'a', payer='seqr') for job in range(5)]
    source = FixedSource('hail', {'1': lines})
    dollars = settings(pricing=Pricing('USD'))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        set_proportions(ledger, proportions({'ataxia': 1}, method='compute'))
        aggregate(ledger, None, source, given=dollars)
        set_proportions(ledger, proportions({'twins': 1}, method='compute'))
        source.scopes = {'1': lines[:4]}
        (outcome,) = aggregate(ledger, None, source, given=dollars, dry=True)
        assert {(one.topic, one.before, one.after) for one in outcome.changes} == {
            ('ataxia', Decimal(5), Decimal(0)),
            ('hail', Decimal(-5), Decimal(-4)),
            ('twins', Decimal(0), Decimal(4)),
        }
        assert by_topic(ledger.query('SELECT topic, cost_exact FROM ledger')) == {'ataxia': 5, 'hail': -5}

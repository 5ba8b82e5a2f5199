"""Laws of the ledger, for any lines: order, overlap and interruptions leave no trace, and sums are exact."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpg_infra.plugins.billing_aggregator import loading
from cpg_infra.plugins.billing_aggregator.differing import Told, differences_of, with_topics
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import balances
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.sources.source import Line
from tests.plugins.billing_aggregator import building
from tests.plugins.billing_aggregator.building import (
    FixedSource,
    Row,
    aggregate,
    credit,
    export_in,
    export_row,
    postings,
    proportions,
    set_proportions,
    total,
    write_export,
)
from tests.plugins.billing_aggregator.building import settings as ledger_settings
from tests.plugins.billing_aggregator.hail_lines import hail_line

FEW = settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
"""A run takes a good part of a second; each example does several."""

DOLLARS = building.settings(pricing=Pricing('USD'))

money = st.integers(-(10**13), 10**13).map(lambda units: units / 1e9)
rows = st.lists(
    st.builds(
        export_row,
        project=st.sampled_from([None, 'lantern-ataxia', 'lantern-seqr', 'stranger-1']),
        cost=money,
        credits=st.lists(money.map(credit), max_size=2),
        export_time=st.sampled_from([f'2024-03-0{day} 01:00:00' for day in (1, 2, 3)]),
        usage_end_time=st.sampled_from(['2024-02-29 10:00:00', '2024-03-01 07:30:00', '2024-03-01 08:30:00']),
        invoice=st.sampled_from([{'month': '202402'}, {'month': '202403'}, None]),
    ),
    min_size=1,
    max_size=12,
)
maps = st.dictionaries(
    st.sampled_from(['ataxia', 'twins', 'controls', 'foo-2']), st.integers(0, 10**6), min_size=1
).filter(lambda weights: sum(weights.values()) > 0)


def booked(folder: Path, loads: Sequence[Sequence[Row]], *weights: dict[str, int]) -> list[Row]:
    """The postings after several loads, each of which sees its rows only; with each map in its turn."""
    with open_ledger(folder / 'l.duckdb') as ledger:
        for number, load in enumerate(loads):
            version = weights[min(number, len(weights) - 1)]
            set_proportions(ledger, proportions(version, version=str(sorted(version.items()))))
            pattern = write_export(folder / f'load-{number}.json', load)
            (outcome,) = aggregate(ledger, pattern, command='backfill', start=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
            assert outcome.status == 'ok', outcome.faults
        return postings(ledger)


@FEW
@given(rows=rows, weights=maps, data=st.data())
def test_the_order_of_rows_leaves_no_trace(rows: list[Row], weights: dict[str, int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert booked(Path(one), [rows], weights) == booked(Path(other), [shuffled], weights)


@FEW
@given(rows=rows, weights=maps)
def test_days_may_be_loaded_in_any_order_and_again(rows: list[Row], weights: dict[str, int]) -> None:
    days = [list(load) for _, load in itertools.groupby(sorted(rows, key=arrival), key=arrival)]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert booked(Path(one), [rows], weights) == booked(Path(other), [*reversed(days), rows, days[0]], weights)


def arrival(row: Row) -> str:
    return str(row['export_time'])


@FEW
@given(rows=rows, before=maps, after=maps)
def test_a_new_map_gives_the_table_that_it_would_have_given_at_once(
    rows: list[Row], before: dict[str, int], after: dict[str, int]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        at_once = booked(Path(one), [rows], after)
        assert booked(Path(other), [rows, rows], before, after) == at_once
        for measure in ('cost_exact', 'credits_exact'):
            charged = [row for row in at_once if row['entry'] == 'charge']
            assert total(at_once, measure) == total(charged, measure)


@FEW
@given(rows=rows, weights=maps)
def test_every_line_is_the_sum_of_its_postings(rows: list[Row], weights: dict[str, int]) -> None:
    with TemporaryDirectory() as folder:
        found = booked(Path(folder), [rows], weights)
    expected = sum((Decimal(repr(row['cost'])).quantize(Decimal('1e-9')) for row in rows), Decimal(0))
    assert total(found) == expected
    lines: dict[str, Decimal] = {}
    for row in found:
        if row['entry'] != 'charge':
            lines[row['line_id']] = lines.get(row['line_id'], Decimal(0)) + row['cost_exact']
    assert set(lines.values()) <= {Decimal(0)}


@FEW
@given(rows=rows, weights=maps, data=st.data())
def test_what_topics_should_carry_is_worked_out_twice_and_a_unit_too_much_is_found(
    rows: list[Row], weights: dict[str, int], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        found = booked(Path(folder), [rows], weights)
        with open_ledger(Path(folder) / 'l.duckdb') as ledger:
            export = export_in(ledger, Path(folder) / '*.json')
            told = Told(export, ledger_settings(), '')
            told.settings.attribution.stage(ledger.engine)
            assert [one.topics for one in with_topics(ledger.engine, balances(ledger.engine), told) if one.topics] == []
            row = data.draw(st.sampled_from(found))
            ledger.execute(
                'UPDATE ledger SET cost_exact = cost_exact + CAST(@unit AS NUMERIC) WHERE id = @id',
                {'unit': Decimal('1e-9'), 'id': row['id']},
            )
            (topic,) = differences_of(with_topics(ledger.engine, balances(ledger.engine), told))
        assert (topic.topic, topic.measure, topic.difference) == (row['topic'], 'cost', Decimal('1e-9'))


# Batches of many jobs, in pieces ----------------------------------------------------------------------------

jobs = st.lists(
    st.builds(
        hail_line,
        batch=st.integers(1, 2),
        job=st.sampled_from(['*', 1, 2, 3]),
        resource=st.sampled_from(['compute/a', 'memory/a']),
        cost=st.none() | money,
        payer=st.sampled_from(['twins', 'seqr']),
    ),
    max_size=8,
    unique_by=lambda line: line['line_id'],
)


def in_pieces(folder: Path, size: int, *loads: Sequence[Line]) -> list[Any]:
    """What several readings of the same batches leave, when so many lines are booked at once."""
    with pytest.MonkeyPatch.context() as patch, open_ledger(folder / 'l.duckdb') as ledger:
        patch.setattr(loading, 'LINES_AT_ONCE', size)
        set_proportions(ledger, proportions({'ataxia': 1, 'twins': 2}, method='compute'))
        for lines in loads:
            scopes = {batch: [line for line in lines if line['scope'] == batch] for batch in ('1', '2')}
            (outcome,) = aggregate(ledger, None, FixedSource('hail', scopes), given=DOLLARS)
            assert outcome.status == 'ok', outcome.faults
        return everything(ledger)


@FEW
@given(before=jobs, after=jobs, size=st.integers(1, 3))
def test_pieces_leave_no_trace(before: list[Line], after: list[Line], size: int) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert in_pieces(Path(one), size, before, after) == in_pieces(Path(other), 100, before, after)


# Killed at every statement ----------------------------------------------------------------------------------


class Photographed:
    """An engine whose files are copied before some of its statements that write: what is there if it dies then.

    What only reads or lays out a stage leaves nothing.
    """

    def __init__(self, engine: DuckDBEngine, file: Path, *, every: int = 1, first: int = 0) -> None:
        self._engine = engine
        self._file = file
        self._every = every
        self._first = first
        self.statements = 0
        self.copies: list[Path] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        if name != 'execute':
            return found

        def photographed(*arguments: Any, **options: Any) -> Any:
            if self.statements % self._every == self._first:
                self._copy()
            self.statements += 1
            return found(*arguments, **options)

        return photographed

    def _copy(self) -> None:
        folder = self._file.parent / str(self.statements)
        folder.mkdir()
        for file in self._file.parent.glob(f'{self._file.name}*'):
            shutil.copy(file, folder)
        self.copies.append(folder / self._file.name)


ROWS = [
    export_row(),
    export_row(project='lantern-seqr', cost=1.0, credits=[credit(-0.1)]),
    export_row(project='lantern-seqr', cost=2.0, labels=[{'key': 'dataset', 'value': 'stranger'}]),
]


def run(ledger: Ledger, folder: Path, hour: int) -> list[str]:
    hail = FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a', payer='seqr'), hail_line(1, 2, 'compute/a')]})
    # A lease of a run that was killed ends by itself.
    now = dt.datetime(2024, 3, 10, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
    return [one.status for one in aggregate(ledger, folder / 'rows.json', hail, now=now)]


def everything(ledger: Ledger) -> list[Any]:
    """The ledger and all that follows from it."""
    daily = ledger.query('SELECT * FROM aggregate_daily ORDER BY day, topic, gcp_project, sku, source')
    totals = ledger.query('SELECT source, scope, lines, cost FROM totals ORDER BY source, scope')
    rejects = ledger.query('SELECT line_id, reason FROM rejects ORDER BY line_id')
    return [postings(ledger), daily, totals, rejects, [str(balance) for balance in balances(ledger.engine)]]


@pytest.fixture(scope='module')
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What a run leaves that books the batch whole."""
    folder = tmp_path_factory.mktemp('undisturbed')
    write_export(folder / 'rows.json', ROWS)
    with open_ledger(folder / 'l.duckdb') as ledger:
        set_proportions(ledger, proportions({'ataxia': 1, 'twins': 2}))
        assert run(ledger, folder, 0) == ['ok', 'ok']
        return everything(ledger)


@pytest.mark.parametrize('part', range(4))
def test_a_run_that_is_killed_before_any_statement_is_completed_by_the_next(
    part: int, undisturbed: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, 'LINES_AT_ONCE', 1)
    write_export(tmp_path / 'rows.json', ROWS)
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        set_proportions(ledger, proportions({'ataxia': 1, 'twins': 2}))
        assert isinstance(ledger.engine, DuckDBEngine)
        engine = Photographed(ledger.engine, tmp_path / 'l.duckdb', every=4, first=part)
        assert run(Ledger(engine), tmp_path, 0) == ['ok', 'ok']
    assert len(engine.copies) == len(range(part, engine.statements, 4)) > 1
    for copy in engine.copies:
        with open_ledger(copy) as ledger:
            assert run(ledger, tmp_path, 2) == ['ok', 'ok']
            assert everything(ledger) == undisturbed, f'killed before statement {copy.parent.name}'


def test_a_batch_that_is_half_booked_does_not_reconcile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, 'LINES_AT_ONCE', 1)
    write_export(tmp_path / 'rows.json', ROWS)
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert isinstance(ledger.engine, DuckDBEngine)
        engine = Photographed(ledger.engine, tmp_path / 'l.duckdb')
        run(Ledger(engine), tmp_path, 0)
    booked = set()
    for copy in engine.copies:
        with open_ledger(copy) as ledger:
            found = [one for one in balances(ledger.engine) if one.source == 'hail']
            booked |= {(one.source_lines, one.ledger_lines, one.ok) for one in found}
            assert ledger.query("SELECT mark FROM watermarks WHERE source = 'hail'") == [] or all(
                one.ok for one in found
            )
    assert booked == {(2, 1, False), (2, 2, True)}

"""What may go wrong with the database, each as one sentence, and nothing lost."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from cpg_infra.plugins.billing_aggregator import loading
from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked
from cpg_infra.plugins.billing_aggregator.ledger import LedgerError, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import LeaseLostError, LockedLedgerError, NewerLedgerError
from cpg_infra.plugins.billing_aggregator.ledger.leases import DURATION, LeaseTakenError, check, take
from cpg_infra.plugins.billing_aggregator.ledger.posting import Run, post
from cpg_infra.plugins.billing_aggregator.ledger.schema import VERSION
from cpg_infra.plugins.billing_aggregator.loading import Pricing, stage_days
from cpg_infra.plugins.billing_aggregator.sources.gcp_files import GcpFiles
from cpg_infra.plugins.billing_aggregator.sources.source import Notes, Reading, Window
from tests.plugins.billing_aggregator.building import (
    NOW,
    FixedSource,
    aggregate,
    attribution,
    by_topic,
    engine_of,
    export_row,
    loaded,
    postings,
    settings,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

ROOT = Path(__file__).parents[3]


def test_two_processes_at_once_give_one_table(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row(cost=float(cost)) for cost in range(50)])
    command = [
        sys.executable,
        '-m',
        'tests.plugins.billing_aggregator.ledger_process',
        str(tmp_path / 'l.duckdb'),
        str(pattern),
    ]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=300) for process in running]
    assert [out for out, _ in said] == ['ok', 'ok'], said
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert by_topic(postings(ledger)) == {'ataxia': sum(range(50))}
        assert len(ledger.query('SELECT run_id FROM runs')) == 2


def test_a_file_that_another_process_has_open_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / 'l.duckdb'
    code = f'import duckdb, sys; c = duckdb.connect({str(file)!r}); print("open", flush=True); sys.stdin.read()'
    with subprocess.Popen(
        [sys.executable, '-c', code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == 'open\n'
        with pytest.raises(LockedLedgerError) as raised, open_ledger(file):
            pass
        assert str(raised.value) == (
            f'{file}: another process ({other.pid}) has the ledger open; try again when it has ended'
        )


def test_a_ledger_of_a_newer_layout_is_refused(tmp_path: Path) -> None:
    file = tmp_path / 'l.duckdb'
    with open_ledger(file):
        pass
    with duckdb.connect(str(file)) as connection:
        connection.execute('UPDATE ledger_format SET version = 99')
    with (
        pytest.raises(NewerLedgerError, match=f'layout 99, this program knows {VERSION}: install'),
        open_ledger(file),
    ):
        pass


def test_another_database_and_another_file_are_refused(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / 'other.duckdb')) as connection:
        connection.execute('CREATE TABLE something (x INTEGER)')
    with (
        pytest.raises(LedgerError, match='this database holds something else than a ledger'),
        open_ledger(tmp_path / 'other.duckdb'),
    ):
        pass
    (tmp_path / 'text.duckdb').write_text('a text' * 10_000, encoding='utf-8')
    with (
        pytest.raises(LedgerError, match=r'text\.duckdb: this file is no DuckDB database'),
        open_ledger(tmp_path / 'text.duckdb'),
    ):
        pass


def test_reading_a_ledger_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerError, match='there is no ledger; `cpg-infra billing aggregate` makes one'),
        open_ledger(tmp_path / 'none.duckdb', read_only=True),
    ):
        pass
    assert not (tmp_path / 'none.duckdb').exists()


def test_a_disk_that_is_full_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    before = loaded(tmp_path, [export_row()])
    write_export(tmp_path / 'export' / 'rows.json', [export_row(cost=number / 7) for number in range(20_000)])
    limit = (tmp_path / 'l.duckdb').stat().st_size + 200_000
    code = (
        'import resource, signal, sys\n'
        'from cpg_infra.plugins.billing_aggregator.ledger import LedgerError, open_ledger\n'
        'from tests.plugins.billing_aggregator.building import aggregate\n'
        'signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n'
        f'resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n'
        'try:\n'
        '    with open_ledger(sys.argv[1]) as ledger: aggregate(ledger, sys.argv[2])\n'
        'except LedgerError as error: print(error)\n'
    )
    file = tmp_path / 'l.duckdb'
    ran = subprocess.run(
        [sys.executable, '-c', code, str(file), str(tmp_path / 'export' / 'rows.json')],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == (
        f'{file}: the file cannot grow; what is booked stays booked, run it again when there is room\n'
    ), ran.stderr
    with open_ledger(file) as ledger:
        assert postings(ledger) == before


# Leases ---------------------------------------------------------------------------------------------------------


def test_a_source_is_loaded_by_one_run_at_a_time_until_its_lease_expires(tmp_path: Path) -> None:
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        first = take(ledger.engine, 'gcp', 'run-1', NOW)
        with pytest.raises(LeaseTakenError, match='gcp: run run-1 is loading it'):
            take(ledger.engine, 'gcp', 'run-2', NOW)
        second = take(ledger.engine, 'gcp', 'run-2', NOW + DURATION + dt.timedelta(seconds=1))
        assert second.token == first.token + 1
        with pytest.raises(LeaseLostError):
            check(ledger.engine, first)


def test_a_run_that_takes_long_keeps_its_lease_for_as_long_as_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, 'LINES_TOGETHER', 1)
    hours = [0.0]

    class Slow(FixedSource):
        def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
            for reading in super().read(window, notes):
                with pytest.raises(LeaseTakenError, match='is loading it'):
                    take(ledger.engine, 'hail', 'other', NOW + dt.timedelta(hours=hours[0]))
                yield reading
                hours[0] += 0.9

    source = Slow('hail', {str(batch): [hail_line(batch, 1, 'compute/a')] for batch in (1, 2, 3)})
    given = settings(pricing=Pricing('USD'))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        run = Aggregation(ledger.engine, given, NOW, others=[source], clock=lambda: hours[0] * 3600)
        (outcome,) = run.run(Asked())
        assert (outcome.status, outcome.posted.lines) == ('ok', 3)
        (row,) = ledger.query('SELECT * FROM runs')
        assert row['ended_at'] - row['started_at'] == dt.timedelta(hours=2.7)


def test_a_run_whose_lease_was_taken_over_writes_nothing(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row()])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        engine = engine_of(ledger)
        given = attribution()
        given.stage(engine)
        slow = take(engine, 'gcp', 'slow', NOW)
        day = dt.date(2024, 3, 1)
        stage_days(engine, GcpFiles(engine, str(pattern)), day, day, given, 'slow')
        take(engine, 'gcp', 'quick', NOW + 2 * DURATION)
        with pytest.raises(LeaseLostError):
            post(engine, Run('slow', slow, NOW), bounded=True)
        assert postings(ledger) == []
        assert ledger.query('SELECT * FROM totals') == []


def test_a_source_that_another_run_has_is_reported_and_not_touched(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row()])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        take(ledger.engine, 'gcp', 'other', NOW)
        (outcome,) = aggregate(ledger, pattern)
        assert outcome.status == 'failed'
        assert outcome.faults == ['gcp: run other is loading it, until 2024-03-10 13:00 UTC at most']
        assert postings(ledger) == []


# What a source says is never run ------------------------------------------------------------------------------


def test_what_a_source_says_is_data(tmp_path: Path) -> None:
    evil = "x'); DROP TABLE ledger; --"
    rows = loaded(tmp_path, [export_row(project=evil, cost_type=evil), export_row()])
    assert by_topic(rows).keys() == {evil, 'ataxia'}


def test_a_name_of_a_file_is_data(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / "it's" / "o'clock.json", [export_row()])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern)
        assert len(postings(ledger)) == 1


@pytest.mark.parametrize('topic', ['a/b', 'a%2Fb', 'a'])
def test_ids_tell_topics_apart_whatever_they_hold(tmp_path: Path, topic: str) -> None:
    (row,) = loaded(tmp_path, [export_row(project=topic)])
    assert row['id'].split('/')[-1] == topic.replace('%', '%25').replace('/', '%2F')

"""Each defect of the pipeline that this one replaces, put back: its check in `test_defects` must fail under it.

A mutant names the requirement that it takes away. What holds it is one text of SQL, or one function or constant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from cpg_infra.plugins.billing_aggregator import aggregate, loading
from cpg_infra.plugins.billing_aggregator.ledger import LedgerError, duckdb_engine, posting, rates
from cpg_infra.plugins.billing_aggregator.ledger.functions import FUNCTIONS
from cpg_infra.plugins.billing_aggregator.ledger.merging import POSTING_COLUMNS
from cpg_infra.plugins.billing_aggregator.ledger.sql import Rendered, render
from cpg_infra.plugins.billing_aggregator.sources import gcp_files, hail, hail_batch, lines
from cpg_infra.plugins.billing_aggregator.sources.source import Notes, SourceError, Window
from tests.plugins.billing_aggregator import test_defects, test_faults
from tests.plugins.billing_aggregator.service import Service
from tests.plugins.billing_aggregator.sources import test_hail

ROWS: Final = (
    'ids are selected, then inserted; the lock is one instance',
    'true duplicates are kept once and dropped once',
    'a new map double counts',
    'jobs collide without the resource',
    'rows without a project are lost; foo-2 becomes foo',
    'float shares; credits and usage are copied unscaled',
    'month and rate disagree',
    'paging filters before its stop test; nothing alerts',
    'batch detail that comes later doubles',
    'asking for batches reads the export again; attributes overwrite ours',
)
"""The table of defects, in its order."""

KILLS: Final = (AssertionError, pytest.fail.Exception, LedgerError, SourceError)
"""How a check fails; anything else is a mutant that does not run."""


@dataclass(frozen=True)
class Mutant:
    """`sql`: texts of statements and what they become. `code`: (owner, name, value) each. `given`: what the check takes."""

    row: int
    name: str
    check: Callable[..., None]
    given: tuple[object, ...] = ()
    sql: Mapping[str, str] = dataclasses.field(default_factory=dict)
    code: Sequence[tuple[object, str, object]] = ()
    function: tuple[str, str] | None = None


def _over_loopback(check: Callable[..., None]) -> Callable[..., None]:
    def run(_: Path, *given: object) -> None:
        with Service() as service:
            check(service, *given)

    return run


def _jobs_in_detail_and_together(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        test_defects.test_jobs_in_detail_replace_jobs_together_and_the_other_way(folder, patch, at_once=1)


def _filters_first(self: hail.Hail, window: Window) -> Any:
    """As it was: batches of others are dropped, and the rest decides whether to read on."""
    mark: object = None
    while True:
        parameters = {} if mark is None else {'last_completed_timestamp': str(mark)}
        page = self._web.json(f'{self._api}/batches/completed', parameters)
        found = [one for one in page['batches'] if one['billing_project'] != 'hail']
        for batch in found:
            if str(batch['time_completed']) < window.start.isoformat():
                return
            if str(batch['time_completed']) < window.end.isoformat():
                yield batch
        mark = page.get('last_completed_timestamp')
        if mark is None:
            return


def _empty_alerts(self: hail.Hail, window: Window) -> Any:
    page = self._web.json(f'{self._api}/batches/completed')
    if not page['batches']:
        raise SourceError('hail', 'there are no batches')
    yield from page['batches']


def _fixed_thresholds(self: hail.Hail, batch: Mapping[str, Any]) -> Any:
    self._thresholds = hail.Thresholds()
    return _LINES(self, batch)


_LINES: Final = hail.Hail._lines


def _no_resource(**given: Any) -> Any:
    batch, job, *_ = given['line_id'].removeprefix('hail-').split('-')
    return lines.line(**{**given, 'line_id': f'hail-{batch}-{job}'})


def _no_separator(**given: Any) -> Any:
    return lines.line(**{**given, 'line_id': given['line_id'].replace('-', '')})


def _theirs_win(ours: Mapping[str, object], theirs: Mapping[str, object] | None = None) -> str:
    return lines.labels_json(theirs or {}, {key: value for key, value in ours.items() if key not in (theirs or {})})


def _insert_only(postings: str, *_: object, **__: object) -> str:
    columns = ', '.join(POSTING_COLUMNS)
    return f'INSERT INTO ledger ({columns}, run_id, loaded_at) SELECT {columns}, @run_id, @now FROM (\n{postings}\n)'


def _let_pass(*_: object) -> None:
    pass


def _keeps_what_went(engine: Any, source: str, readings: Any, notes: Notes, *, dry: bool) -> list[str]:
    kept = _KEEP(engine, source, readings, notes, dry=dry)
    engine.execute('UPDATE source_lines SET gone = FALSE WHERE TRUE')
    return kept


_KEEP: Final = loading.keep

MUTANTS: Final = (
    Mutant(
        0,
        'postings are inserted, whatever is there',
        test_defects.test_a_reload_adds_nothing_and_writes_nothing,
        sql={'WHERE e.id IS NULL OR e.content_hash <> f.content_hash': 'WHERE TRUE'},
        code=[(posting, 'merge_postings', _insert_only), (posting, '_refuse_repeats', _let_pass)],
    ),
    Mutant(
        0,
        'a run that lost its lease writes all the same',
        test_faults.test_a_run_whose_lease_was_taken_over_writes_nothing,
        sql={'leases.token = @token': 'leases.token >= @token'},
        code=[(posting, 'check', _let_pass)],
    ),
    Mutant(
        1,
        'lines that look alike have one id',
        test_defects.test_charges_that_look_alike_are_all_booked_and_a_reload_adds_none,
        sql={'GROUP BY line_id HAVING COUNT(*) > 1': 'GROUP BY line_id HAVING COUNT(*) > 1000'},
        code=[(posting, '_refuse_repeats', _let_pass)],
    ),
    Mutant(
        1,
        'one of lines that look alike is kept',
        test_defects.test_one_more_charge_that_looks_alike_adds_one,
        sql={
            'UNION ALL SELECT * EXCEPT (numbered_id) REPLACE (numbered_id AS line_id) FROM numbered': (
                'UNION ALL SELECT * EXCEPT (numbered_id) REPLACE (numbered_id AS line_id) FROM numbered '
                "WHERE numbered_id LIKE '%-0'"
            )
        },
    ),
    Mutant(
        1,
        'the fingerprint has every column that comes',
        test_defects.test_a_new_column_of_the_export_changes_no_id_and_is_noted,
        sql={
            'r.billing_account_id, r.service.id': 'r.billing_account_id, TO_JSON_STRING(r.sustainability), r.service.id'
        },
        code=[
            (
                gcp_files,
                'COLUMNS',
                {**gcp_files.COLUMNS, 'sustainability': 'STRUCT<grams INT64>'},
            )
        ],
    ),
    Mutant(
        2,
        'shares of an older map stay',
        test_defects.test_a_new_map_moves_shares_and_not_totals,
        sql={
            "DISTINCT e.id, 'delete' AS action\nFROM existing AS e": "e.id, 'delete' AS action\nFROM (SELECT * FROM existing WHERE FALSE) AS e"
        },
    ),
    Mutant(
        2,
        'the id has the map in it',
        test_defects.test_an_id_says_line_entry_and_topic_and_outlives_a_new_map,
        sql={"CONCAT(l.line_id, '/', 'split', '/',": "CONCAT(l.line_id, '/', l.map_version, '/',"},
    ),
    Mutant(
        3,
        'the id has no resource',
        _over_loopback(test_hail.test_every_resource_of_every_job_has_an_id_of_its_own),
        code=[(hail_batch, 'line', _no_resource)],
    ),
    Mutant(
        3,
        'the parts of the id run together',
        _over_loopback(test_hail.test_every_resource_of_every_job_has_an_id_of_its_own),
        code=[(hail_batch, 'line', _no_separator)],
    ),
    Mutant(
        4,
        'NOT IN, which is never true of nothing',
        test_defects.test_a_row_without_a_project_goes_to_the_default_topic,
        sql={'FROM printed AS r': "FROM (SELECT * FROM printed AS q WHERE q.project.id NOT IN ('another')) AS r"},
    ),
    Mutant(
        4,
        'a number at the end of a dataset is cut off',
        test_defects.test_a_dataset_whose_name_ends_in_a_number_keeps_it,
        sql={
            'COALESCE(p.topic, r.project.id, @default_topic) AS topic': (
                "REGEXP_REPLACE(COALESCE(p.topic, r.project.id, @default_topic), '-[0-9]+$', '') AS topic"
            )
        },
    ),
    Mutant(
        5,
        'what does not divide is lost',
        test_defects.test_every_measure_of_a_split_sums_to_the_line,
        sql={'part + CASE WHEN place <= missing THEN 1 ELSE 0 END AS part': 'part AS part'},
    ),
    Mutant(
        5,
        'the remainder goes by name',
        test_defects.test_a_remainder_goes_to_the_largest_remainders,
        sql={'ORDER BY remainder DESC, topic': 'ORDER BY topic'},
    ),
    Mutant(
        5,
        'credits are copied to every share',
        test_defects.test_every_measure_of_a_split_sums_to_the_line,
        sql={
            'UNSCALED(APPORTIONED(c.units, w.weight, w.total, p.part), 9) AS amount': 'UNSCALED(c.units, 9) AS amount'
        },
    ),
    Mutant(
        5,
        'usage is copied to every share',
        test_defects.test_every_measure_of_a_split_sums_to_the_line,
        sql={'APPORTIONED(s.usage_units, w.weight, w.total, pu.part) AS usage_units': 's.usage_units AS usage_units'},
    ),
    Mutant(
        6,
        'months begin in UTC',
        test_defects.test_a_line_without_a_month_is_of_the_month_where_invoices_are_made,
        function=('INVOICE_MONTH', "strftime(moment, '%Y%m')"),
    ),
    Mutant(
        6,
        'months begin 22 hours late',
        test_defects.test_a_line_without_a_month_is_of_the_month_where_invoices_are_made,
        function=('INVOICE_MONTH', "strftime(moment - INTERVAL 22 HOUR, '%Y%m')"),
    ),
    Mutant(
        6,
        'a line keeps the rate that it was booked with',
        test_defects.test_a_rate_that_comes_late_reprices_under_the_same_ids,
        sql={'AND NOT l.gone AND p.source = @source': 'AND l.gone AND p.source = @source'},
    ),
    Mutant(
        6,
        'any earlier rate will do',
        test_defects.test_a_rate_that_is_older_than_three_months_is_none,
        given=('202311', 'reject'),
        code=[(rates, 'MONTHS_BACK', 12)],
    ),
    Mutant(
        6,
        'without a rate the amount is taken as it is',
        test_defects.test_without_any_rate_a_line_is_a_dead_letter_in_its_own_currency,
        code=[(rates, 'choose', lambda *_: (1.0, False))],
    ),
    Mutant(
        7,
        'batches of others do not end the reading',
        _over_loopback(test_hail.test_pages_are_read_until_a_batch_completed_before_the_window_whoever_paid_it),
        code=[(hail.Hail, '_completed', _filters_first)],
    ),
    Mutant(
        7,
        'an empty page is a failure',
        _over_loopback(test_hail.test_an_empty_page_is_an_end_like_any_other),
        code=[(hail.Hail, '_completed', _empty_alerts)],
    ),
    Mutant(
        8,
        'the jobs of before stay beside the new ones',
        _jobs_in_detail_and_together,
        code=[(aggregate, 'keep', _keeps_what_went)],
    ),
    Mutant(
        8,
        'how many jobs are too many is not a setting',
        _over_loopback(test_hail.test_very_many_jobs_become_one_line_per_resource),
        given=(hail.Thresholds(3, 2), 1),
        code=[(hail.Hail, '_lines', _fixed_thresholds)],
    ),
    Mutant(
        9,
        'batches bring the window of the export along',
        test_defects.test_asking_for_batches_leaves_the_export_alone,
        code=[(aggregate, 'BATCHED', ('gcp', 'hail'))],
    ),
    Mutant(
        9,
        'attributes of users win',
        _over_loopback(test_hail.test_a_line_says_whose_job_it_was_and_fees_are_left_out),
        code=[(hail_batch, 'labels_json', _theirs_win)],
    ),
    Mutant(
        9,
        'labels have no end',
        lambda _: test_defects.test_our_labels_win_and_all_fit_in_64_kib(),
        code=[(lines, 'LABELS_AT_MOST', 1 << 30)],
    ),
)


def test_every_row_of_the_table_has_a_mutant() -> None:
    assert {mutant.row for mutant in MUTANTS} == set(range(len(ROWS)))


@pytest.mark.parametrize('mutant', MUTANTS, ids=lambda mutant: f'{ROWS[mutant.row]}: {mutant.name}')
def test_a_defect_that_comes_back_is_noticed(mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed: set[str] = set()

    def mutated(sql: str, *given: Any) -> Rendered:
        for text, other in mutant.sql.items():
            if text in sql:
                changed.add(text)
                sql = sql.replace(text, other)
        return render(sql, *given)

    monkeypatch.setattr(duckdb_engine, 'render', mutated)
    for owner, name, value in mutant.code:
        monkeypatch.setattr(owner, name, value)
    if mutant.function is not None:
        name, body = mutant.function
        monkeypatch.setitem(FUNCTIONS, name, dataclasses.replace(FUNCTIONS[name], duckdb=body))
    with pytest.raises(KILLS):
        mutant.check(tmp_path, *mutant.given)
    assert changed == mutant.sql.keys(), 'the mutant changed nothing'

"""What the pipeline that this one replaces got wrong, each as it must be. The names of sections are its defects."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from cpg_infra.plugins.billing_aggregator import loading
from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.sources.lines import LABELS_AT_MOST, labels_json
from tests.plugins.billing_aggregator.building import (
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
    total,
    write_export,
)
from tests.plugins.billing_aggregator.hail_lines import hail_line

# ids are selected, then inserted ---------------------------------------------------------------------------


def test_a_reload_adds_nothing_and_writes_nothing(tmp_path: Path) -> None:
    rows = [export_row(cost=cost) for cost in (0.1, 0.2, 0.3)]
    before = loaded(tmp_path, rows)
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, tmp_path / 'export' / 'rows.json')
        assert outcome.posted.same
        assert outcome.posted.lines == 3
        assert postings(ledger) == before


# true duplicates are kept in one load and dropped in the next --------------------------------------------


def test_charges_that_look_alike_are_all_booked_and_a_reload_adds_none(tmp_path: Path) -> None:
    before = loaded(tmp_path, [export_row()] * 3)
    assert [row['id'].split('/')[0][-2:] for row in before] == ['-0', '-1', '-2']
    assert by_topic(before) == {'ataxia': Decimal('3.75')}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, tmp_path / 'export' / 'rows.json')
        assert postings(ledger) == before


def test_one_more_charge_that_looks_alike_adds_one(tmp_path: Path) -> None:
    loaded(tmp_path, [export_row()] * 2)
    assert len(loaded(tmp_path, [export_row()] * 3)) == 3


def test_a_new_column_of_the_export_changes_no_id_and_is_noted(tmp_path: Path) -> None:
    before = loaded(tmp_path, [export_row()])
    pattern = write_export(tmp_path / 'export' / 'rows.json', [export_row(sustainability={'grams': 3})])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        (outcome,) = aggregate(ledger, pattern)
        assert outcome.notes.said == ['gcp: the export has a new column sustainability; it is left out']
        assert postings(ledger) == before


# a new map double counts ----------------------------------------------------------------------------------


def test_a_new_map_moves_shares_and_not_totals(tmp_path: Path) -> None:
    rows = [export_row(project='lantern-seqr', cost=1.0), export_row()]
    before = loaded(tmp_path, rows, proportions({'ataxia': 1, 'twins': 1}))
    after = loaded(tmp_path, rows, proportions({'twins': 1, 'controls': 3}, version='v2'))
    assert by_topic(before) == {'ataxia': Decimal('1.75'), 'twins': Decimal('0.5')}
    assert by_topic(after) == {'ataxia': Decimal('1.25'), 'twins': Decimal('0.25'), 'controls': Decimal('0.75')}
    assert total(before) == total(after) == Decimal('2.25')
    assert {row['map_version'] for row in after if row['entry'] == 'split'} == {'v2'}


# jobs collide without the resource ------------------------------------------------------------------------


def test_every_resource_of_every_job_has_an_id_of_its_own(tmp_path: Path) -> None:
    lines = [hail_line(1, job, resource) for job in (1, 11) for resource in ('compute/a', '1-compute/a')]
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, None, FixedSource('hail', {'1': lines}), given=settings(pricing=Pricing('USD')))
        charges = [row for row in postings(ledger) if row['entry'] == 'charge']
    assert len({row['line_id'] for row in charges}) == 4


def test_an_id_says_line_entry_and_topic_and_outlives_a_new_map(tmp_path: Path) -> None:
    rows = [export_row(project='lantern-seqr', cost=1.0)]
    before = {row['id'] for row in loaded(tmp_path, rows, proportions({'ataxia': 1, 'twins': 1}))}
    after = {row['id'] for row in loaded(tmp_path, rows, proportions({'ataxia': 7, 'controls': 1}, version='v2'))}
    (line,) = {identity.split('/')[0] for identity in before}
    ids = {f'{line}/{rest}' for rest in ('charge/seqr', 'reversal/seqr', 'split/ataxia')}
    assert before == {*ids, f'{line}/split/twins'}
    assert after == {*ids, f'{line}/split/controls'}


# rows without a project are lost; foo-2 becomes foo -------------------------------------------------------


def test_a_row_without_a_project_goes_to_the_default_topic(tmp_path: Path) -> None:
    assert by_topic(loaded(tmp_path, [export_row(project=None)])) == {'admin': Decimal('1.25')}


def test_a_project_that_is_nobodys_is_its_own_topic(tmp_path: Path) -> None:
    assert by_topic(loaded(tmp_path, [export_row(project='stranger-7')])) == {'stranger-7': Decimal('1.25')}


def test_a_dataset_whose_name_ends_in_a_number_keeps_it(tmp_path: Path) -> None:
    assert by_topic(loaded(tmp_path, [export_row(project='lantern-foo-2')])) == {'foo-2': Decimal('1.25')}


# float shares; credits and usage are copied unscaled -------------------------------------------------------


def test_every_measure_of_a_split_sums_to_the_line(tmp_path: Path) -> None:
    row = export_row(
        project='lantern-seqr',
        cost=100.000000001,
        credits=[credit(-0.1, 'first'), credit(0.07, 'second')],
        usage={'amount': 1e15 + 1, 'unit': 'byte', 'amount_in_pricing_units': 0.1, 'pricing_unit': 'gib'},
    )
    rows = loaded(tmp_path, [row], proportions({'ataxia': 1, 'twins': 1, 'controls': 1}))
    split = [row for row in rows if row['entry'] == 'split']
    (reversal,) = (row for row in rows if row['entry'] == 'reversal')
    assert total(split) == -reversal['cost_exact'] == Decimal('100.000000001')
    assert total(split, 'credits_exact') == -reversal['credits_exact'] == Decimal('-0.03')
    assert [credit['name'] for credit in split[0]['credits']] == ['first', 'second']
    for place in (0, 1):
        shares = sum(Decimal(repr(row['credits'][place]['amount'])) for row in split)
        assert shares == Decimal(repr(-reversal['credits'][place]['amount']))
    for measure in ('amount', 'amount_in_pricing_units'):
        shares = sum(Decimal(repr(row['usage'][measure])) for row in split)
        assert shares == Decimal(repr(-reversal['usage'][measure]))


def test_a_remainder_goes_to_the_largest_remainders(tmp_path: Path) -> None:
    rows = loaded(
        tmp_path, [export_row(project='lantern-seqr', cost=1e-8)], proportions({'ataxia': 5, 'twins': 3, 'controls': 3})
    )
    # 10 units by 5:3:3 are 4.55, 2.73 and 2.73.
    assert by_topic(rows) == {'ataxia': Decimal('4e-9'), 'controls': Decimal('3e-9'), 'twins': Decimal('3e-9')}


# month and rate disagree ----------------------------------------------------------------------------------


def test_a_rate_that_comes_late_reprices_under_the_same_ids(tmp_path: Path) -> None:
    january = export_row(export_time='2024-02-01 00:00:00', invoice={'month': '202402'}, currency_conversion_rate=1.4)
    march = export_row(export_time='2024-03-09 00:00:00', currency_conversion_rate=1.6)
    hail = FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a', cost=2.0)]})
    pattern = write_export(tmp_path / 'export' / 'a.json', [january])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern, hail)
        early = {row['id']: row for row in postings(ledger) if row['source'] == 'hail'}
        assert {(row['cost_exact'], row['rate_provisional']) for row in early.values() if row['entry'] == 'charge'} == {
            (Decimal('2.8'), True)
        }
        write_export(tmp_path / 'export' / 'b.json', [march])
        outcomes = aggregate(ledger, tmp_path / 'export' / '*.json', FixedSource('hail', {}))
        assert [one.status for one in outcomes] == ['ok', 'ok']
        late = {row['id']: row for row in postings(ledger) if row['source'] == 'hail'}
    assert late.keys() == early.keys()
    assert {(row['cost_exact'], row['rate_provisional']) for row in late.values() if row['entry'] == 'charge'} == {
        (Decimal('3.2'), False)
    }
    assert total(late.values()) == 0


def test_without_any_rate_a_line_is_a_dead_letter_in_its_own_currency(tmp_path: Path) -> None:
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, None, FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a', cost=2.0)]}))
        rows = postings(ledger)
        rejects = ledger.query('SELECT reason, cost_exact, currency FROM rejects')
    assert {(row['topic'], row['entry'], row['cost_exact'], row['currency']) for row in rows} == {
        ('unallocated', 'reject', Decimal(2), 'USD'),
        ('hail', 'credit', Decimal(-2), 'USD'),
    }
    assert rejects == [{'reason': 'no-rate', 'cost_exact': Decimal(2), 'currency': 'USD'}]


def test_a_line_without_a_month_is_of_the_month_where_invoices_are_made(tmp_path: Path) -> None:
    late = export_row(usage_end_time='2024-04-01 06:59:59', invoice=None)
    early = export_row(usage_end_time='2024-04-01 07:00:00', invoice=None, cost=2.0)
    rows = loaded(tmp_path, [late, early])
    assert {row['cost']: row['invoice']['month'] for row in rows} == {1.25: '202403', 2.0: '202404'}


@pytest.mark.parametrize(('month', 'entry'), [('202312', 'charge'), ('202311', 'reject')])
def test_a_rate_that_is_older_than_three_months_is_none(tmp_path: Path, month: str, entry: str) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row(invoice={'month': month})])
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(ledger, pattern, FixedSource('hail', {'1': [hail_line(1, 1, 'compute/a')]}))
        hail = [row for row in postings(ledger) if row['source'] == 'hail' and row['entry'] != 'credit']
    assert [(row['entry'], row['currency']) for row in hail] == [(entry, 'AUD' if entry == 'charge' else 'USD')]


# batch detail that comes later doubles --------------------------------------------------------------------


@pytest.mark.parametrize('at_once', [1, 50_000])
def test_jobs_in_detail_replace_jobs_together_and_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(loading, 'LINES_AT_ONCE', at_once)
    detail = [hail_line(1, job, 'compute/a', cost=0.5) for job in (1, 2)]
    together = [hail_line(1, '*', 'compute/a', cost=1.0)]
    dollars = settings(pricing=Pricing('USD'))
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        for lines in (together, detail, together):
            (outcome,) = aggregate(ledger, None, FixedSource('hail', {'1': lines}), given=dollars)
            assert outcome.status == 'ok'
            charges = [row for row in postings(ledger) if row['entry'] == 'charge']
            assert total(charges) == 1
            assert len(charges) == len(lines)


# asking for batches reads the export again ------------------------------------------------------------------


def test_asking_for_batches_leaves_the_export_alone(tmp_path: Path) -> None:
    pattern = write_export(tmp_path / 'rows.json', [export_row()])
    hail = FixedSource('hail', {'7': [hail_line(7, 1, 'compute/a')]})
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        outcomes = aggregate(ledger, pattern, hail, given=settings(pricing=Pricing('USD')), batches=(7,))
        assert [one.source for one in outcomes] == ['hail']
        assert {row['source'] for row in postings(ledger)} == {'hail'}


# attributes overwrite ours --------------------------------------------------------------------------------


def test_our_labels_win_and_all_fit_in_64_kib() -> None:
    assert labels_json({'dataset': 'ataxia'}, {'dataset': 'twins', 'b': '2', 'empty': ''}) == (
        '{"b":"2","dataset":"ataxia"}'
    )
    assert labels_json({}, {'half': 'a\ud800', 'list': []}) == '{"half":"a?","list":"[]"}'
    long = labels_json({'dataset': 'ataxia'}, {f'key-{n}': 'ü' * 10_000 for n in range(20)})
    assert len(long.encode()) <= LABELS_AT_MOST
    assert '"dataset":"ataxia"' in long


# dead letters, fall-backs -------------------------------------------------------------------------------------


def test_an_unreadable_amount_is_a_dead_letter_and_stops_nothing(tmp_path: Path) -> None:
    rows = loaded(tmp_path, [export_row(cost='a lot'), export_row()])
    assert by_topic(rows) == {'ataxia': Decimal('1.25')}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert [row['reason'] for row in ledger.query('SELECT reason FROM rejects')] == ['unreadable-amount']


@pytest.mark.parametrize('cost', ['nan', 'inf', '1e300', None])
def test_an_amount_beyond_any_bill_is_unreadable(tmp_path: Path, cost: object) -> None:
    assert loaded(tmp_path, [export_row(cost=cost)]) == []


def test_a_readable_amount_that_cannot_be_booked_is_unallocated(tmp_path: Path) -> None:
    assert by_topic(loaded(tmp_path, [export_row(currency=None)])) == {'unallocated': Decimal('1.25')}


def test_without_a_map_the_fall_back_carries_all_and_a_retry_splits_it(tmp_path: Path) -> None:
    rows = [export_row(project='lantern-seqr', cost=1.0)]
    assert by_topic(loaded(tmp_path, rows)) == {'overhead': Decimal(1)}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert [row['reason'] for row in ledger.query('SELECT reason FROM rejects')] == ['no-map']
        set_proportions(ledger, proportions({'twins': 1}))
        (outcome,) = aggregate(ledger, tmp_path / 'export' / 'rows.json', command='retry')
        assert (outcome.status, outcome.posted.inserted, outcome.posted.deleted) == ('ok', 1, 1)
        assert by_topic(postings(ledger)) == {'twins': Decimal(1)}
        assert ledger.query('SELECT reason FROM rejects') == []


def test_a_dataset_that_nobody_knows_falls_back_and_is_a_dead_letter(tmp_path: Path) -> None:
    row = export_row(project='lantern-seqr', cost=1.0, labels=[{'key': 'dataset', 'value': 'stranger'}])
    assert by_topic(loaded(tmp_path, [row], proportions({'twins': 1}))) == {'overhead': Decimal(1)}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert [row['reason'] for row in ledger.query('SELECT reason FROM rejects')] == ['unknown-dataset']


@pytest.mark.parametrize(('label', 'topic'), [('twins', 'twins'), ('twins-test', 'twins'), ('foo-2', 'foo-2')])
def test_a_label_names_the_dataset_of_a_shared_cost(tmp_path: Path, label: str, topic: str) -> None:
    row = export_row(project='lantern-seqr', cost=1.0, labels=[{'key': 'dataset', 'value': label}])
    assert by_topic(loaded(tmp_path, [row])) == {topic: Decimal(1)}


def test_before_the_first_day_of_a_split_the_fall_back_carries_all_and_nothing_is_rejected(tmp_path: Path) -> None:
    row = export_row(project='lantern-seqr', cost=1.0, usage_end_time='2021-08-31 23:00:00')
    rows = loaded(tmp_path, [row], proportions({'twins': 1}, since='2020-01-01'))
    assert by_topic(rows) == {'overhead': Decimal(1)}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        assert ledger.query('SELECT * FROM rejects') == []


def test_the_latest_proportions_of_the_day_count(tmp_path: Path) -> None:
    rows = [
        export_row(project='lantern-seqr', cost=1.0, usage_end_time=f'2024-03-0{day} 00:00:00') for day in (1, 2, 3)
    ]
    maps = [proportions({'twins': 1}, since='2024-01-01'), proportions({'ataxia': 1}, since='2024-03-02')]
    assert by_topic(loaded(tmp_path, rows, *maps)) == {'twins': Decimal(1), 'ataxia': Decimal(2)}


# closed months ----------------------------------------------------------------------------------------------


def test_a_closed_month_takes_late_lines_and_keeps_its_splits_until_it_is_reopened(tmp_path: Path) -> None:
    first = export_row(project='lantern-seqr', cost=1.0)
    late = export_row(project='lantern-seqr', cost=8.0)
    later = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    loaded(tmp_path, [first], proportions({'ataxia': 1}))
    rows = loaded(tmp_path, [first, late], proportions({'twins': 1}, version='v2'), now=later)
    assert by_topic(rows) == {'ataxia': Decimal(1), 'twins': Decimal(8)}
    with open_ledger(tmp_path / 'l.duckdb') as ledger:
        aggregate(
            ledger,
            tmp_path / 'export' / 'rows.json',
            now=later,
            command='backfill',
            start=dt.datetime(2024, 3, 1, tzinfo=dt.UTC),
            reopen=True,
        )
        assert by_topic(postings(ledger)) == {'twins': Decimal(9)}

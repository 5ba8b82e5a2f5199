"""Models are GoogleSQL, and mean the same on both engines."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.plugins.billing_aggregator.ledger.functions import FUNCTIONS
from cpg_infra.plugins.billing_aggregator.ledger.merging import merge_postings, merge_rows, with_models
from cpg_infra.plugins.billing_aggregator.ledger.months import (
    invoice_month,
    month_before,
    month_starts,
    months_between,
)
from cpg_infra.plugins.billing_aggregator.ledger.schema import LEDGER, TABLES, TOTALS, VIEWS
from cpg_infra.plugins.billing_aggregator.ledger.sql import column_type, model, model_names, render

NAMES = {table.name: f'a-project.billing.costs_{table.name}' for table in TABLES} | {
    'ledger': 'a-project.billing.costs'
}

RESERVED = frozenset(
    'all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current '  # noqa: SIM905 - so it can be read against the list
    'default define desc distinct else end enum escape except exclude exists extract false fetch following for from '
    'full group grouping groups hash having if ignore in inner intersect interval into is join lateral left like limit '
    'lookup merge natural new no not null nulls of on or order outer over partition preceding proto qualify range '
    'recursive respect right rollup rows select set some struct tablesample then to treat true unbounded union unnest '
    'using when where window with within'.split()
)
"""Words that cannot be a name in GoogleSQL unless they are quoted. DuckDB and its parser are more generous."""


@pytest.mark.parametrize('name', model_names())
def test_a_model_parses_again_in_the_dialect_that_it_was_rendered_for(name: str) -> None:
    for dialect in ('bigquery', 'duckdb'):
        rendered = render(model(name), dialect, NAMES)
        assert len(sqlglot.parse(rendered.text, read=dialect)) == 1


def test_there_is_a_model_for_every_step() -> None:
    assert len(model_names()) > 20


def test_tables_have_their_names_of_bigquery_and_stages_keep_theirs() -> None:
    text = render('SELECT l.id FROM ledger AS l JOIN lines ON lines.line_id = l.line_id', 'bigquery', NAMES).text
    assert text == 'SELECT l.id FROM `a-project`.`billing`.`costs` AS l JOIN lines ON lines.line_id = l.line_id'


def test_what_is_inserted_into_has_no_alias_because_bigquery_knows_none() -> None:
    text = render('INSERT INTO totals (cost) SELECT cost FROM totals', 'bigquery', NAMES).text
    table = '`a-project`.`billing`.`costs_totals`'
    assert text == f'INSERT INTO {table} (cost) SELECT cost FROM {table} AS totals'


@pytest.mark.parametrize('name', model_names())
def test_no_name_in_a_model_is_a_reserved_word_of_bigquery(name: str) -> None:
    tree = sqlglot.parse_one(render(model(name), 'bigquery', NAMES).text, read='bigquery')
    named = {identifier.name.lower() for identifier in tree.find_all(sqlglot.exp.Identifier) if not identifier.quoted}
    assert not named & RESERVED


def test_a_model_inside_a_statement_is_no_table() -> None:
    text = render(with_models({'ledger': 'SELECT 1 AS id'}, 'SELECT id FROM ledger'), 'bigquery', NAMES).text
    assert text == 'WITH ledger AS (SELECT 1 AS id) SELECT id FROM ledger'


def test_numbers_are_exact_and_times_are_utc_on_duckdb() -> None:
    text = render('SELECT CAST(a AS NUMERIC), CAST(b AS TIMESTAMP), @x FROM t', 'duckdb').text
    assert text == 'SELECT CAST(a AS DECIMAL(38, 9)), CAST(b AS TIMESTAMP), $x FROM t'


def test_joined_text_is_one_call_with_nothing_for_null() -> None:
    assert render('SELECT JOINED(a, b) FROM t', 'duckdb').text == "SELECT CONCAT(a, '|', b) FROM t"
    assert render('SELECT JOINED(a, b) FROM t', 'bigquery').text == (
        "SELECT CONCAT(COALESCE(CAST(a AS STRING), ''), '|', COALESCE(CAST(b AS STRING), '')) FROM t"
    )


def test_a_statement_says_which_functions_and_parameters_it_needs() -> None:
    rendered = render('SELECT INVOICE_MONTH(@moment), UPPER(x) FROM t', 'bigquery')
    assert (rendered.functions, rendered.parameters) == (frozenset({'INVOICE_MONTH'}), frozenset({'moment'}))


@pytest.mark.parametrize('name', FUNCTIONS)
def test_a_function_of_bigquery_parses(name: str) -> None:
    (statement,) = sqlglot.parse(FUNCTIONS[name].definition(name), read='bigquery')
    assert isinstance(statement, sqlglot.exp.Create)


def test_the_merge_of_postings_is_one_statement_that_is_fenced_and_bounded() -> None:
    merge = render(merge_postings('SELECT * FROM others', 'SELECT id FROM actions'), 'bigquery', NAMES)
    (tree,) = sqlglot.parse(merge.text, read='bigquery')
    assert isinstance(tree, sqlglot.exp.Merge)
    assert (
        'FROM `a-project`.`billing`.`costs_leases` AS leases WHERE leases.source = @lease AND leases.token = @token'
        in (merge.text)
    )
    assert 't.usage_end_time BETWEEN @first_usage AND @last_usage' in merge.text
    assert [str(when.args['then'])[:6] for when in tree.args['whens'].expressions] == ['DELETE', 'UPDATE', 'INSERT']


@pytest.mark.parametrize(
    ('deleted', 'changed', 'clauses'),
    [
        (None, False, ['INSERT']),
        (None, True, ['UPDATE', 'INSERT']),
        ('SELECT id FROM actions', False, ['DELETE', 'INSERT']),
    ],
)
def test_a_merge_has_the_clauses_that_it_needs(deleted: str | None, changed: bool, clauses: list[str]) -> None:
    for dialect in ('bigquery', 'duckdb'):
        merge = render(merge_postings('SELECT * FROM others', deleted, changed=changed), dialect, NAMES)
        (tree,) = sqlglot.parse(merge.text, read=dialect)
        assert [str(when.args['then'])[:6] for when in tree.args['whens'].expressions] == clauses  # type: ignore[union-attr]  # a MERGE has clauses


def test_rows_that_are_all_new_are_only_added() -> None:
    text = render(merge_rows(TOTALS, 'SELECT * FROM x', changed=False), 'bigquery', NAMES).text
    assert 'WHEN MATCHED' not in text
    assert 'WHEN NOT MATCHED THEN INSERT' in text


def test_every_table_can_be_merged_and_its_types_are_known() -> None:
    for one in (table for table in TABLES if len(table.names) > len(table.key)):
        assert render(merge_rows(one, 'SELECT * FROM x'), 'duckdb').text.startswith('MERGE INTO')
        assert all(column_type(column.type, 'duckdb') for column in one.columns)


def test_the_columns_that_others_read_are_as_they_were() -> None:
    assert LEDGER.names[:19] == (
        'id',
        'topic',
        'service',
        'sku',
        'usage_start_time',
        'usage_end_time',
        'project',
        'labels',
        'system_labels',
        'location',
        'export_time',
        'cost',
        'currency',
        'currency_conversion_rate',
        'usage',
        'credits',
        'invoice',
        'cost_type',
        'adjustment_info',
    )


def test_keys_are_columns() -> None:
    for table in (*TABLES, *(view.table for view in VIEWS)):
        assert set(table.key) <= set(table.names), table.name


# Months -----------------------------------------------------------------------------------------------------------

PACIFIC = ZoneInfo('America/Los_Angeles')


@given(st.integers(1_200_000_000, 2_100_000_000))
def test_the_invoice_month_is_that_of_the_pacific_coast(seconds: int) -> None:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert invoice_month(moment) == f'{moment.astimezone(PACIFIC):%Y%m}'


@pytest.mark.parametrize('month', [f'2024{number:02}' for number in range(1, 13)])
def test_a_month_begins_at_midnight_there(month: str) -> None:
    start = month_starts(month)
    assert start == dt.datetime(int(month[:4]), int(month[4:]), 1, tzinfo=PACIFIC)
    assert invoice_month(start) == month
    assert invoice_month(start - dt.timedelta(microseconds=1)) == month_before(month)


def test_months_between_two_times() -> None:
    start, end = dt.datetime(2023, 11, 5, tzinfo=dt.UTC), dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
    assert months_between(start, end) == ['202311', '202312', '202401']

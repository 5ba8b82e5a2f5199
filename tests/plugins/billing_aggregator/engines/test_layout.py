"""Tables, versions, transactions and leases on BigQuery."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from cpg_infra.plugins.billing_aggregator.ledger import Ledger, LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import BigQueryEngine
from cpg_infra.plugins.billing_aggregator.ledger.faults import LeaseLostError, NewerLedgerError
from cpg_infra.plugins.billing_aggregator.ledger.leases import LeaseTakenError, check, release, renew, take
from cpg_infra.plugins.billing_aggregator.ledger.migrations import all_tables
from cpg_infra.plugins.billing_aggregator.ledger.posting import Run, post
from cpg_infra.plugins.billing_aggregator.ledger.schema import LEDGER, VIEWS
from cpg_infra.plugins.billing_aggregator.loading import stage_days
from cpg_infra.plugins.billing_aggregator.sources.gcp_table import GcpTable
from tests.plugins.billing_aggregator.building import NOW, attribution, export_row
from tests.plugins.billing_aggregator.engines.both import PROJECT, Both, EmulatedClient, content

LATER = NOW + dt.timedelta(hours=2)


@pytest.fixture
def client(bigquery_emulator: str) -> EmulatedClient:
    return EmulatedClient(bigquery_emulator)


@pytest.fixture
def table(client: EmulatedClient) -> str:
    """The name of a table that is not there, in a dataset that is."""
    dataset = f'{PROJECT}.layout_{uuid4().hex}'
    client.create_dataset(dataset)
    return f'{dataset}.costs'


def test_every_table_and_view_is_made_once(client: EmulatedClient, table: str) -> None:
    BigQueryEngine(client, table, 'x').prepare()
    BigQueryEngine(client, table, 'x').prepare()
    dataset = table.rpartition('.')[0]
    made = {each.table_id for each in client.list_tables(dataset)}
    expected = {f'costs_{each.name}' for each in all_tables()} - {'costs_ledger'} | {'costs', 'costs_ledger_format'}
    for view in VIEWS:
        expected = expected - {f'costs_{view.table.name}'} | {view.name, view.table.name}
    assert made == expected
    assert [field.name for field in client.get_table(table).schema] == [*LEDGER.names]


def test_an_older_table_is_given_the_columns_that_it_lacks_and_keeps_its_rows(
    client: EmulatedClient, table: str
) -> None:
    client.query(f'CREATE TABLE `{table}` (id STRING NOT NULL, topic STRING, cost FLOAT64)').result()
    client.query(f"INSERT INTO `{table}` (id, topic, cost) VALUES ('a', 'b', 1.5)").result()
    engine = BigQueryEngine(client, table, 'x')
    engine.prepare()
    (row,) = engine.query('SELECT * FROM ledger')
    assert row == {**dict.fromkeys(LEDGER.names), 'credits': row['credits'], 'id': 'a', 'topic': 'b', 'cost': 1.5}


def test_a_reader_makes_nothing_and_a_newer_layout_is_refused(client: EmulatedClient, table: str) -> None:
    with pytest.raises(
        LedgerError, match='there is no ledger in it; `cpg-infra billing aggregate` makes one of layout'
    ):
        BigQueryEngine(client, table, 'x').prepare(read_only=True)
    assert [*client.list_tables(table.rpartition('.')[0])] == []
    engine = BigQueryEngine(client, table, 'x')
    engine.prepare()
    BigQueryEngine(client, table, 'x').prepare(read_only=True)
    client.query(f'UPDATE `{table}_ledger_format` SET version = 99 WHERE TRUE').result()
    with pytest.raises(NewerLedgerError, match='layout 99'):
        BigQueryEngine(client, table, 'x').prepare()


def test_a_dataset_that_is_not_there_is_a_sentence(client: EmulatedClient) -> None:
    with pytest.raises(LedgerError, match=r'lantern-billing\.nowhere\.costs: 404'):
        BigQueryEngine(client, f'{PROJECT}.nowhere.costs', 'x').prepare()


def test_stages_go_with_the_engine(client: EmulatedClient, table: str) -> None:
    engine = BigQueryEngine(client, table, 'x')
    engine.prepare()
    before = {each.table_id for each in client.list_tables(table.rpartition('.')[0])}
    engine.stage('some', 'SELECT 1 AS one')
    engine.stage('some', 'SELECT one + 1 AS one FROM some')
    assert engine.query('SELECT one FROM some') == [{'one': 2}]
    engine.close()
    again = EmulatedClient(str(client._connection.API_BASE_URL))
    assert {each.table_id for each in again.list_tables(table.rpartition('.')[0])} == before


def test_a_transaction_that_fails_leaves_nothing(both: Both) -> None:
    engine = both.engine

    def fail() -> None:
        with engine.transaction():
            engine.execute("INSERT INTO stale_days (day) VALUES (DATE '2024-03-01')")
            assert len(engine.query('SELECT day FROM stale_days')) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert engine.query('SELECT day FROM stale_days') == []
    with engine.transaction():
        engine.execute("INSERT INTO stale_days (day) VALUES (DATE '2024-03-01')")
    assert content(both.bigquery, 'stale_days') == [{'day': dt.date(2024, 3, 1)}]


def test_a_lease_is_one_runs_until_it_ends(both: Both) -> None:
    for ledger in both.ledgers:
        engine = ledger.engine
        first = take(engine, 'gcp', 'one', NOW)
        with pytest.raises(LeaseTakenError, match='run one is loading it, until 2024-03-10 13:00 UTC at most'):
            take(engine, 'gcp', 'other', NOW)
        renew(engine, first, NOW)
        second = take(engine, 'gcp', 'other', LATER)
        assert (first.token, second.token) == (1, 2)
        for lost in (check, lambda engine, lease: renew(engine, lease, LATER)):
            with pytest.raises(LeaseLostError):
                lost(engine, first)
        release(engine, second)
        assert take(engine, 'gcp', 'third', LATER).token == 3
    both.compare('leases')


def test_a_run_whose_lease_was_taken_writes_nothing(both: Both) -> None:
    both.export([export_row()])
    engine, export = both.engine, GcpTable(both.engine, both.table.name)
    slept = take(engine, 'gcp', 'slept', NOW)
    attribution().stage(engine)
    stage_days(engine, export, dt.date(2024, 3, 1), dt.date(2024, 3, 1), attribution(), 'slept')
    take(engine, 'gcp', 'awake', LATER)
    with pytest.raises(LeaseLostError, match='another run has taken over'):
        post(engine, Run('slept', slept, LATER), bounded=True)
    assert content(Ledger(engine), 'ledger') == content(Ledger(engine), 'totals') == []

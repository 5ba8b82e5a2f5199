"""What the BigQuery engine sends; the service itself is not here."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPIError, NotFound

from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import BigQueryEngine
from cpg_infra.plugins.billing_aggregator.ledger.faults import ConflictError, InputError, LedgerError, NewerLedgerError
from cpg_infra.plugins.billing_aggregator.ledger.leases import take
from cpg_infra.plugins.billing_aggregator.ledger.migrations import all_tables
from cpg_infra.plugins.billing_aggregator.ledger.schema import CREDITS, PROJECT, VERSION, Column

TABLE = 'a-project.billing.costs'
NOW = dt.datetime(2024, 3, 10, 12, tzinfo=dt.UTC)


@dataclass
class Client:
    """Remembers statements; answers with prepared rows, or a fault."""

    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)
    lacking: frozenset[str] = frozenset()
    sent: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    loaded: list[tuple[str, bytes]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    locations: set[str] = field(default_factory=set)

    def get_dataset(self, name: str) -> Any:
        assert name == TABLE.rpartition('.')[0]
        return SimpleNamespace(location='australia-southeast1')

    def get_table(self, name: str) -> Any:
        if name.endswith('_ledger_format') and 'SELECT MAX(version)' not in self.answers:
            raise NotFound('no table')  # type: ignore[no-untyped-call]  # the library says nothing of it
        every = {column for table in all_tables() for column in table.names}
        return SimpleNamespace(schema=[SimpleNamespace(name=column) for column in every - self.lacking])

    def query(self, text: str, job_config: Any, location: str) -> Any:
        self.locations.add(location)
        parameters = {one.name: (one.type_, one.value) for one in job_config.query_parameters}
        self.sent.append((text, parameters, bool(job_config.connection_properties)))

        def result() -> list[dict[str, Any]]:
            if self.faults:
                raise self.faults.pop(0)
            return next((rows for start, rows in self.answers.items() if text.startswith(start)), [])

        return SimpleNamespace(result=result, session_info=SimpleNamespace(session_id='s'))

    def load_table_from_file(self, stream: Any, table: str, job_config: Any, location: str) -> Any:
        self.locations.add(location)
        self.loaded.append((table, stream.read()))
        return SimpleNamespace(result=lambda: None)

    def delete_table(self, table: str, not_found_ok: bool) -> None:
        self.deleted.append(table)
        raise GoogleAPIError('not allowed')

    def close(self) -> None:
        pass


def engine(client: Client) -> BigQueryEngine:
    return BigQueryEngine(client, TABLE, '20240310T120000-abc')  # type: ignore[arg-type]  # a client that remembers


def test_a_query_names_tables_defines_functions_and_sends_values_as_parameters() -> None:
    client = Client({'CREATE TEMP FUNCTION': [{'month': '202403'}]})
    moment = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    rows = engine(client).query(
        'SELECT INVOICE_MONTH(@now) AS month FROM runs WHERE source = @source', {'now': moment, 'source': "x'"}
    )
    assert rows == [{'month': '202403'}]
    ((text, parameters, in_session),) = client.sent
    assert text.startswith('CREATE TEMP FUNCTION INVOICE_MONTH(moment TIMESTAMP) AS (')
    assert text.endswith('FROM `a-project`.`billing`.`costs_runs` AS runs WHERE source = @source')
    assert parameters == {'now': ('TIMESTAMP', moment), 'source': ('STRING', "x'")}
    assert not in_session


def test_a_stage_is_a_table_that_ends_by_itself_and_may_be_made_from_itself() -> None:
    client = Client()
    ledger = engine(client)
    assert ledger.stage_rows('lines', [Column('id', 'STRING', '')], [{'id': 'a', 'more': 1}]) == 1
    ledger.stage('lines', 'SELECT * FROM lines WHERE id <> @id', {'id': 'a'})
    stage = 'a-project.billing.costs_stage_20240310T120000_abc_lines'
    assert client.loaded == [(stage, b'{"id": "a"}\n')]
    made, remade = (text for text, _, _ in client.sent)
    assert made.startswith(f'CREATE OR REPLACE TABLE `{stage}` (id STRING) OPTIONS (expiration_timestamp = ')
    assert remade.startswith(f'CREATE OR REPLACE TABLE `{stage}` OPTIONS (expiration_timestamp = ')
    assert remade.endswith(f'FROM {"`.`".join(("`" + stage + "`").split("."))} AS lines WHERE id <> @id')
    ledger.close()
    assert client.deleted == [stage]


def test_a_transaction_is_one_session_that_is_committed_or_rolled_back() -> None:
    client = Client()
    ledger = engine(client)
    with ledger.transaction():
        ledger.execute('DELETE FROM leases WHERE TRUE')
    with pytest.raises(ZeroDivisionError), ledger.transaction():
        raise ZeroDivisionError
    assert [(text, in_session) for text, _, in_session in client.sent] == [
        ('BEGIN TRANSACTION', False),
        ('DELETE FROM `a-project`.`billing`.`costs_leases` AS leases WHERE TRUE', True),
        ('COMMIT TRANSACTION', True),
        ('BEGIN TRANSACTION', False),
        ('ROLLBACK TRANSACTION', True),
    ]


def test_an_older_table_is_given_the_columns_that_it_lacks_in_one_statement() -> None:
    client = Client(lacking=frozenset({'map_version', 'rate_provisional'}))
    engine(client).prepare()
    statements = [text for text, _, _ in client.sent]
    assert (
        f'ALTER TABLE `{TABLE}` ADD COLUMN IF NOT EXISTS map_version STRING, '
        'ADD COLUMN IF NOT EXISTS rate_provisional BOOL'
    ) in statements
    whole = Client()
    engine(whole).prepare()
    assert not any(text.startswith('ALTER') for text, _, _ in whole.sent)
    assert any(
        text.startswith(f'CREATE TABLE IF NOT EXISTS `{TABLE}` (id STRING NOT NULL')
        and text.endswith('PARTITION BY DATE(usage_end_time) CLUSTER BY topic')
        for text in statements
    )
    assert statements[-1] == f'INSERT INTO `{TABLE}_ledger_format` (version) VALUES ({VERSION})'


def test_a_ledger_of_the_layout_before_gains_its_columns_and_then_the_version() -> None:
    client = Client({'SELECT MAX(version)': [{'version': 1}]}, lacking=frozenset({'topics'}))
    engine(client).prepare()
    statements = [text for text, _, _ in client.sent]
    (added,) = (text for text in statements if text.startswith(f'ALTER TABLE `{TABLE}_reconciliation` '))
    assert added.partition(' ADD ')[2].startswith('COLUMN IF NOT EXISTS topics ARRAY<STRUCT<topic STRING, ')
    assert statements[-1] == f'INSERT INTO `{TABLE}_ledger_format` (version) VALUES ({VERSION})'


def test_a_ledger_whose_lines_have_other_ids_is_not_written() -> None:
    client = Client({'SELECT MAX(version)': [{'version': 2}], 'SELECT 1 AS found': [{'found': 1}]})
    with pytest.raises(LedgerError, match=f'{TABLE}: the ledger has layout 2, .* would book them twice'):
        engine(client).prepare()
    assert not [text for text, _, _ in client.sent if not text.startswith('SELECT')]


def test_what_is_kept_by_month_has_clusters_because_a_text_has_no_partitions() -> None:
    client = Client()
    engine(client).prepare()
    made = {
        text.partition(' (')[0].rpartition('.')[2]: text.rpartition(')')[2]
        for text, _, _ in client.sent
        if 'TABLE' in text
    }
    assert made['aggregate_monthly_cost_rows`'] == ' CLUSTER BY invoice_month'
    assert made['aggregate_daily_rows`'] == ' PARTITION BY day'
    assert made['costs_leases`'] == ''


def test_every_job_runs_where_the_dataset_is() -> None:
    client = Client()
    ledger = engine(client)
    ledger.stage_rows('lines', [Column('id', 'STRING', '')], [{'id': 'a'}])
    with ledger.transaction():
        ledger.query('SELECT 1')
    assert client.locations == {'australia-southeast1'}


def test_rows_are_loaded_without_nulls_which_a_repeated_field_cannot_be() -> None:
    client = Client()
    columns = [Column('id', 'STRING', ''), Column('credits', CREDITS, ''), Column('project', PROJECT, '')]
    row = {'id': 'a', 'credits': None, 'project': {'id': 'p', 'labels': None, 'ancestors': [{'resource_name': None}]}}
    engine(client).stage_rows('lines', columns, [row])
    ((_, loaded),) = client.loaded
    assert json.loads(loaded) == {'id': 'a', 'project': {'id': 'p', 'ancestors': [{}]}}


def test_closing_figures_go_to_the_table_that_is_named_for_them() -> None:
    client = Client()
    ledger = BigQueryEngine(client, TABLE, 'x', 'a-project.figures.closing')  # type: ignore[arg-type]  # a client that remembers
    ledger.query('SELECT 1 FROM monthly_summary')
    assert client.sent[0][0] == 'SELECT 1 FROM `a-project`.`figures`.`closing` AS monthly_summary'


def delete_in_a_transaction(client: Client, fault: Exception) -> None:
    ledger = engine(client)
    with ledger.transaction():
        client.faults.append(fault)
        ledger.execute('DELETE FROM leases WHERE TRUE')


def test_a_statement_that_met_another_one_is_sent_again_and_a_transaction_is_not() -> None:
    conflict = GoogleAPIError('Transaction is aborted due to concurrent update against table x')
    client = Client({'SELECT': [{'one': 1}]}, faults=[conflict])
    assert engine(client).query('SELECT 1 AS one') == [{'one': 1}]
    assert len(client.sent) == 2
    client = Client()
    with pytest.raises(ConflictError):
        delete_in_a_transaction(client, conflict)
    assert [text for text, _, _ in client.sent][0::2] == ['BEGIN TRANSACTION', 'ROLLBACK TRANSACTION']


def test_whoever_meets_another_run_takes_the_lease_again() -> None:
    conflict = GoogleAPIError('Transaction is aborted due to concurrent update against table x')
    client = Client(faults=[conflict])
    assert take(engine(client), 'gcp', 'run', NOW).token == 1
    assert [text for text, _, _ in client.sent].count('BEGIN TRANSACTION') == 2


def test_a_reader_makes_nothing() -> None:
    client = Client()
    with pytest.raises(LedgerError, match='there is no ledger in it'):
        engine(client).prepare(read_only=True)
    client = Client({'SELECT MAX(version)': [{'version': 0}]})
    with pytest.raises(LedgerError, match='the ledger has the older layout 0; `cpg-infra billing aggregate` makes'):
        engine(client).prepare(read_only=True)
    client = Client({'SELECT MAX(version)': [{'version': VERSION}]})
    engine(client).prepare(read_only=True)
    assert [text[:19] for text, _, _ in client.sent] == ['SELECT MAX(version)']


def test_a_newer_layout_is_refused() -> None:
    with pytest.raises(NewerLedgerError, match='install a newer cpg-infra'):
        engine(Client({'SELECT MAX(version)': [{'version': 9}]})).prepare()


def test_faults_are_sentences_and_conflicts_are_told_apart() -> None:
    with pytest.raises(LedgerError, match=r'a-project\.billing\.costs: no such field') as raised:
        engine(Client(faults=[GoogleAPIError('no such field')])).query('SELECT 1')
    assert not isinstance(raised.value, ConflictError)
    busy = Client(faults=[GoogleAPIError('Could not serialize access to table')] * 9)
    with pytest.raises(ConflictError):
        engine(busy).transaction().__enter__()


@pytest.mark.parametrize('table', ['costs', 'a.b', 'a-project.billing.costs` --', 'A.b.c'])
def test_what_is_no_table_is_refused(table: str) -> None:
    with pytest.raises(InputError, match='is no table'):
        BigQueryEngine(Client(), table, 'x')  # type: ignore[arg-type]  # a client that remembers

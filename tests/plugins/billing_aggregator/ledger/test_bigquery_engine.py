"""What the BigQuery engine sends; the service itself is not here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPIError

from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import BigQueryEngine
from cpg_infra.plugins.billing_aggregator.ledger.faults import ConflictError, InputError, LedgerError, NewerLedgerError
from cpg_infra.plugins.billing_aggregator.ledger.schema import VERSION, Column

TABLE = 'a-project.billing.costs'


@dataclass
class Client:
    """Remembers statements; answers with prepared rows, or a fault."""

    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    fault: Exception | None = None
    sent: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    loaded: list[tuple[str, bytes]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def query(self, text: str, job_config: Any) -> Any:
        parameters = {one.name: (one.type_, one.value) for one in job_config.query_parameters}
        self.sent.append((text, parameters, bool(job_config.connection_properties)))

        def result() -> list[dict[str, Any]]:
            if self.fault is not None:
                raise self.fault
            return next((rows for start, rows in self.answers.items() if text.startswith(start)), [])

        return SimpleNamespace(result=result, session_info=SimpleNamespace(session_id='s'))

    def load_table_from_file(self, stream: Any, table: str, job_config: Any) -> Any:
        self.loaded.append((table, stream.read()))
        return SimpleNamespace(result=lambda: None)

    def delete_table(self, table: str, not_found_ok: bool) -> None:
        self.deleted.append(table)

    def close(self) -> None:
        pass


def engine(client: Client) -> BigQueryEngine:
    return BigQueryEngine(client, TABLE, '20240310T120000-abc')  # type: ignore[arg-type]


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


def test_an_older_table_is_given_the_columns_that_it_lacks() -> None:
    client = Client()
    engine(client).prepare()
    statements = [text for text, _, _ in client.sent]
    assert f'ALTER TABLE `{TABLE}` ADD COLUMN IF NOT EXISTS cost_exact NUMERIC' in statements
    assert any(
        text.startswith(f'CREATE TABLE IF NOT EXISTS `{TABLE}` (id STRING NOT NULL')
        and text.endswith('PARTITION BY DATE(usage_end_time) CLUSTER BY topic')
        for text in statements
    )
    assert statements[-1] == f'INSERT INTO `{TABLE}_ledger_format` (version) VALUES ({VERSION})'


def test_a_ledger_of_the_layout_before_gains_its_columns_and_has_one_version() -> None:
    client = Client({'SELECT version': [{'version': 1}]})
    engine(client).prepare()
    statements = [text for text, _, _ in client.sent]
    (added,) = (text for text in statements if text.startswith(f'ALTER TABLE `{TABLE}_reconciliation` '))
    assert added.partition(' ADD ')[2].startswith('COLUMN IF NOT EXISTS topics ARRAY<STRUCT<topic STRING, ')
    assert statements[-1] == f'UPDATE `{TABLE}_ledger_format` SET version = {VERSION} WHERE TRUE'


def test_a_newer_layout_is_refused() -> None:
    with pytest.raises(NewerLedgerError, match='install a newer cpg-infra'):
        engine(Client({'SELECT version': [{'version': 9}]})).prepare()


def test_faults_are_sentences_and_conflicts_are_told_apart() -> None:
    with pytest.raises(LedgerError, match=r'a-project\.billing\.costs: no such field') as raised:
        engine(Client(fault=GoogleAPIError('no such field'))).query('SELECT 1')
    assert not isinstance(raised.value, ConflictError)
    with pytest.raises(ConflictError):
        engine(Client(fault=GoogleAPIError('Could not serialize access to table'))).query('SELECT 1')


@pytest.mark.parametrize('table', ['costs', 'a.b', 'a-project.billing.costs` --', 'A.b.c'])
def test_what_is_no_table_is_refused(table: str) -> None:
    with pytest.raises(InputError, match='is no table'):
        BigQueryEngine(Client(), table, 'x')  # type: ignore[arg-type]

"""The same ledger twice, on DuckDB and on BigQuery's emulator, and what is in them.

What the emulator cannot do and BigQuery can is worked round here, never in the program:

| what | here |
| --- | --- |
| ingestion-time partitions: its `_PARTITIONTIME` is always now | a column of the export's table says when a row arrived, and the client asks for that one |
| parameters of a query that defines functions | the client writes them as literals; all others stay parameters |
| several columns added at once | the client adds one after the other |
| transactions of several sessions at a time | no test needs them |
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, Outcome
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.bigquery_engine import BigQueryEngine
from cpg_infra.plugins.billing_aggregator.ledger.schema import TABLES, VIEWS
from cpg_infra.plugins.billing_aggregator.settings import Settings
from cpg_infra.plugins.billing_aggregator.sources.gcp_files import COLUMNS
from cpg_infra.plugins.billing_aggregator.sources.gcp_table import GcpTable
from cpg_infra.plugins.billing_aggregator.sources.source import Source
from tests.plugins.billing_aggregator.building import (
    NOW,
    Row,
    export_in,
    set_proportions,
    settings,
    stopped,
    write_export,
)

PROJECT: Final = 'lantern-billing'
ARRIVED: Final = 'arrived_at'

OF_A_RUN: Final = frozenset({'run_id', 'owner'})
"""Columns that name a run, by chance."""

FINGERPRINTS: Final = frozenset({'content_hash', 'line_hash'})
"""Columns that tell versions of a row apart within one ledger. Those of the export are of its ids too, and alike."""

FLOAT_SUMS: Final = frozenset({'float_cost', 'source_float'})
"""Columns whose last digits depend on the order of addition."""


class EmulatedClient(bigquery.Client):
    """The real client, for an emulator."""

    def __init__(self, address: str) -> None:
        super().__init__(
            PROJECT,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]  # the library says nothing of it
            client_options=ClientOptions(api_endpoint=address),
        )

    def query(  # type: ignore[override]  # the other options pass through
        self, query: str, job_config: bigquery.QueryJobConfig | None = None, **options: Any
    ) -> bigquery.QueryJob:
        query = query.replace('_PARTITIONTIME', ARRIVED)
        if job_config is not None and query.startswith('CREATE TEMP FUNCTION'):
            values = {one.name: _literal(one.type_, one.value) for one in job_config.query_parameters}
            query = re.sub(r'@(\w+)', lambda found: values[found[1]], query)
            job_config.query_parameters = []
        table, *added = query.split('ADD COLUMN')
        if len(added) > 1:
            for column in added[:-1]:
                super().query(f'{table}ADD COLUMN{column.rstrip(", ")}', **options).result()
            query = f'{table}ADD COLUMN{added[-1]}'
        return super().query(query, job_config=job_config, **options)


def _literal(kind: str, value: Any) -> str:
    if value is None:
        return 'NULL'
    if kind == 'STRING':
        return "'" + str(value).replace('\\', r'\\').replace("'", r'\'') + "'"
    return f"CAST('{value}' AS {kind})"


class ExportTable:
    """The Google export as a table, with fields that Google has added since."""

    def __init__(self, client: bigquery.Client, dataset: str) -> None:
        self.name = f'{dataset}.gcp_billing_export'
        self._client = client
        shape = {**COLUMNS, 'invoice': 'STRUCT<month STRING, publisher_type STRING>', ARRIVED: 'TIMESTAMP'}
        listed = ', '.join(f'{name} {kind}' for name, kind in shape.items())
        client.query(f'CREATE TABLE `{self.name}` ({listed}, seller_name STRING)').result()

    def write(self, rows: Iterable[Row]) -> None:
        """The table has these rows and no others."""
        self._client.query(f'DELETE FROM `{self.name}` WHERE TRUE').result()
        arrived = ({**_present(row), ARRIVED: f'{row["export_time"][:10]} 00:00:00'} for row in rows)
        stream = io.BytesIO(''.join(json.dumps(row) + '\n' for row in arrived).encode())
        form = bigquery.LoadJobConfig(source_format='NEWLINE_DELIMITED_JSON', write_disposition='WRITE_APPEND')
        self._client.load_table_from_file(stream, self.name, job_config=form).result()


def _present(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Both:
    """Two ledgers that are told the same."""

    duckdb: Ledger
    engine: BigQueryEngine
    table: ExportTable
    file: Path

    @property
    def bigquery(self) -> Ledger:
        return Ledger(self.engine)

    @property
    def ledgers(self) -> tuple[Ledger, Ledger]:
        return self.duckdb, self.bigquery

    def export(self, rows: Sequence[Row]) -> None:
        """The export has these rows now."""
        write_export(self.file, rows)
        self.table.write(rows)

    def proportions(self, *maps: list[dict[str, object]]) -> None:
        for ledger in self.ledgers:
            set_proportions(ledger, *maps)

    def aggregate(
        self, *others: Source, given: Settings | None = None, now: Any = NOW, **asked: Any
    ) -> tuple[list[Outcome], list[Outcome]]:
        """A run over the export and other sources, on each; what came of them must be the same."""
        duckdb, bigquery_ = (
            Aggregation(ledger.engine, given or settings(), now, export=export, others=others, clock=stopped).run(
                Asked(**asked)
            )
            for ledger, export in (
                (self.duckdb, export_in(self.duckdb, self.file)),
                (self.bigquery, GcpTable(self.engine, self.table.name)),
            )
        )
        assert [said(one) for one in bigquery_] == [said(one) for one in duckdb]
        return duckdb, bigquery_

    def compare(self, *names: str) -> dict[str, list[Row]]:
        """The rows of every table and view, or of these, which must be the same on both."""
        found = {}
        for name in names or [each.name for each in (*TABLES, *VIEWS)]:
            ours, theirs = (content(ledger, name) for ledger in self.ledgers)
            assert theirs == ours, name
            found[name] = ours
        return found


def said(outcome: Outcome) -> dict[str, Any]:
    """What came of a source, without its run."""
    return {
        'source': outcome.source,
        'status': outcome.status,
        'faults': outcome.faults,
        'posted': outcome.posted,
        'changes': sorted(outcome.changes, key=str),
        'balances': [str(balance) for balance in outcome.balances],
    }


def content(ledger: Ledger, name: str) -> list[Row]:
    """The rows of a table, whole but for names of runs, in an order of their own."""
    rows = [
        {column: _plain(column, value) for column, value in row.items() if column not in _left_out(row)}
        for row in ledger.query(f'SELECT * FROM {name}')
    ]
    return sorted(rows, key=lambda row: repr([(column, _sortable(value)) for column, value in row.items()]))


def _left_out(row: Row) -> frozenset[str]:
    return OF_A_RUN if row.get('source') == 'gcp' else OF_A_RUN | FINGERPRINTS


def _plain(column: str, value: Any) -> Any:
    """BigQuery keeps an empty list for a null one, and writes numbers in JSON in its own way."""
    if column in FLOAT_SUMS:
        return float(f'{value:.9g}')
    if column == 'line' and value is not None:
        return _listed(json.loads(value))
    return _listed(value)


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _listed(part) for name, part in value.items() if part not in (None, [])}
    if isinstance(value, list):
        return [_listed(part) for part in value] or None
    return value


def _sortable(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value


@contextmanager
def opened(address: str, folder: Path, dataset: str) -> Iterator[Both]:
    """Two empty ledgers, and an empty export for each."""
    client = EmulatedClient(address)
    client.create_dataset(f'{PROJECT}.{dataset}')
    engine = BigQueryEngine(client, f'{PROJECT}.{dataset}.costs', 'test')
    engine.prepare()
    try:
        with open_ledger(folder / 'billing.duckdb') as ledger:
            yield Both(ledger, engine, ExportTable(client, f'{PROJECT}.{dataset}'), folder / 'export.json')
    finally:
        engine.close()

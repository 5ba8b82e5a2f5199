"""The ledger in BigQuery: tables beside the one that the configuration names, stages that delete themselves.

A transaction is a session's, and a session is bound to a place: every job runs where the dataset lies, because
nothing in `BEGIN TRANSACTION` says where that is. Values are query parameters; names of tables come from the
configuration and are checked when the engine is made.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Parameters, Row, Value
from cpg_infra.plugins.billing_aggregator.ledger.faults import (
    ConflictError,
    InputError,
    LedgerError,
    MissingExtraError,
    NewerLedgerError,
)

try:
    from google.api_core.exceptions import GoogleAPIError, NotFound
    from google.cloud import bigquery

    from cpg_infra.plugins.billing_aggregator.ledger.functions import FUNCTIONS
    from cpg_infra.plugins.billing_aggregator.ledger.migrations import (
        FORMAT,
        GOOGLE_LINES,
        SAME_IDS,
        all_tables,
        create_table,
        other_ids,
    )
    from cpg_infra.plugins.billing_aggregator.ledger.schema import (
        LEDGER,
        MONTHLY_SUMMARY,
        TABLES,
        VERSION,
        VIEWS,
        Column,
        Table,
    )
    from cpg_infra.plugins.billing_aggregator.ledger.sql import Dialect, column_type, render
except ModuleNotFoundError as error:
    raise MissingExtraError('bigquery') from error

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

_NAME: Final = re.compile(r'[a-z][a-z0-9-]{4,28}[a-z0-9]\.\w+\.\w+')
_STAGE_LIVES: Final = '1 DAY'
_CONFLICTS: Final = ('could not serialize access', 'concurrent update', 'aborted due to')
_TYPES: Final[Mapping[type, str]] = {
    str: 'STRING',
    bool: 'BOOL',
    int: 'INT64',
    float: 'FLOAT64',
    Decimal: 'NUMERIC',
    dt.datetime: 'TIMESTAMP',
    dt.date: 'DATE',
}


class BigQueryEngine:
    """A ledger in the dataset of `table` (`project.dataset.table`). `token` tells stages of runs apart.

    `monthly_summary`: the table of closing figures, where the configuration names another one.
    """

    dialect: Dialect = 'bigquery'
    alone: bool = False

    def __init__(self, client: Client, table: str, token: str, monthly_summary: str | None = None) -> None:
        for name in filter(None, (table, monthly_summary)):
            if _NAME.fullmatch(name) is None:
                raise InputError(f'{name!r} is no table: project.dataset.table')
        self._client = client
        self._table = table
        self._dataset = table.rpartition('.')[0]
        self._token = re.sub(r'\W', '_', token)
        self._names = {name.name: f'{table}_{name.name}' for name in TABLES}
        self._names |= {LEDGER.name: table, FORMAT: f'{table}_{FORMAT}'}
        if monthly_summary is not None:
            self._names[MONTHLY_SUMMARY.name] = monthly_summary
        for view in VIEWS:
            self._names |= {
                view.name: f'{self._dataset}.{view.name}',
                view.table.name: f'{self._dataset}.{view.table.name}',
            }
        self._stages: set[str] = set()
        self._session: str | None = None

    def prepare(self, *, read_only: bool = False) -> None:
        """Make what is missing, unless `read_only`; the columns that an older table lacks are added to it.

        Raises `NewerLedgerError` for a layout that is newer, `LedgerError` when there is no ledger to read, or one to
        write to whose lines have other ids.
        """
        version = self._version()
        if version is not None and version > VERSION:
            raise NewerLedgerError(
                f'{self._table}: the ledger has layout {version}, this program knows {VERSION}: install a newer cpg-infra'
            )
        if version == VERSION:
            return
        if read_only:
            lacks = 'there is no ledger in it' if version is None else f'the ledger has the older layout {version}'
            raise LedgerError(f'{self._table}: {lacks}; `cpg-infra billing aggregate` makes one of layout {VERSION}')
        if version is not None and version < SAME_IDS and self.query(GOOGLE_LINES):
            raise LedgerError(other_ids(self._table, version))
        for table in all_tables():
            self._send(create_table(table, self._quoted(table.name), 'bigquery'))
            self._add_columns(table)
        for view in VIEWS:
            self._send(
                f'CREATE OR REPLACE VIEW {self._quoted(view.name)} AS SELECT * FROM {self._quoted(view.table.name)}'
            )
        # Last, so that whoever is interrupted begins again.
        self._send(f'CREATE TABLE IF NOT EXISTS {self._quoted(FORMAT)} (version INT64 NOT NULL)')
        self._send(f'INSERT INTO {self._quoted(FORMAT)} (version) VALUES ({VERSION})')

    def _version(self) -> int | None:
        with self._reporting():
            try:
                self._client.get_table(self._names[FORMAT])
            except NotFound:
                return None
        (row,) = self._send(f'SELECT MAX(version) AS version FROM {self._quoted(FORMAT)}')
        version: int | None = row['version']
        return version

    def columns_of(self, table: str) -> frozenset[str]:
        """The columns of any table, `project.dataset.table`. Who may read a table may ask for them."""
        with self._reporting():
            return frozenset(field.name for field in self._client.get_table(table).schema)

    def _add_columns(self, table: Table) -> None:
        """In one statement: a table takes five changes of its layout in ten seconds."""
        found = self.columns_of(self._names[table.name])
        missing = [column for column in table.columns if column.name not in found]
        if missing:
            added = ', '.join(
                f'ADD COLUMN IF NOT EXISTS {column.name} {column_type(column.type, "bigquery")}' for column in missing
            )
            self._send(f'ALTER TABLE {self._quoted(table.name)} {added}')

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """The rows of a query."""
        return list(self.read(sql, parameters))

    def read(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of a query, a page of them in memory at a time."""
        rows = iter(self._run(sql, parameters))
        while True:
            with self._reporting():
                row = next(rows, None)
            if row is None:
                return
            yield _row(row)

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement that changes rows."""
        self._run(sql, parameters)

    def stage(self, name: str, sql: str, parameters: Parameters | None = None) -> None:
        """Make a table from a query; it deletes itself after a day, should nobody else."""
        # A stage may be made from itself, so what it is made from is named before.
        rendered = self._rendered(sql)
        self._names[name] = f'{self._table}_stage_{self._token}_{name}'
        self._stages.add(name)
        self._send(
            f'CREATE OR REPLACE TABLE {self._quoted(name)} {_expiring()} AS {rendered.text}',
            parameters,
            rendered.functions,
            rendered.parameters,
        )

    def stage_rows(self, name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> int:
        """Make a table from rows, by a load of JSON lines."""
        self._names[name] = f'{self._table}_stage_{self._token}_{name}'
        self._stages.add(name)
        shape = ', '.join(f'{column.name} {column_type(column.type, "bigquery")}' for column in columns)
        self._send(f'CREATE OR REPLACE TABLE {self._quoted(name)} ({shape}) {_expiring()}')
        count = 0
        with tempfile.TemporaryFile() as stream:
            for row in rows:
                kept = _without_nulls({column.name: row.get(column.name) for column in columns})
                stream.write(json.dumps(kept, default=_json, ensure_ascii=False).encode() + b'\n')
                count += 1
            if count:
                stream.seek(0)
                configuration = bigquery.LoadJobConfig(
                    source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
                    write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
                )
                with self._reporting():
                    self._client.load_table_from_file(
                        stream, self._names[name], job_config=configuration, location=self._location
                    ).result()
        return count

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, in a session of its own."""
        with self._reporting():
            job = self._client.query(
                'BEGIN TRANSACTION',
                job_config=bigquery.QueryJobConfig(create_session=True),
                location=self._location,
            )
            job.result()
        session = job.session_info
        if session is None:
            raise LedgerError(f'{self._table}: the service opened no session')
        self._session = session.session_id
        try:
            yield
            self._send('COMMIT TRANSACTION')
        except BaseException:
            with suppress(LedgerError):
                self._send('ROLLBACK TRANSACTION')
            raise
        finally:
            self._session = None

    def tidy(self) -> None:
        """Nothing: the service does it by itself."""

    def close(self) -> None:
        """Delete the stages. One that cannot be deleted ends by itself."""
        for name in sorted(self._stages):
            with suppress(GoogleAPIError):
                self._client.delete_table(self._names[name], not_found_ok=True)
        self._client.close()  # type: ignore[no-untyped-call]  # the library says nothing of it

    @cached_property
    def _location(self) -> str | None:
        with self._reporting():
            location: str | None = self._client.get_dataset(self._dataset).location
        return location

    def _rendered(self, sql: str) -> Any:  # noqa: ANN401 - a Rendered; the import is the extra's
        return render(sql, 'bigquery', self._names)

    def _run(self, sql: str, parameters: Parameters | None) -> Iterable[Any]:
        rendered = self._rendered(sql)
        return self._send(rendered.text, parameters, rendered.functions, rendered.parameters)

    def _send(
        self,
        text: str,
        parameters: Parameters | None = None,
        functions: frozenset[str] = frozenset(),
        named: frozenset[str] = frozenset(),
    ) -> Iterable[Any]:
        given = parameters or {}
        if missing := named - given.keys():
            raise LedgerError(f'no value for {", ".join(sorted(missing))}')
        configuration = bigquery.QueryJobConfig(
            query_parameters=[_parameter(name, given[name]) for name in sorted(named)],
            connection_properties=[bigquery.ConnectionProperty('session_id', self._session)] if self._session else [],
        )
        definitions = ''.join(FUNCTIONS[name].definition(name) + '\n' for name in sorted(functions))
        # A transaction that met another one is over as a whole; whoever began it begins it again.
        return (self._sent if self._session else again_on_conflict(self._sent))(definitions + text, configuration)

    def _sent(self, text: str, configuration: bigquery.QueryJobConfig) -> Iterable[Any]:
        with self._reporting():
            rows: Iterable[Any] = self._client.query(text, job_config=configuration, location=self._location).result()
        return rows

    def _quoted(self, name: str) -> str:
        return f'`{self._names[name]}`'

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except GoogleAPIError as error:
            said = ' '.join(str(error).split())
            kind = ConflictError if any(words in said.lower() for words in _CONFLICTS) else LedgerError
            raise kind(f'{self._table}: {said}') from error


def open_bigquery(
    table: str, token: str, *, monthly_summary: str | None = None, read_only: bool = False
) -> BigQueryEngine:
    """The ledger in a table of BigQuery, with application default credentials. Raises `LedgerError`.

    `read_only`: nothing is made, which a reader may not do.
    """
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - an extra

    try:
        client = bigquery.Client(project=table.partition('.')[0])
    except GoogleAuthError as error:
        raise LedgerError(f'{table}: {" ".join(str(error).split())}') from error
    engine = BigQueryEngine(client, table, token, monthly_summary)
    engine.prepare(read_only=read_only)
    return engine


def _expiring() -> str:
    return f'OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL {_STAGE_LIVES}))'


def _parameter(name: str, value: Value) -> bigquery.ScalarQueryParameter:
    return bigquery.ScalarQueryParameter(name, 'STRING' if value is None else _TYPES[type(value)], value)


def _row(row: Any) -> Row:  # noqa: ANN401 - a row of the library
    return dict(row.items())


def _without_nulls(value: object) -> object:
    """Without fields that are null: a repeated one may be absent or empty, and not null."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(part) for part in value]
    return value


def _json(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f'{type(value).__name__} has no JSON form')

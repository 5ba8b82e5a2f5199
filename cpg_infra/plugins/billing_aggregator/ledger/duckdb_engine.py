"""The ledger in a DuckDB file: embedded, no server, one writing process at a time.

All times are kept in UTC without a zone; they leave with one.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final
from weakref import WeakSet

import orjson

from cpg_infra.plugins.billing_aggregator.ledger.engine import Parameters, Row
from cpg_infra.plugins.billing_aggregator.ledger.faults import (
    ConflictError,
    LedgerError,
    LockedLedgerError,
    MissingExtraError,
    NewerLedgerError,
)

try:
    import duckdb

    from cpg_infra.plugins.billing_aggregator.ledger.functions import FUNCTIONS
    from cpg_infra.plugins.billing_aggregator.ledger.migrations import (
        FORMAT,
        GOOGLE_LINES,
        SAME_IDS,
        add_column,
        all_tables,
        create_table,
        other_ids,
        upgrades,
    )
    from cpg_infra.plugins.billing_aggregator.ledger.schema import VERSION, VIEWS, Column
    from cpg_infra.plugins.billing_aggregator.ledger.sql import Dialect, column_type, render
except ModuleNotFoundError as error:
    raise MissingExtraError('billing') from error

MEMORY: Final = '4GB'
"""What DuckDB may keep in memory before it spills beside the database."""

SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    'preserve_insertion_order': False,
    # Nothing is fetched from anywhere.
    'autoinstall_known_extensions': False,
    # Files that DuckDB 1.4 and later read: texts are compressed in one go, which writes a quarter faster.
    'storage_compatibility_version': 'v1.4.0',
    # Groups of rows that are not full, which every load leaves behind, are merged by `tidy` and not by the next load.
    'max_vacuum_tasks': 0,
}

MERGES: Final = 20
"""How often `tidy` merges groups of rows in a table; each time takes a second or two where rows are wide."""

LONGEST_ROW: Final = 4 * 1024 * 1024
"""Bytes of a row that is staged, as JSON; twice that is set aside for each thread, however few rows there are."""

_OPEN: Final[WeakSet[DuckDBEngine]] = WeakSet()
"""The engines of this process that are not closed."""

_ROWS_TOGETHER: Final = 10_000
_BETWEEN_TRIES: Final = 0.1
_PROCESS = re.compile(r'\(PID (\d+)\)')


def open_duckdb(path: Path, *, read_only: bool = False, patience: float = 0.0, memory: str = MEMORY) -> DuckDBEngine:
    """Open a database file, and make what is missing in it. Raises `LedgerError`."""
    if read_only and not path.exists():
        raise LedgerError(f'{path}: there is no ledger; `cpg-infra billing aggregate` makes one')
    if not path.parent.is_dir():
        raise LedgerError(f'{path}: {path.parent} is not a folder')
    connection = _connect(path, read_only=read_only, patience=patience, memory=memory)
    engine = DuckDBEngine(connection, path)
    try:
        engine.prepare(read_only=read_only)
    except BaseException:
        engine.close()
        raise
    return engine


def open_scratch(memory: str = MEMORY) -> DuckDBEngine:
    """A database without a file and without a ledger, to work in."""
    path = Path(':memory:')
    return DuckDBEngine(_connect(path, read_only=False, patience=0, memory=memory), path)


def _connect(path: Path, *, read_only: bool, patience: float, memory: str) -> duckdb.DuckDBPyConnection:
    until = time.monotonic() + patience
    while True:
        try:
            return quiet(duckdb.connect(str(path), read_only=read_only, config={**SETTINGS, 'memory_limit': memory}))
        except duckdb.Error as error:
            fault = _fault(error, path)
            if not isinstance(fault, LockedLedgerError) or time.monotonic() >= until:
                raise fault from error
        time.sleep(_BETWEEN_TRIES)


def quiet(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The connection, which paints no progress on our standard output, and reads times in UTC wherever it is."""
    connection.execute('SET enable_progress_bar = false')
    # A time with a zone becomes one without in the zone of the session, which is otherwise this machine's.
    connection.execute("SET TimeZone = 'UTC'")
    return connection


class DuckDBEngine:
    """An open database file."""

    dialect: Dialect = 'duckdb'

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path
        _OPEN.add(self)

    @property
    def alone(self) -> bool:
        """DuckDB locks the file against other processes; in this one it may be open twice."""
        file = self.path.resolve()
        return not any(other is not self and other.path.resolve() == file for other in list(_OPEN))

    def prepare(self, *, read_only: bool) -> None:
        """Check the version, make tables and views. Raises `NewerLedgerError` for a layout that is newer."""
        with self._reporting():
            for name, function in FUNCTIONS.items():
                self._connection.execute(function.macro(name))
            version = self._version()
            if version is not None and version > VERSION:
                raise NewerLedgerError(
                    f'{self.path}: the ledger has layout {version}, this program knows {VERSION}: '
                    'install a newer cpg-infra'
                )
            if version == VERSION:
                return
            if version is not None:
                # What reads asks for no column that an older layout lacks.
                if not read_only:
                    self._upgrade(version)
                return
            if read_only:
                raise LedgerError(f'{self.path}: there is no ledger in it; `cpg-infra billing aggregate` makes one')
            if self._connection.execute('SELECT 1 FROM duckdb_tables() LIMIT 1').fetchone():
                raise LedgerError(f'{self.path}: this database holds something else than a ledger')
            self._make()

    def _version(self) -> int | None:
        found = self._connection.execute('SELECT 1 FROM duckdb_tables() WHERE table_name = ?', [FORMAT]).fetchone()
        if found is None:
            return None
        row = self._connection.execute(f'SELECT version FROM {FORMAT}').fetchone()
        return int(row[0]) if row else None

    def _upgrade(self, version: int) -> None:
        if version < SAME_IDS and self._connection.execute(GOOGLE_LINES).fetchone():
            raise LedgerError(other_ids(str(self.path), version))
        with self.transaction():
            for table, column in upgrades(version):
                self._connection.execute(add_column(column, table.name, 'duckdb'))
            self._connection.execute(f'UPDATE {FORMAT} SET version = ?', [VERSION])

    def _make(self) -> None:
        with self.transaction():
            for table in all_tables():
                self._connection.execute(create_table(table, table.name, 'duckdb'))
            for view in VIEWS:
                self._connection.execute(f'CREATE VIEW {view.name} AS SELECT * FROM {view.table.name}')
            self._connection.execute(f'CREATE TABLE {FORMAT} (version INTEGER NOT NULL)')
            self._connection.execute(f'INSERT INTO {FORMAT} VALUES (?)', [VERSION])

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """The rows of a query."""
        return list(self.read(sql, parameters))

    def read(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of a query, some thousand in memory at a time."""
        with self._reporting():
            cursor = self._run(sql, parameters)
            names = [column[0] for column in cursor.description or ()]
        while True:
            with self._reporting():
                rows = cursor.fetchmany(_ROWS_TOGETHER)
            if not rows:
                return
            for row in rows:
                yield {name: _out(cell) for name, cell in zip(names, row, strict=True)}

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement that changes rows."""
        with self._reporting():
            self._run(sql, parameters)

    def stage(self, name: str, sql: str, parameters: Parameters | None = None) -> None:
        """Make a temporary table from a query."""
        with self._reporting():
            self._run(sql, parameters, f'CREATE OR REPLACE TEMP TABLE {quoted_name(name)} AS ')

    def stage_native(self, name: str, sql: str, *, view: bool = False) -> None:
        """Make a temporary table or view from a query in DuckDB's own dialect: how files are read."""
        kind, other = ('VIEW', 'TABLE') if view else ('TABLE', 'VIEW')
        with self._reporting():
            found = self._connection.execute(
                'SELECT table_type FROM information_schema.tables WHERE table_name = ?', [name]
            ).fetchone()
            if found and ('VIEW' in found[0]) is not view:
                self._connection.execute(f'DROP {other} {quoted_name(name)}')
            self._connection.execute(f'CREATE OR REPLACE TEMP {kind} {quoted_name(name)} AS {sql}')

    def query_native(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a query in DuckDB's own dialect."""
        with self._reporting():
            cursor = self._connection.execute(sql, list(parameters))
            names = [column[0] for column in cursor.description or ()]
            return [{name: _out(cell) for name, cell in zip(names, row, strict=True)} for row in cursor.fetchall()]

    def stage_rows(self, name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> int:
        """Make a temporary table from rows, by way of a file of JSON lines: nothing is held in memory."""
        kinds = {column.name: column_type(column.type, 'duckdb') for column in columns}
        shape = ', '.join(f'{quoted_name(column)} {kind}' for column, kind in kinds.items())
        count = 0
        with tempfile.TemporaryDirectory(prefix='cpg-infra-') as folder:
            file = Path(folder) / 'rows.ndjson'
            try:
                with file.open('wb') as stream:
                    for row in rows:
                        stream.write(orjson.dumps(row, _json, _JSON_LINES))
                        count += 1
            except OSError as error:
                raise LedgerError(f'{file}: {(error.strerror or str(error)).lower()}') from error
            with self._reporting():
                self._connection.execute(f'CREATE OR REPLACE TEMP TABLE {quoted_name(name)} ({shape})')
                if count:
                    listed = ', '.join(f'{quoted_name(column)}: {quoted_text(kind)}' for column, kind in kinds.items())
                    self._connection.execute(
                        f'INSERT INTO {quoted_name(name)} SELECT * FROM read_json(?, columns = {{{listed}}}, '
                        f"format = 'newline_delimited', maximum_object_size = {LONGEST_ROW})",
                        [str(file)],
                    )
        return count

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._reporting():
            self._connection.execute('BEGIN')
        try:
            yield
            with self._reporting():
                self._connection.execute('COMMIT')
        except BaseException:
            # A transaction that failed while it was written has ended already.
            with suppress(duckdb.Error):
                self._connection.execute('ROLLBACK')
            raise

    def tidy(self) -> None:
        """Merge groups of rows that are not full, and drop rows that were deleted."""
        with self._reporting():
            self._connection.execute(f'SET max_vacuum_tasks = {MERGES}')
            try:
                self._connection.execute('CHECKPOINT')
            finally:
                self._connection.execute('SET max_vacuum_tasks = 0')

    def close(self) -> None:
        """Close the connection; the last one writes the file."""
        _OPEN.discard(self)
        try:
            self._connection.close()
        except duckdb.Error as error:
            raise _fault(error, self.path) from error

    def _run(self, sql: str, parameters: Parameters | None, before: str = '') -> duckdb.DuckDBPyConnection:
        rendered = render(sql, 'duckdb')
        given = parameters or {}
        missing = rendered.parameters - given.keys()
        if missing:
            raise LedgerError(f'no value for {", ".join(sorted(missing))}')
        values = {name: _in(given[name]) for name in rendered.parameters}
        return self._connection.execute(before + rendered.text, values or None)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise _fault(error, self.path) from error


def _in(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value


def _out(cell: object) -> object:
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=dt.UTC)
    return cell


def _json(value: object) -> object:
    if isinstance(value, dt.datetime):
        return _time_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f'{type(value).__name__} has no JSON form')


@lru_cache
def _time_text(value: dt.datetime) -> str:
    # The lines of a batch have two times between them.
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(' ')


_JSON_LINES: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE


def quoted_name(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """A text as a literal; for what takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


_SENTENCES: Final[tuple[tuple[str, type[LedgerError], str], ...]] = (
    (
        'newer version of duckdb',
        NewerLedgerError,
        'the database was written by a newer DuckDB: pip install "cpg-infra[billing]"',
    ),
    ('not a valid duckdb database file', LedgerError, 'this file is no DuckDB database'),
    (
        'no space left',
        LedgerError,
        'the disk is full; what is booked stays booked, run it again when there is room',
    ),
    (
        'file too large',
        LedgerError,
        'the file cannot grow; what is booked stays booked, run it again when there is room',
    ),
    (
        'disk quota',
        LedgerError,
        'the disk quota is used up; what is booked stays booked, run it again when there is room',
    ),
    ('permission denied', LedgerError, 'permission denied'),
    ('read-only', LedgerError, 'the database cannot be written to'),
)
"""What DuckDB says, and what we say instead."""


def _fault(error: duckdb.Error, path: Path) -> LedgerError:
    said = ' '.join(str(error).split())
    low = said.lower()
    if 'lock on file' in low:
        who = _PROCESS.search(said)
        return LockedLedgerError(
            f'{path}: another process{f" ({who[1]})" if who else ""} has the ledger open; try again when it has ended'
        )
    if isinstance(error, duckdb.TransactionException) and 'conflict' in low:
        return ConflictError(f'{path}: another transaction wrote the same rows')
    for words, kind, sentence in _SENTENCES:
        if words in low:
            return kind(f'{path}: {sentence}')
    return LedgerError(f'{path}: {said}')

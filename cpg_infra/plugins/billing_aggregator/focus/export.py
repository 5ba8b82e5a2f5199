"""Writes a month of the ledger as a FOCUS file. The sum of `BilledCost` is the ledger's net cost, to the last digit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from cpg_infra.plugins.billing_aggregator.focus.catalogue import PROVIDERS, SERVICES
from cpg_infra.plugins.billing_aggregator.focus.columns import COLUMNS, FocusColumn
from cpg_infra.plugins.billing_aggregator.ledger import Engine, Ledger, LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine, open_scratch, quoted_text
from cpg_infra.plugins.billing_aggregator.ledger.months import month_before
from cpg_infra.plugins.billing_aggregator.ledger.schema import Column

_AROUND: Final = dt.timedelta(days=62)
"""Usage lies within so many days of its invoice month; partitions beyond are not read."""


class FileFormat(StrEnum):
    """The form of the file."""

    PARQUET = 'parquet'
    CSV = 'csv'


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; `billed` is the sum of `BilledCost` by currency."""

    rows: int
    billed: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Accounts:
    """Ids of the billing accounts, as they stand in the file."""

    gcp: str
    azure: str


def export_focus(
    ledger: Ledger, path: Path, month: str, accounts: Accounts, datasets: Collection[str], form: FileFormat
) -> Exported:
    """Write the invoice month `YYYYMM` to `path`. Raises `LedgerError`."""
    engine = ledger.engine
    _stage_names(ledger, datasets)
    starts = dt.datetime(int(month[:4]), int(month[4:]), 1, tzinfo=dt.UTC)
    following = month_before(month, -1)
    ends = dt.datetime(int(following[:4]), int(following[4:]), 1, tzinfo=dt.UTC)
    engine.stage(
        'focus_rows',
        _rows(),
        {
            'month': month,
            'from_time': starts - _AROUND,
            'until_time': ends + _AROUND,
            'gcp_account': accounts.gcp,
            'azure_account': accounts.azure,
        },
    )
    engine.stage(
        'focus_file',
        f'SELECT {", ".join(f"{column.expression} AS {column.name}" for column in COLUMNS)} FROM focus_rows',
        {'period_start': starts, 'period_end': ends},
    )
    with _on_this_machine(engine) as local:
        order = 'ORDER BY ChargePeriodStart, x_Topic, SkuId, BilledCost'
        listed = ', '.join(_written(column, form) for column in COLUMNS)
        options = 'FORMAT parquet, COMPRESSION zstd' if form is FileFormat.PARQUET else 'FORMAT csv, HEADER'
        _write(local, f'SELECT {listed} FROM focus_file {order}', path, options)
        found = local.query_native(
            'SELECT BillingCurrency AS currency, count(*) AS rows, sum(BilledCost) AS billed FROM focus_file GROUP BY ALL ORDER BY ALL'
        )
    return Exported(sum(row['rows'] for row in found), {row['currency']: row['billed'] for row in found})


@contextmanager
def _on_this_machine(engine: Engine) -> Iterator[DuckDBEngine]:
    """Where `focus_file` can be written from: the ledger itself, or a copy of that stage when it lies in a service."""
    if isinstance(engine, DuckDBEngine):
        yield engine
        return
    with closing(open_scratch()) as local:
        columns = [Column(column.name, column.kind, '') for column in COLUMNS]
        local.stage_rows('focus_file', columns, engine.read('SELECT * FROM focus_file'))
        yield local


def _write(engine: DuckDBEngine, query: str, path: Path, options: str) -> None:
    """The file is the old one or the new one, never half of it."""
    scratch = path.with_name(f'.{path.name}.writing')
    try:
        engine.query_native(f'COPY ({query}) TO {quoted_text(str(scratch))} ({options})')
        scratch.replace(path)
    except OSError as error:
        raise LedgerError(f'{path}: {(error.strerror or str(error)).lower()}') from error
    finally:
        scratch.unlink(missing_ok=True)


def _rows() -> str:
    return files('cpg_infra.plugins.billing_aggregator.focus').joinpath('rows.sql').read_text(encoding='utf-8')


def _written(column: FocusColumn, form: FileFormat) -> str:
    """How a column is written: times as the specification wants them, with their zone; decimals not as floats."""
    if column.type == 'Date/Time':
        return (
            f"({column.name} AT TIME ZONE 'UTC') AS {column.name}"
            if form is FileFormat.PARQUET
            else f"strftime({column.name}, '%Y-%m-%dT%H:%M:%SZ') AS {column.name}"
        )
    return column.name


def _stage_names(ledger: Ledger, datasets: Collection[str]) -> None:
    stage = ledger.engine.stage_rows
    stage(
        'focus_providers',
        _texts('cloud', 'name'),
        ({'cloud': cloud, 'name': name} for cloud, name in PROVIDERS.items()),
    )
    stage(
        'focus_services',
        _texts('service', 'category'),
        ({'service': service, 'category': category} for service, category in SERVICES.items()),
    )
    stage('focus_datasets', _texts('dataset'), ({'dataset': name} for name in sorted(datasets)))


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, 'STRING', '') for name in names)

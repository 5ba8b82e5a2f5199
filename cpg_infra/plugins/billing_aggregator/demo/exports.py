"""Seeded cost exports of two clouds, with everything that makes real ones difficult.

Duplicates that both count, columns that are null, tax, corrections, lines that arrive weeks late, projects of nobody.
The same seed gives the same lines, from a thousand to fifty million of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpg_infra.plugins.billing_aggregator.demo.catalogue import AZURE_GROUPS, PLACES, SKUS, Place

if TYPE_CHECKING:
    import duckdb

LATEST_ARRIVAL: Final = dt.timedelta(days=47)
"""How long after the last day of usage the last line arrives, at most: 40 days late, and tax two days after the month."""


SHARES: Final = 1000
"""Of so many lines a place or a SKU has its share."""


@dataclass(frozen=True, slots=True)
class GoogleExport:
    """An export of `lines` charges used from `first` to `last`, both included; duplicates and tax come on top.

    Only what arrived from `arrived_from` until the day before `arrived_before` is in it: two exports that meet there
    have together what one has.
    """

    first: dt.date
    last: dt.date
    lines: int = 20_000
    seed: int = 7
    places: tuple[Place, ...] = PLACES
    arrived_from: dt.date = dt.date.min
    arrived_before: dt.date = dt.date.max

    def write(self, connection: duckdb.DuckDBPyConnection, path: Path) -> int:
        """Write one Parquet file in the order of arrival; the number of rows in it."""
        connection.execute(
            'CREATE OR REPLACE TEMP TABLE demo_projects('
            'from_share INTEGER, to_share INTEGER, id VARCHAR, number VARCHAR, shared BOOLEAN, labels VARCHAR[])'
        )
        connection.executemany('INSERT INTO demo_projects VALUES (?, ?, ?, ?, ?, ?)', self._projects())
        connection.execute(
            'CREATE OR REPLACE TEMP TABLE demo_skus(from_share INTEGER, to_share INTEGER, service VARCHAR, '
            'service_id VARCHAR, name VARCHAR, sku_id VARCHAR, unit VARCHAR, pricing_unit VARCHAR, price DOUBLE, '
            'compute BOOLEAN)'
        )
        connection.executemany('INSERT INTO demo_skus VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', _skus())
        connection.execute(
            _statement('google_export'),
            {
                'seed': self.seed,
                'lines': self.lines,
                'first': self.first,
                'days': (self.last - self.first).days + 1,
                'arrived_from': max(self.arrived_from, dt.date(1970, 1, 1)),
                'arrived_before': min(self.arrived_before, dt.date(2200, 1, 1)),
            },
        )
        return _move(connection, 'google_export', path)

    def _projects(self) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        total = 0
        for number, place in enumerate(self.places):
            identity = None if place.project is None else str(100_000_000_001 + number)
            row = (place.project, identity, bool(place.labels), [*place.labels])
            rows.append((total, total + place.share, *row))
            total += place.share
        if total != SHARES:
            raise ValueError(f'the shares of the projects add up to {total}, not to {SHARES}')
        return rows


@dataclass(frozen=True, slots=True)
class AzureExport:
    """A run of the export of `month` (its first day), made when the days before `before` had passed."""

    month: dt.date
    before: dt.date
    lines: int = 2_000
    seed: int = 7
    groups: tuple[str, ...] = AZURE_GROUPS

    def write(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
        """Write the run below `folder` where Azure would, `<period>/<run>/part_0_0001.parquet`; the number of rows."""
        following = (self.month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        period = f'{self.month:%Y%m%d}-{following - dt.timedelta(days=1):%Y%m%d}'
        target = folder / period / f'{self.before:%Y%m%d}0300' / 'part_0_0001.parquet'
        target.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(
            _statement('azure_export'),
            {
                'seed': self.seed,
                'lines': self.lines,
                'first': self.month,
                'days': (following - self.month).days,
                'groups': [*self.groups],
                'before': self.before,
            },
        )
        return _move(connection, 'azure_export', target)


def _skus() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    total = 0
    for sku in SKUS:
        row = (sku.service, sku.service_id, sku.name, sku.sku_id, sku.unit, sku.pricing_unit, sku.price, sku.compute)
        rows.append((total, total + sku.share, *row))
        total += sku.share
    return rows


def _statement(name: str) -> str:
    return files('cpg_infra.plugins.billing_aggregator.demo').joinpath(f'{name}.sql').read_text(encoding='utf-8')


def _move(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> int:
    """The table as a Parquet file; the table is gone afterwards."""
    quoted = str(path).replace("'", "''")
    connection.execute(f"COPY {table} TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
    row = connection.execute(f'SELECT count(*) FROM {table}').fetchone()
    connection.execute(f'DROP TABLE {table}')
    return int(row[0]) if row else 0

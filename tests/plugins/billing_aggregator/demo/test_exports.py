from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from cpg_infra.plugins.billing_aggregator.demo.catalogue import SKUS, Place
from cpg_infra.plugins.billing_aggregator.demo.exports import AzureExport, GoogleExport

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 10, 31)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def number(connection: duckdb.DuckDBPyConnection, path: Path, what: str) -> object:
    row = connection.execute(f"SELECT {what} FROM '{path}'").fetchone()
    assert row is not None
    return row[0]


def differing(connection: duckdb.DuckDBPyConnection, one: Path, other: Path) -> object:
    found = connection.execute(
        f"SELECT count(*) FROM ((FROM '{one}' EXCEPT ALL FROM '{other}') "
        f"UNION ALL (FROM '{other}' EXCEPT ALL FROM '{one}'))"
    ).fetchone()
    assert found is not None
    return found[0]


def test_the_same_seed_gives_the_same_rows_with_any_number_of_threads(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    export = GoogleExport(FIRST, LAST, lines=3000)
    connection.execute('SET threads = 1')
    export.write(connection, tmp_path / 'one.parquet')
    connection.execute('SET threads = 4')
    export.write(connection, tmp_path / 'other.parquet')
    GoogleExport(FIRST, LAST, lines=3000, seed=8).write(connection, tmp_path / 'seed.parquet')
    assert differing(connection, tmp_path / 'one.parquet', tmp_path / 'other.parquet') == 0
    assert differing(connection, tmp_path / 'one.parquet', tmp_path / 'seed.parquet') != 0


def test_it_has_what_makes_a_real_export_difficult(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / 'export.parquet'
    rows = GoogleExport(FIRST, LAST, lines=5000).write(connection, path)
    assert number(connection, path, 'count(*)') == rows
    duplicates = connection.execute(f"SELECT count(*) FROM (FROM '{path}' GROUP BY ALL HAVING count(*) > 1)")
    assert duplicates.fetchone() != (0,)
    for what in (
        'project IS NULL',
        'labels IS NULL',
        'len(labels) = 0',
        'len(credits) = 2',
        'cost < 0',
        "cost_type = 'tax'",
        "cost_type = 'rounding_error'",
        "cost_type = 'adjustment' AND adjustment_info.type = 'USAGE_CORRECTION'",
        'location.region IS NULL AND location.country IS NOT NULL',
        "export_time > usage_end_time + INTERVAL '30 days'",
        "invoice.month != strftime(usage_end_time, '%Y%m')",
    ):
        assert number(connection, path, f'count(*) FILTER ({what})') != 0, what


def test_two_exports_that_meet_at_a_day_of_arrival_have_together_what_one_has(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    meet = dt.date(2026, 10, 3)
    whole = GoogleExport(FIRST, LAST, lines=2000).write(connection, tmp_path / 'whole.parquet')
    early = GoogleExport(FIRST, LAST, lines=2000, arrived_before=meet).write(connection, tmp_path / 'a.parquet')
    late = GoogleExport(FIRST, LAST, lines=2000, arrived_from=meet).write(connection, tmp_path / 'b.parquet')
    assert early + late == whole
    assert early
    assert late
    connection.execute(f"COPY (FROM '{tmp_path}/[ab].parquet') TO '{tmp_path}/both.parquet'")
    assert differing(connection, tmp_path / 'whole.parquet', tmp_path / 'both.parquet') == 0


def test_the_shares_of_places_must_add_up(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export = GoogleExport(FIRST, LAST, places=(Place('lantern-alpha', 600), Place(None, 300)))
    with pytest.raises(ValueError, match='add up to 900, not to 1000'):
        export.write(connection, tmp_path / 'export.parquet')
    assert sum(sku.share for sku in SKUS) == 1000


def test_a_later_azure_run_has_the_earlier_one_and_the_days_since(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    month = dt.date(2026, 10, 1)
    early = AzureExport(month, dt.date(2026, 10, 16), lines=500).write(connection, tmp_path)
    whole = AzureExport(month, dt.date(2026, 11, 3), lines=500).write(connection, tmp_path)
    assert 0 < early < whole == 500
    runs = sorted(path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob('*.parquet'))
    assert runs == ['20261001-20261031/202610160300', '20261001-20261031/202611030300']
    missing = connection.execute(
        f"SELECT count(*) FROM (FROM '{tmp_path}/{runs[0]}/*.parquet' EXCEPT ALL FROM '{tmp_path}/{runs[1]}/*.parquet')"
    ).fetchone()
    assert missing == (0,)

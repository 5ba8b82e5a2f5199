"""The billing ledger against its goals: back-fill, a day, reconciling, the report, and a batch of many jobs.

`python -m benchmarks.ledger --rows 50000000` is the size of the goals; the default is a tenth. Each part is a process
of its own, so that its peak memory is its own. A bare `COPY` of the same rows by DuckDB in the same run says how fast
the machine is. Processor seconds are the process's own, whatever else the machine does; on two idle cores they are at
most twice the seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

ROWS: Final = 5_000_000
GOAL_ROWS: Final = 50_000_000
GOAL_DAYS: Final = 365
"""The goal is a year. Fewer rows are fewer days, as full as those: a share of the rows takes that share of the time."""

DAY_ROWS: Final = 150_000
PROJECTS: Final = 100
SHARED: Final = ('project-7', 'project-8')
"""Two projects of a hundred are split between twelve datasets."""

JOBS: Final = 50_000
RESOURCES: Final = 5
NOW: Final = dt.datetime(2025, 1, 5, tzinfo=dt.UTC)
LAST_DAY: Final = dt.datetime(2024, 12, 29, tzinfo=dt.UTC)
"""Near the end of a month that is all there: the report reads the most."""

EXPORT_ENDS: Final = dt.date(2024, 12, 31)
HOURS_OF_RESOURCE: Final = 7 * 24

_EXPORT_ROW: Final = """
  'A-1' AS billing_account_id,
  {'id': 'svc-' || (r // 100 % 12), 'description': ['Cloud Storage', 'Compute Engine', 'BigQuery', 'Networking'][1 + r // 100 % 4]} AS service,
  {'id': 'sku-' || (r // 100 % 300), 'description': 'Sku number ' || (r // 100 % 300)} AS sku,
  moment - INTERVAL 1 HOUR AS usage_start_time,
  moment AS usage_end_time,
  CASE WHEN r // 100 % 200 = 0 THEN NULL ELSE {
    'id': 'project-' || (r % {projects}), 'number': CAST(100000 + r % {projects} AS VARCHAR), 'name': 'Project ' || (r % {projects}),
    'labels': [{'key': 'env', 'value': 'main'}], 'ancestry_numbers': '/1/2/',
    'ancestors': [{'resource_name': 'organizations/1', 'display_name': 'lantern'}]
  } END AS project,
  CASE WHEN r // 30000 % 3 = 0 THEN [{'key': 'goog-resource-type', 'value': 'bucket'}, {'key': 'bucket', 'value': 'b-' || (r // 30000 % 1000)}] ELSE [] END AS labels,
  [{'key': 'compute.googleapis.com/cores', 'value': CAST(r // 100 % 16 AS VARCHAR)}] AS system_labels,
  {'location': 'australia-southeast1', 'country': 'AU', 'region': 'australia-southeast1', 'zone': CAST(NULL AS VARCHAR)} AS location,
  date_trunc('hour', moment) + INTERVAL 5 HOUR AS export_time,
  CASE WHEN h % 5 = 0 THEN 0.0 ELSE (h % 1000003) / 1e5 * 0.37 END AS cost,
  'AUD' AS currency,
  CAST(1.5 AS DOUBLE) AS currency_conversion_rate,
  {'amount': (h % 1000000007) * 1.7, 'unit': 'byte-seconds', 'amount_in_pricing_units': (h % 10007) / 7.0, 'pricing_unit': 'gibibyte month'} AS usage,
  CASE WHEN h % 20 = 0 THEN [{'name': 'Sustained use', 'amount': -(h % 1009) / 1e4, 'full_name': 'Sustained use discount', 'id': 'sud', 'type': 'SUSTAINED_USAGE_DISCOUNT'}] ELSE [] END AS credits,
  {'month': strftime(moment - INTERVAL 8 HOUR, '%Y%m')} AS invoice,
  'regular' AS cost_type,
  {'id': CAST(NULL AS VARCHAR), 'description': CAST(NULL AS VARCHAR), 'mode': CAST(NULL AS VARCHAR), 'type': CAST(NULL AS VARCHAR)} AS adjustment_info
"""
"""A row of the export as wide as real ones, made from hashes: `r` of its resource, `h` of its number.

A resource is told once an hour for a week, as the export does; then another takes its place.
"""


def main(arguments: list[str] | None = None) -> None:
    """Print a table: what, seconds, processor seconds, rows per second, megabytes, times a bare copy, goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', type=int, default=ROWS)
    parser.add_argument('--part', choices=[*PARTS], help=argparse.SUPPRESS)
    parser.add_argument('--folder', type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments if arguments is not None else [])
    if given.part:
        PARTS[given.part](given.folder, given.rows)
        return
    print(f'{"billing ledger":36}{"seconds":>9}{"CPU s":>9}{"rows/s":>11}{"MB":>7}{"× COPY":>8}   goal')
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _measured('generate', folder, given.rows)
        copy = _measured('copy', folder, given.rows)
        share = given.rows / GOAL_ROWS
        for part, count, seconds, megabytes in (
            ('backfill', given.rows, 600 * share, 8192),
            ('day', DAY_ROWS, 10, None),
            ('reconcile', given.rows, 5 * share, None),
            ('report', given.rows, 2, None),
            ('jobs', JOBS * RESOURCES, 30, 500),
        ):
            took = _measured(part, folder, given.rows)
            bare = copy.wall * count / given.rows
            goal = f'≤ {seconds:.1f} s ({took.wall / seconds:.0%})'
            goal += f', ≤ {megabytes:,} MB ({took.megabytes / megabytes:.0%})' if megabytes else ''
            print(_row(f'{part}, {count:,} rows', count, took) + f'{took.wall / bare:8.1f}   {goal}', flush=True)
        print(_row(f'bare COPY of {given.rows:,} rows', given.rows, copy))
        size = sum(file.stat().st_size for file in folder.glob('ledger.duckdb*'))
        print(f'database of {given.rows:,} rows and a day: {size / 1e6:,.0f} MB')


class Took(NamedTuple):
    """Seconds that a part says it took, processor seconds of its process, and its peak in megabytes."""

    wall: float
    processor: float
    megabytes: float


def _row(name: str, count: int, took: Took) -> str:
    return f'{name:36}{took.wall:9.1f}{took.processor:9.1f}{count / took.wall:11,.0f}{took.megabytes:7.0f}'


def _measured(part: str, folder: Path, rows: int) -> Took:
    command = [sys.executable, '-m', 'benchmarks.ledger', '--part', part, '--folder', str(folder), '--rows', str(rows)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f'{part} failed: {said}')
    return Took(float(said.split()[-1]), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _generate(folder: Path, rows: int) -> None:
    import duckdb

    started = time.perf_counter()
    row = _EXPORT_ROW.replace('{projects}', str(PROJECTS))
    with duckdb.connect(config={'memory_limit': '2GB', 'preserve_insertion_order': False}) as connection:
        lasts = GOAL_DAYS * rows / GOAL_ROWS
        for name, count, first, days in (
            ('export', rows, EXPORT_ENDS - dt.timedelta(days=lasts), lasts),
            ('day', DAY_ROWS, dt.date(2025, 1, 2), 0.7),
        ):
            step = int(days * 86_400_000_000 / count)
            an_hour = max(1, int(count / (days * 24)))
            numbers = (
                f'SELECT i, CAST(hash(i) % 9223372036854775807 AS BIGINT) AS h, '
                f'CAST(hash(i % {an_hour}, i // {an_hour * HOURS_OF_RESOURCE}) % 9223372036854775807 AS BIGINT) AS r, '
                f"TIMESTAMP '{first}' + to_microseconds(i * {step}) AS moment FROM range({count}) AS numbers(i)"
            )
            connection.execute(f"COPY (SELECT {row} FROM ({numbers})) TO '{folder / name}.parquet' (FORMAT parquet)")
    print(time.perf_counter() - started)


def _copy(folder: Path, rows: int) -> None:
    import duckdb

    started = time.perf_counter()
    with duckdb.connect(config={'memory_limit': '4GB', 'preserve_insertion_order': False}) as connection:
        connection.execute(f"COPY (FROM '{folder}/export.parquet') TO '{folder}/copy.parquet' (FORMAT parquet)")
    (folder / 'copy.parquet').unlink()
    print(time.perf_counter() - started)


def _settings() -> Any:
    from cpg_infra.plugins.billing_aggregator.ledger.attribution import Attribution, Shared
    from cpg_infra.plugins.billing_aggregator.loading import Pricing
    from cpg_infra.plugins.billing_aggregator.settings import Settings

    since = dt.date(2021, 9, 1)
    return Settings(
        attribution=Attribution(
            projects={f'project-{number}': f'dataset-{number}' for number in range(PROJECTS // 2)},
            shared=tuple(Shared('gcp', project, 'hosting', 'overhead', since) for project in SHARED),
            datasets=frozenset(f'dataset-{number}' for number in range(PROJECTS // 2)),
        ),
        pricing=Pricing('AUD'),
    )


def _aggregate(folder: Path, pattern: str, **asked: Any) -> None:
    from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, replace_proportions
    from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
    from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine
    from cpg_infra.plugins.billing_aggregator.sources.gcp_files import GcpFiles

    started = time.perf_counter()
    with open_ledger(folder / 'ledger.duckdb') as ledger:
        assert isinstance(ledger.engine, DuckDBEngine)
        since = dt.date(2022, 1, 1)
        shares = [
            {
                'method': 'hosting',
                'effective_from': since,
                'topic': f'dataset-{n}',
                'weight': n * 37 + 1,
                'version': '1',
            }
            for n in range(12)
        ]
        replace_proportions(ledger.engine, shares)
        export = GcpFiles(ledger.engine, str(folder / pattern))
        (outcome,) = Aggregation(ledger.engine, _settings(), NOW, export=export).run(Asked(**asked))
    _expect(outcome.status == 'ok', outcome.faults)
    print(time.perf_counter() - started)


def _backfill(folder: Path, rows: int) -> None:
    _aggregate(folder, 'export.parquet', command='backfill', start=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), reopen=True)


def _day(folder: Path, rows: int) -> None:
    _aggregate(folder, 'day.parquet', start=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))


def _reconcile(folder: Path, rows: int) -> None:
    from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
    from cpg_infra.plugins.billing_aggregator.ledger.reconciling import balances

    started = time.perf_counter()
    with open_ledger(folder / 'ledger.duckdb', read_only=True) as ledger:
        found = balances(ledger.engine)
    _expect(len(found) > 1 and all(balance.ok for balance in found), found)
    print(time.perf_counter() - started)


def _report(folder: Path, rows: int) -> None:
    from cpg_infra.plugins.billing_aggregator.cost_report import Known, gather, make_report, page
    from cpg_infra.plugins.billing_aggregator.ledger import open_ledger

    started = time.perf_counter()
    with open_ledger(folder / 'ledger.duckdb', read_only=True) as ledger:
        figures = gather(ledger, LAST_DAY)
    made = make_report(figures, Known({}, {}, {}), LAST_DAY, force=True)
    _expect(len(made.shown) > PROJECTS / 2 and '<svg' in page(made), len(made.shown))
    print(time.perf_counter() - started)


def _jobs(folder: Path, rows: int) -> None:
    from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked
    from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
    from cpg_infra.plugins.billing_aggregator.loading import Pricing
    from cpg_infra.plugins.billing_aggregator.settings import Settings
    from cpg_infra.plugins.billing_aggregator.sources.hail import Hail, Thresholds

    started = time.perf_counter()
    settings = Settings(attribution=_settings().attribution, pricing=Pricing('USD'))
    with open_ledger(folder / 'jobs.duckdb', memory='240MB') as ledger:
        hail = Hail('https://batch.example.org', _Service(), thresholds=Thresholds(JOBS, JOBS))  # type: ignore[arg-type]  # answers alike
        (outcome,) = Aggregation(ledger.engine, settings, NOW, others=[hail]).run(Asked())
    _expect(outcome.status == 'ok' and outcome.posted.inserted == 2 * JOBS * RESOURCES, outcome)
    print(time.perf_counter() - started)


class _Service:
    """Answers as Hail Batch does, without a network."""

    def json(self, url: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        if url.endswith('/completed'):
            batch = {
                'id': 1,
                'billing_project': 'dataset-1',
                'time_created': '2025-01-03T00:00:00Z',
                'time_completed': '2025-01-03T20:00:00Z',
                'attributes': {'name': 'joint call', 'ar_guid': 'c0ffee'},
            }
            return {'batches': [batch]}
        size = int((parameters or {})['limit'])
        last = int((parameters or {}).get('last_job_id', 0))
        jobs = list(_made(range(last + 1, min(last + size, JOBS) + 1)))
        return {'jobs': jobs, **({'last_job_id': last + size} if last + size < JOBS else {})}


def _made(numbers: range) -> Iterator[dict[str, Any]]:
    names = ('compute/n1/1', 'memory/n1/1', 'boot-disk/pd-ssd/1', 'disk/local-ssd/1', 'ip-fee/1024/1')
    for number in numbers:
        yield {
            'job_id': number,
            'attributes': {'name': f'align {number}', 'sequencing_group': f'SG{number}', 'stage': 'Align'},
            'cost': dict.fromkeys(names, number / 10000000.0),
            'resources': dict.fromkeys(names, number * 3),
        }


def _expect(holds: bool, found: object) -> None:
    """A figure of a run that went wrong would mean nothing. Raises RuntimeError."""
    if not holds:
        raise RuntimeError(f'not as expected: {found}')


PARTS: Final[Mapping[str, Callable[[Path, int], None]]] = {
    'generate': _generate,
    'copy': _copy,
    'backfill': _backfill,
    'day': _day,
    'reconcile': _reconcile,
    'report': _report,
    'jobs': _jobs,
}


if __name__ == '__main__':
    main(sys.argv[1:])

"""How long questions about access take, against the planning of the same organisation."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Final, TypeVar

from benchmarks.organisation import datasets, organisation
from cpg_infra.access import resolve
from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import AssetKind, Plan

USERS: Final = 300
SIZES: Final = (100, 300)
RUNS: Final = 5

Result = TypeVar('Result')


def main() -> None:
    """Print a table: what, how many answers, processor time, share of planning."""
    print(f'{"effective access":44}{"answers":>10}{"cpu s":>9}{"of planning":>13}')
    for size in SIZES:
        for line in _lines(size):
            print(line)


def _lines(size: int) -> list[str]:
    config = CPGInfrastructureConfig.from_dict(organisation(USERS))
    configs = [CPGDatasetConfig.from_dict({'dataset': name, **data}) for name, data in datasets(size, USERS).items()]

    def make() -> Plan:
        return Infrastructure(config, configs).plan()

    planning, plan = _timed(make)
    buckets = [asset.key for asset in plan.assets if asset.kind is AssetKind.BUCKET]
    people = [principal.key for principal in plan.principals if principal.user is not None]
    what: list[tuple[str, Callable[[], int]]] = [
        ('one person', lambda: len(resolve(plan).of(people[0]))),
        ('one bucket', lambda: len(resolve(plan).on(buckets[0]))),
        ('every bucket', lambda: _count_on(plan, buckets)),
        ('everybody, everything', lambda: sum(1 for _ in resolve(plan).everything())),
    ]
    lines = [f'{f"planning {size} datasets × {USERS} users":44}{"":10}{planning:9.3f}']
    for name, question in what:
        seconds, count = _timed(question)
        lines.append(f'  {name:42}{count:10,}{seconds:9.3f}{seconds / planning:13.1%}')
    return lines


def _count_on(plan: Plan, assets: list[str]) -> int:
    access = resolve(plan)
    return sum(len(access.on(asset)) for asset in assets)


def _timed(what: Callable[[], Result]) -> tuple[float, Result]:
    """The median of a few runs."""
    result = what()
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        what()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


if __name__ == '__main__':
    main()

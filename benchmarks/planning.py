"""How long the command line takes on organisations of several sizes, against its goals."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.organisation import datasets, organisation, write_folder
from benchmarks.process import Measured, measure
from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan

USERS: Final = 300

TODAY_DATASETS: Final = 30
TODAY_RESOURCES: Final = 11_300
"""What the program that deploys today registers for 30 datasets."""


def main() -> None:
    """Print a table: what, measured, goal, share of the goal."""
    print(f'{"whole process, median":44}{"wall s":>9}{"cpu s":>9}{"MB":>7}   goal')
    for line in _lines():
        print(line)
    count = len(_plan_of(TODAY_DATASETS).resources)
    print(
        f'\nresources of {TODAY_DATASETS} full datasets: {count:,}, '
        f'{count / TODAY_RESOURCES:.0%} of {TODAY_RESOURCES:,} (goal: at most 60%)',
    )


def _lines() -> Iterator[str]:
    yield _line('cpg-infra --version', measure('--version'), 0.3)
    with tempfile.TemporaryDirectory() as scratch:
        folders = {count: str(write_folder(Path(scratch) / str(count), count, USERS)) for count in (100, 1000)}
        yield _line('validate, 100 datasets × 300 users', measure('validate', folders[100]), 1.0)
        hundred = measure('plan', folders[100])
        yield _line('plan, 100 datasets × 300 users', hundred, 1.5, 200)
        yield _line('plan --format json, 100 datasets', measure('plan', folders[100], '--format', 'json'))
        both = str(write_folder(Path(scratch) / 'both', 100, USERS, both_clouds=True))
        yield _line('plan, 100 datasets on both clouds', measure('plan', both), 3.0)
        thousand = measure('plan', folders[1000], runs=1)
        yield _line('plan, 1,000 datasets × 300 users', thousand, 12.0)
        yield f'{"1,000 datasets take, of 10 × 100 datasets":44}{thousand.wall / (10 * hundred.wall):9.2f}'


def _line(what: str, found: Measured, seconds: float | None = None, megabytes: int | None = None) -> str:
    goal = '' if seconds is None else f'≤ {seconds} s ({found.wall / seconds:.0%})'
    if megabytes is not None:
        goal += f', ≤ {megabytes} MB ({found.megabytes / megabytes:.0%})'
    return f'{what:44}{found.wall:9.2f}{found.processor:9.2f}{found.megabytes:7.0f}   {goal}'


def _plan_of(count: int) -> Plan:
    config = CPGInfrastructureConfig.from_dict(organisation(USERS))
    configs = [
        CPGDatasetConfig.from_dict({'dataset': name, **data})
        for name, data in datasets(count, USERS, everything=True).items()
    ]
    return Infrastructure(config, configs).plan()


if __name__ == '__main__':
    main()

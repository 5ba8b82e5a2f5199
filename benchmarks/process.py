"""A command measured as a whole process: wall time, processor time and peak memory, by the system's own account."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of several runs: seconds of wall and processor time, megabytes at the peak."""

    wall: float
    processor: float
    megabytes: float
    output_bytes: int


def measure(*arguments: str, runs: int = 5) -> Measured:
    """Run `cpg-infra` with these arguments, once to warm up and then `runs` times.

    Raises RuntimeError when the command fails: a figure of a failed run would mean nothing.
    """
    return measure_each([arguments] * (runs + 1))


def measure_each(each: Iterable[Sequence[str]]) -> Measured:
    """Run `cpg-infra` with each of these arguments; the first run is to warm up. Raises RuntimeError as `measure`."""
    program = str(Path(sys.executable).with_name('cpg-infra'))
    found = [_once([program, *arguments]) for arguments in each][1:]
    return Measured(
        statistics.median(run.wall for run in found),
        statistics.median(run.processor for run in found),
        statistics.median(run.megabytes for run in found),
        found[0].output_bytes,
    )


def _once(command: list[str]) -> Measured:
    start = time.perf_counter()
    # As installed: with compiled modules, whatever the surroundings say.
    environment = {name: value for name, value in os.environ.items() if name != 'PYTHONDONTWRITEBYTECODE'}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    size = len(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f'{" ".join(command)} failed')
    process.returncode = 0
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size)

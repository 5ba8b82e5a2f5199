"""How long a person waits for the billing demo and for its report, against their goals.

The machine may be busy with other things: processor time is what the program itself needs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from benchmarks.process import Measured, measure, measure_each

DEMO_SECONDS: Final = 20
REPORT_SECONDS: Final = 2


def main() -> None:
    """Print a table: what, measured, goal, share of the goal."""
    print(f'{"billing, whole process, median":44}{"wall s":>9}{"cpu s":>9}{"MB":>7}   goal')
    with tempfile.TemporaryDirectory() as scratch:
        folders = [str(Path(scratch) / str(number)) for number in range(4)]
        _print('billing demo', measure_each(('billing', 'demo', folder) for folder in folders), DEMO_SECONDS)
        report = ('billing', 'report', folders[0], '--force')
        _print('billing report of the demo', measure(*report), REPORT_SECONDS)
        page = str(Path(scratch) / 'page.html')
        _print('billing report --format html', measure(*report, '--format', 'html', '--out', page), REPORT_SECONDS)


def _print(what: str, found: Measured, seconds: int) -> None:
    goal = f'≤ {seconds} s ({found.wall / seconds:.0%})'
    print(f'{what:44}{found.wall:9.2f}{found.processor:9.2f}{found.megabytes:7.0f}   {goal}')


if __name__ == '__main__':
    main()

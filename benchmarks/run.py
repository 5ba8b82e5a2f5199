"""All benchmarks, one after the other: `make bench`. They print figures and never fail on one."""

from __future__ import annotations

from benchmarks.emission import main as emission
from benchmarks.group_members import main as group_members
from benchmarks.planning import main as planning


def main() -> None:
    """Print the figures of planning, then those of emission, then those of the provider."""
    planning()
    print()
    emission()
    print()
    group_members()


if __name__ == '__main__':
    main()

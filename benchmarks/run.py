"""All benchmarks, one after the other: `make bench`. They print figures and never fail on one."""

from __future__ import annotations

from benchmarks.access import main as access
from benchmarks.emission import main as emission
from benchmarks.engine import main as engine
from benchmarks.group_members import main as group_members
from benchmarks.person import main as person
from benchmarks.planning import main as planning


def main() -> None:
    """Print the figures of planning, access, emission and the provider, and of the real engine, which take minutes."""
    planning()
    print()
    access()
    print()
    emission()
    print()
    group_members()
    print()
    person()
    print()
    engine()


if __name__ == '__main__':
    main()

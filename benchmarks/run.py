"""All benchmarks, one after the other: `make bench`. They print figures and never fail on one."""

from __future__ import annotations

from benchmarks.access import main as access
from benchmarks.billing import main as billing
from benchmarks.emission import main as emission
from benchmarks.engine import main as engine
from benchmarks.group_members import main as group_members
from benchmarks.ledger import main as ledger
from benchmarks.person import main as person
from benchmarks.planning import main as planning
from benchmarks.plugins import main as plugins


def main() -> None:
    """Print all figures; the real engine and the ledger take minutes."""
    planning()
    print()
    plugins()
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
    print()
    billing()
    print()
    ledger()


if __name__ == '__main__':
    main()

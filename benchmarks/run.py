"""All benchmarks, one after the other: `make bench`. They print figures and never fail on one."""

from __future__ import annotations

from benchmarks.emission import main as emission
from benchmarks.engine import main as engine
from benchmarks.group_members import main as group_members
from benchmarks.ledger import main as ledger
from benchmarks.planning import main as planning


def main() -> None:
    """Print the figures of planning, of emission, of the provider, of the real engine and of the ledger, which take minutes."""
    planning()
    print()
    emission()
    print()
    group_members()
    print()
    engine()
    print()
    ledger()


if __name__ == '__main__':
    main()

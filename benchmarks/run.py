"""All benchmarks, one after the other: `make bench`. They print figures and never fail on one."""

from __future__ import annotations

from benchmarks import emission, planning


def main() -> None:
    """Print the figures of planning, then those of emission."""
    planning.main()
    print()
    emission.main()


if __name__ == '__main__':
    main()

"""A month that is three quarters over, with projects of every kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from cpg_infra.plugins.billing_aggregator.cost_report import Billing, Figures, Known, Report, make_report
from cpg_infra.plugins.billing_aggregator.cost_report.figures import Amounts, Line

ZONE = ZoneInfo('Australia/Melbourne')
WEDNESDAY = dt.datetime(2026, 11, 25, 9, tzinfo=ZONE)
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=ZONE)
DATASETS = {f'lantern-{name}': name for name in ('alpha', 'beta', 'gamma', 'common', 'hail')}
BUDGETS = {
    f'lantern-{name}': (Decimal(1000), 'AUD')
    for name in ('alpha', 'beta', 'gamma', 'common', 'hail', 'a-cohort-with-a-very-long-name')
}


def line(
    project: str | None,
    month: float | str = 0,
    day: float | str = 0,
    *,
    storage: tuple[float | str, float | str] = (0, 0),
    currency: str = 'AUD',
    cloud: str = 'gcp',
    topic: str | None = None,
) -> Line:
    return Line(
        project,
        topic,
        cloud,
        currency,
        Amounts(Decimal(str(storage[0])), Decimal(str(storage[1]))),
        Amounts(Decimal(str(month)), Decimal(str(day))),
    )


def figures(*lines: Line, **changes: Any) -> Figures:
    given: dict[str, Any] = {
        'month': '202611',
        'lines': lines,
        'months': (),
        'budgets': {},
        'latest': dt.datetime(2026, 11, 24, 18, tzinfo=dt.UTC),
    }
    return Figures(**{**given, **changes})


def report(
    *lines: Line,
    now: dt.datetime = WEDNESDAY,
    force: bool = False,
    billing: Mapping[str, Billing] | None = None,
    budgets: Mapping[str, tuple[Decimal, str]] | None = None,
    **changes: Any,
) -> Report:
    known = Known(DATASETS, BUDGETS if budgets is None else budgets, billing or {})
    return make_report(figures(*lines, **changes), known, now, force=force)


def projects(made: Report) -> Sequence[str]:
    return [project.project for project in made.shown]


MONTHS = [
    (f'2026{month:02}', topic, 'AUD', Decimal(size * (7 + (month * size) % 5)))
    for month in range(3, 12)
    for topic, size in (
        ('alpha', 61), ('beta', 47), ('gamma', 33), ('common', 22), ('hail', 18), ('panels', 9), ('newborn', 8),
        ('controls', 6), ('admin', 4), ('sandbox', 2),
    )
]  # fmt: skip
"""Nine months of ten datasets: more than there are colours."""


def rich() -> Report:
    """One of each kind."""
    return report(
        line('lantern-alpha', 812.5, 110.25, storage=(120, 4)),
        line('lantern-beta', 1340, 41, storage=(88, 3)),
        line('lantern-gamma', 210.4, 9, storage=(33, 1)),
        line('lantern-hail', 95, 2, topic='hail'),
        line('lantern-common', 4.5, 0.2),
        line('lantern-a-cohort-with-a-very-long-name', 14.5, 0.2),
        line('rare-atlas', 61.2, 3.1, cloud='azure', currency='USD', topic='gamma'),
        line(None, 240),
        force=True,
        months=[*MONTHS, ('202610', 'gamma', 'USD', Decimal('55.1')), ('202611', 'gamma', 'USD', Decimal('61.2'))],
        billing={'lantern-alpha': Billing.LINKED, 'lantern-old': Billing.UNLINKED, 'lantern-beta': Billing.UNKNOWN},
    )

"""From figures to a report: shares of budgets, flags, and what is shown on which day. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_report.figures import Amounts, Figures, Line

LEAST: Final = Decimal('0.1')
"""A project is shown when its month or its day costs more, in its currency."""

DAILY_PACE: Final = 2
"""A day is flagged at so many times the share of the budget that one day has."""

_MONDAY: Final = 0

_CLOUDS: Final = {'microsoft': 'azure'}
"""A FOCUS file says who provides; people say what."""


class Billing(StrEnum):
    """Whether a project is paid for. An answer that did not come is unknown, never unlinked."""

    LINKED = 'linked'
    UNLINKED = 'unlinked'
    UNKNOWN = 'unknown'
    NOT_ASKED = 'not asked'


class Flag(StrEnum):
    """Why a project needs a look."""

    UNLINKED = 'no billing account'
    UNKNOWN = 'billing unknown'
    MONTH = 'month ahead of budget'
    DAY = 'day above pace'


@dataclass(frozen=True, slots=True)
class ProjectCost:
    """A project in one currency. Shares are of its budget, 1 is all of it; None without a budget in that currency."""

    project: str
    dataset: str
    currency: str
    storage: Amounts
    compute: Amounts
    budget: Decimal | None
    month_share: Decimal | None
    day_share: Decimal | None
    billing: Billing
    flags: tuple[Flag, ...]
    always: bool = False

    @property
    def total(self) -> Amounts:
        """Storage and compute."""
        return self.storage + self.compute


@dataclass(frozen=True, slots=True)
class Report:
    """`shown` in the order in which a person should read; `left_out` counts what is neither flagged nor asked for.

    `elapsed`: share of the month that has passed, in the report's time zone. `months` as in `Figures`.
    """

    at: dt.datetime
    month: str
    elapsed: Decimal
    days: int
    full: bool
    shown: Sequence[ProjectCost]
    left_out: int
    totals: Mapping[str, Amounts]
    months: Sequence[tuple[str, str, str, Decimal]]
    latest: dt.datetime | None

    @property
    def flagged(self) -> Sequence[ProjectCost]:
        """What needs a look."""
        return [project for project in self.shown if project.flags]


@dataclass(frozen=True, slots=True)
class Known:
    """What a report is told beside the figures. `datasets`: by project. `budgets`: of the configuration, by project."""

    datasets: Mapping[str, str]
    budgets: Mapping[str, tuple[Decimal, str]]
    billing: Mapping[str, Billing]
    hail: str = 'hail'


def make_report(figures: Figures, known: Known, now: dt.datetime, *, force: bool = False) -> Report:
    """`now` is in the time zone that days and months are counted in."""
    days = calendar.monthrange(now.year, now.month)[1]
    begins = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    elapsed = Decimal(str(round((now - begins) / dt.timedelta(days=days), 6)))
    projects = [_project(line, figures, known, elapsed, days) for line in figures.lines]
    projects += _without_costs(projects, known)
    full = force or now.weekday() == _MONDAY
    worth = [one for one in projects if one.flags or one.always or max(one.total.month, one.total.day) > LEAST]
    shown = [one for one in worth if full or one.flags or one.always]
    totals: dict[str, Amounts] = {}
    for project in projects:
        totals[project.currency] = totals.get(project.currency, Amounts()) + project.total
    return Report(
        at=now,
        month=figures.month,
        elapsed=elapsed,
        days=days,
        full=full,
        shown=sorted(shown, key=_reading_order),
        left_out=len(worth) - len(shown),
        totals={currency: totals[currency] for currency in sorted(totals) if currency},
        months=figures.months,
        latest=figures.latest,
    )


def _project(line: Line, figures: Figures, known: Known, elapsed: Decimal, days: int) -> ProjectCost:
    name = line.project or ''
    # What the Budgets API said last; the configuration's where it said nothing.
    amount, currency = figures.budgets.get(name) or known.budgets.get(name) or (Decimal(0), '')
    budget = amount if amount > 0 and currency == line.currency else None
    total = line.storage + line.compute
    month_share = total.month / budget if budget else None
    day_share = total.day / budget if budget else None
    billing = known.billing.get(name, Billing.NOT_ASKED)
    return ProjectCost(
        project=_called(line),
        dataset=known.datasets.get(name) or line.topic or '',
        currency=line.currency,
        storage=line.storage,
        compute=line.compute,
        budget=budget,
        month_share=month_share,
        day_share=day_share,
        billing=billing,
        flags=tuple(_flags(billing, month_share, day_share, elapsed, days)),
        always=line.topic == known.hail or known.datasets.get(name) == known.hail,
    )


def _called(line: Line) -> str:
    """Google's projects by their ids; the accounts of other clouds with the cloud."""
    if line.cloud in {None, 'gcp'}:
        return line.project or 'no project'
    cloud = _CLOUDS.get(str(line.cloud), line.cloud)
    return f'{line.project} on {cloud}' if line.project else str(cloud)


def _flags(billing: Billing, month: Decimal | None, day: Decimal | None, elapsed: Decimal, days: int) -> Sequence[Flag]:
    flags = []
    if billing is Billing.UNLINKED:
        flags.append(Flag.UNLINKED)
    if billing is Billing.UNKNOWN:
        flags.append(Flag.UNKNOWN)
    if month is not None and month >= elapsed:
        flags.append(Flag.MONTH)
    if day is not None and day * days >= DAILY_PACE:
        flags.append(Flag.DAY)
    return flags


def _without_costs(projects: Sequence[ProjectCost], known: Known) -> list[ProjectCost]:
    """Projects that cost nothing are reported when they have no billing account, which may be why."""
    there = {project.project for project in projects}
    return [
        ProjectCost(
            project=name,
            dataset=known.datasets.get(name, ''),
            currency=known.budgets.get(name, (0, ''))[1],
            storage=Amounts(),
            compute=Amounts(),
            budget=known.budgets.get(name, (None, ''))[0],
            month_share=None,
            day_share=None,
            billing=billing,
            flags=tuple(_flags(billing, None, None, Decimal(0), 1)),
        )
        for name, billing in sorted(known.billing.items())
        if name not in there and billing in {Billing.UNLINKED, Billing.UNKNOWN}
    ]


def _reading_order(project: ProjectCost) -> tuple[object, ...]:
    first = {Billing.UNLINKED: 0, Billing.UNKNOWN: 1}.get(project.billing, 2)
    share = project.month_share if project.month_share is not None else Decimal(-1)
    return (first, not project.flags, -share, -project.total.month, project.project, project.currency)

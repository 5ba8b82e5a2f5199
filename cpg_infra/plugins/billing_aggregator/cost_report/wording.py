"""Words and numbers that all forms of the report share."""

from __future__ import annotations

from decimal import Decimal

from cpg_infra.plugins.billing_aggregator.cost_report.report import ProjectCost, Report


def money(amount: Decimal) -> str:
    """Two decimals and thousands; never a minus before a zero."""
    rounded = round(amount, 2)
    return f'{rounded or Decimal(0):,.2f}'


def share(part: Decimal | None) -> str:
    """A share of a budget in whole per cent; a dash without one."""
    return '–' if part is None else f'{part:.0%}'


def month_name(month: str) -> str:
    """`202611` → `2026-11`."""
    return f'{month[:4]}-{month[4:]}'


def heading(report: Report) -> str:
    """The first line."""
    return (
        f'Costs of {month_name(report.month)} until {report.at:%Y-%m-%d %H:%M %Z}, '
        f'{report.elapsed:.0%} of {report.days} days'
    )


def freshness(report: Report) -> str:
    """How far the ledger has come."""
    if report.latest is None:
        return 'The ledger has no costs yet.'
    hours = round((report.at - report.latest).total_seconds() / 3600)
    return (
        f'The newest line was exported {report.latest:%Y-%m-%d %H:%M} UTC, {hours} hour{"" if hours == 1 else "s"} ago.'
    )


def remainder(report: Report) -> str:
    """What is not shown, and how to see it; empty when all is shown."""
    if not report.left_out:
        return ''
    return f'{report.left_out} more without a flag; the whole on Mondays, or with --force.'


def label(project: ProjectCost) -> str:
    """The project, with its dataset where that is another word."""
    return project.project if project.dataset in {'', project.project} else f'{project.project} ({project.dataset})'


def flags(project: ProjectCost) -> str:
    """Its flags, with commas."""
    return ', '.join(flag.value for flag in project.flags)

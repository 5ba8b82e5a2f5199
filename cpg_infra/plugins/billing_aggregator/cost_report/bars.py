"""Where every project stands against its budget: a bar each, beside how much of the month has passed.

Boxes of HTML and no picture, so that words keep their size on a narrow screen, where a name stands above its bar.
"""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_report.report import ProjectCost, Report
from cpg_infra.plugins.billing_aggregator.cost_report.wording import label, money, share

_MOST_SHOWN: Final = Decimal('1.5')
"""A bar of more than this share of a budget is cut; its number says how long it would be."""

_EDGE: Final = Decimal('0.25')
"""A mark nearer to an end than this has its words on the inner side."""


def budget_bars(report: Report) -> str:
    """A list of the projects with a budget; empty without any."""
    projects = [one for one in report.shown if one.budget is not None and one.month_share is not None]
    if not projects:
        return ''
    most = min(max(Decimal('1.05'), *(one.month_share or Decimal(0) for one in projects)), _MOST_SHOWN)
    whole, now = 1 / most, min(report.elapsed / most, Decimal(1))
    lines = f'<i class="whole" style="left:{whole:.2%}"></i><i class="now" style="left:{now:.2%}"></i>'
    rows = ''.join(_row(one, most, lines) for one in projects)
    return (
        f'<ul class="bars"><li class="marks" aria-hidden="true">{_mark("whole", whole, "the budget")}</li>{rows}'
        f'<li class="marks" aria-hidden="true">{_mark("now", now, f"today, {report.elapsed:.0%} of the month")}</li></ul>'
    )


def _row(one: ProjectCost, most: Decimal, lines: str) -> str:
    part = max(one.month_share or Decimal(0), Decimal(0))
    kind = 'over' if part > 1 else 'ahead' if one.flags else 'fine'
    spent, budget = one.total.month, one.budget or Decimal(0)
    said = f'{label(one)}: {money(spent)} of {money(budget)} {one.currency}, {share(one.month_share)}'
    return (
        f'<li title="{escape(said)}"><span class="name">{escape(one.project)}</span>'
        f'<span class="track"><b class="{kind}" style="width:{min(part / most, Decimal(1)):.2%}"></b>{lines}</span>'
        f'<span class="amounts"><b>{share(one.month_share)}</b> {spent:,.0f} of {budget:,.0f} {escape(one.currency)}</span></li>'
    )


def _mark(kind: str, part: Decimal, words: str) -> str:
    side = 'first' if part < _EDGE else 'last' if part > 1 - _EDGE else 'middle'
    return f'<span class="track"><span class="{kind} {side}" style="left:{part:.2%}">{escape(words)}</span></span>'

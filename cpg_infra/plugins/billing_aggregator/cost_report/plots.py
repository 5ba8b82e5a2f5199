"""Two plots as SVG: what every dataset cost in each month, and where every project stands against its budget.

Plain shapes with a title each, which a browser shows when pointed at: no script, no font, nothing from a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_report.report import ProjectCost, Report
from cpg_infra.plugins.billing_aggregator.cost_report.scales import short, ticks
from cpg_infra.plugins.billing_aggregator.cost_report.wording import label, money, month_name, share

COLOURS: Final = ('#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2', '#97bbf5')
"""One per dataset, from the largest on; told apart also by people who do not see all colours."""

REST: Final = '#9a9a9a'
OTHERS: Final = 'others'

_WIDTH: Final = 900
_LEFT: Final = 62
_HEIGHT: Final = 280
_TOP: Final = 26
_ROW: Final = 26
_NAMES: Final = 250
_AMOUNTS: Final = 190
_MOST_SHOWN: Final = Decimal('1.5')


def months_plot(months: Sequence[tuple[str, str, str, Decimal]], currency: str) -> str:
    """Columns per month, datasets on top of each other. Credits that outweigh costs are not drawn below zero."""
    costs = _by_month(months, currency)
    if not costs:
        return ''
    named = _largest(costs)
    columns = {month: _stacked(of, named) for month, of in costs.items()}
    scale = ticks(max(sum(column.values(), Decimal(0)) for column in columns.values()))
    top = scale[-1]
    bottom = _TOP + _HEIGHT
    step = (_WIDTH - _LEFT - 8) / max(len(columns), 6)
    parts = []
    for tick in scale:
        y = bottom - float(tick / top) * _HEIGHT
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="axis" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{short(tick)}</text>')
    for number, (month, column) in enumerate(columns.items()):
        x = _LEFT + 8 + number * step
        y = float(bottom)
        for topic, cost in column.items():
            height = float(cost / top) * _HEIGHT
            y -= height
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.2f}" width="{step * 0.72:.1f}" height="{height:.2f}" fill="{_colour(topic, named)}">'
                f'<title>{escape(topic)}, {month_name(month)}: {money(cost)} {escape(currency)}</title></rect>'
            )
        parts.append(
            f'<text class="axis" x="{x + step * 0.36:.1f}" y="{bottom + 18}" text-anchor="middle">{month_name(month)}</text>'
        )
    picture = _svg(bottom + 28, f'Net cost of every dataset by month, {currency}', parts)
    return f'{picture}{_legend(named, columns)}'


def budget_plot(report: Report) -> str:
    """A bar per project with a budget: how much of it is spent, beside how much of the month has passed."""
    projects = [one for one in report.shown if one.budget is not None and one.month_share is not None]
    if not projects:
        return ''
    width = _WIDTH - _NAMES - _AMOUNTS
    most = min(max(Decimal('1.05'), *(one.month_share or Decimal(0) for one in projects)), _MOST_SHOWN)
    whole, now = float(1 / most) * width, float(min(report.elapsed / most, Decimal(1))) * width
    height = _TOP + len(projects) * _ROW
    parts = [f'<line class="whole" x1="{_NAMES + whole:.1f}" x2="{_NAMES + whole:.1f}" y1="{_TOP - 6}" y2="{height}"/>']
    parts.append(f'<text class="axis" x="{_NAMES + whole:.1f}" y="{_TOP - 11}" text-anchor="middle">budget</text>')
    for number, one in enumerate(projects):
        parts += _bar(one, _TOP + number * _ROW, most, width)
    parts += [
        f'<line class="now" x1="{_NAMES + now:.1f}" x2="{_NAMES + now:.1f}" y1="{_TOP - 6}" y2="{height}"/>',
        f'<text class="axis" x="{_NAMES + now:.1f}" y="{height + 16}" text-anchor="middle">{report.elapsed:.0%} of the month</text>',
    ]
    return _svg(height + 26, 'This month against budgets', parts)


def _bar(one: ProjectCost, y: int, most: Decimal, width: int) -> list[str]:
    part = max(one.month_share or Decimal(0), Decimal(0))
    length = float(min(part / most, Decimal(1))) * width
    kind = 'over' if part > 1 else 'ahead' if one.flags else 'fine'
    said = f'{money(one.total.month)} of {money(one.budget or Decimal(0))} {one.currency}, {share(one.month_share)}'
    return [
        f'<text class="name" x="{_NAMES - 10}" y="{y + 15}" text-anchor="end">{escape(_cut(label(one)))}</text>',
        f'<rect class="track" x="{_NAMES}" y="{y + 3}" width="{width}" height="16"/>',
        (
            f'<rect class="{kind}" x="{_NAMES}" y="{y + 3}" width="{max(length, 1):.1f}" height="16">'
            f'<title>{escape(label(one))}: {escape(said)}</title></rect>'
        ),
        (
            f'<text class="axis" x="{_NAMES + width + 10}" y="{y + 15}">{share(one.month_share)} of {short(one.budget or Decimal(0))} '
            f'{escape(one.currency)}</text>'
        ),
    ]


def _cut(name: str) -> str:
    return name if len(name) <= 32 else name[:31] + '…'  # noqa: PLR2004 - fits the column of names


def _by_month(months: Sequence[tuple[str, str, str, Decimal]], currency: str) -> dict[str, dict[str, Decimal]]:
    costs: dict[str, dict[str, Decimal]] = {}
    for month, topic, of, cost in months:
        if of == currency and cost > 0:
            costs.setdefault(month, {})[topic] = cost
    return dict(sorted(costs.items()))


def _largest(costs: Mapping[str, Mapping[str, Decimal]]) -> list[str]:
    totals: dict[str, Decimal] = {}
    for column in costs.values():
        for topic, cost in column.items():
            totals[topic] = totals.get(topic, Decimal(0)) + cost
    return sorted(totals, key=lambda topic: (-totals[topic], topic))[: len(COLOURS)]


def _stacked(column: Mapping[str, Decimal], named: Sequence[str]) -> dict[str, Decimal]:
    stacked = {topic: column[topic] for topic in named if topic in column}
    rest = sum((cost for topic, cost in column.items() if topic not in named), Decimal(0))
    return {**stacked, OTHERS: rest} if rest else stacked


def _colour(topic: str, named: Sequence[str]) -> str:
    return COLOURS[named.index(topic)] if topic in named else REST


def _legend(named: Sequence[str], columns: Mapping[str, Mapping[str, Decimal]]) -> str:
    shown = [*named, *([OTHERS] if any(OTHERS in column for column in columns.values()) else [])]
    items = ''.join(
        f'<li><span style="background:{_colour(topic, named)}"></span>{escape(topic)}</li>' for topic in shown
    )
    return f'<ul class="legend">{items}</ul>'


def _svg(height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f'<title>{escape(title)}</title>{"".join(parts)}</svg>'
    )

"""A plot as SVG: what every dataset cost in each month, drawn for a broad and for a narrow screen.

Plain shapes with a title each, which a browser shows when pointed at: no script, no font, nothing from a network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_report.scales import brief, short, ticks
from cpg_infra.plugins.billing_aggregator.cost_report.wording import money, month_name

COLOURS: Final = ('#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2', '#97bbf5')
"""One per dataset, from the largest on; told apart also by people who do not see all colours."""

REST: Final = '#9a9a9a'
OTHERS: Final = 'others'


@dataclass(frozen=True, slots=True)
class Frame:
    """How a plot is drawn, in its own units: words of 12 are legible when it is as wide on the screen."""

    kind: str
    width: int
    height: int
    left: int = 52


BROAD: Final = Frame('broad', 900, 280)
NARROW: Final = Frame('narrow', 440, 240)

_TOP: Final = 30
_FOOT: Final = 40
_FEWEST: Final = 6
"""Columns are no wider than those of so many months."""

_TOTAL: Final = 40
"""Room that the number above a column takes."""

_NAMED: Final = 54
"""Room that a month with its year takes."""


def months_plots(months: Sequence[tuple[str, str, str, Decimal]], currency: str, current: str) -> str:
    """Columns per month, datasets on top of each other. Credits that outweigh costs are not drawn below zero.

    `current`: the month that is not over.
    """
    costs = _by_month(months, currency)
    if not costs:
        return ''
    named = _largest(costs)
    colours = _colours(months, named)
    columns = {month: _stacked(of, named) for month, of in costs.items()}
    title = f'Net cost of every dataset by month, {currency}'
    pictures = ''.join(_plot(frame, title, columns, colours, currency, current) for frame in (BROAD, NARROW))
    return f'{pictures}{_legend(colours, columns)}'


def _plot(
    frame: Frame,
    title: str,
    columns: Mapping[str, Mapping[str, Decimal]],
    colours: Mapping[str, str],
    currency: str,
    current: str,
) -> str:
    scale = ticks(max(sum(column.values(), Decimal(0)) for column in columns.values()))
    top, bottom = scale[-1], _TOP + frame.height
    step = (frame.width - frame.left - 8) / max(len(columns), _FEWEST)
    parts = []
    for tick in scale:
        y = bottom - float(tick / top) * frame.height
        parts.append(f'<line class="grid" x1="{frame.left}" x2="{frame.width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="axis" x="{frame.left - 8}" y="{y + 4:.1f}" text-anchor="end">{short(tick)}</text>')
    for number, (month, column) in enumerate(columns.items()):
        x = frame.left + 8 + number * step
        middle, y = x + step * 0.36, float(bottom)
        for topic, cost in column.items():
            height = float(cost / top) * frame.height
            y -= height
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.2f}" width="{step * 0.72:.1f}" height="{height:.2f}" fill="{colours.get(topic, REST)}">'
                f'<title>{escape(topic)}, {month_name(month)}: {money(cost)} {escape(currency)}</title></rect>'
            )
        if step >= _TOTAL:
            total = brief(sum(column.values(), Decimal(0)))
            parts.append(f'<text x="{middle:.1f}" y="{y - 6:.1f}" text-anchor="middle">{total}</text>')
        for line, words in enumerate(_month_words(month, current, step, first=number == 0)):
            y = bottom + 16 + line * 14
            parts.append(f'<text class="axis" x="{middle:.1f}" y="{y}" text-anchor="middle">{words}</text>')
    return _svg(frame, bottom + _FOOT, title, parts)


def _month_words(month: str, current: str, step: float, *, first: bool) -> Sequence[str]:
    """What stands below a column: `2026-11`; where that is too long `11`, with the year where it begins."""
    if step >= _NAMED:
        return (month_name(month), *(['so far'] if month == current else []))
    return (month[4:], *([month[:4]] if first or month.endswith('01') else []))


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


def _colours(months: Sequence[tuple[str, str, str, Decimal]], named: Sequence[str]) -> dict[str, str]:
    """A colour for each: a dataset that costs in several currencies has one, as far as there are enough."""
    count = Counter(currency for _, _, currency, _ in months)
    currencies = sorted(count, key=lambda currency: (-count[currency], currency))
    everywhere = dict.fromkeys(topic for each in currencies for topic in _largest(_by_month(months, each)))
    colours = {topic: colour for topic, colour in zip(everywhere, COLOURS, strict=False) if topic in named}
    free = (colour for colour in COLOURS if colour not in colours.values())
    others = {topic: next(free) for topic in named if topic not in colours}
    return {topic: {**colours, **others}[topic] for topic in named}


def _legend(colours: Mapping[str, str], columns: Mapping[str, Mapping[str, Decimal]]) -> str:
    shown = [*colours, *([OTHERS] if any(OTHERS in column for column in columns.values()) else [])]
    items = ''.join(
        f'<li><span style="background:{colours.get(topic, REST)}"></span>{escape(topic)}</li>' for topic in shown
    )
    return f'<ul class="legend">{items}</ul>'


def _svg(frame: Frame, height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="{frame.kind}" viewBox="0 0 {frame.width} {height}" role="img" aria-label="{escape(title)}">'
        f'<title>{escape(title)}</title>{"".join(parts)}</svg>'
    )

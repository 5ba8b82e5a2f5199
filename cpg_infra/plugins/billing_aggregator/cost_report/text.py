"""The report for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_report.report import Report
from cpg_infra.plugins.billing_aggregator.cost_report.wording import (
    flags,
    freshness,
    heading,
    label,
    money,
    remainder,
    share,
)

_TITLES: Final = ('project', 'month', 'storage', 'compute', '24 h', '', 'budget', 'month %', 'day %', '')
_LEFT: Final = frozenset({0, 5, 9})


def text(report: Report) -> str:
    """Lines with aligned columns; amounts are net, in the currency beside them."""
    rows = [
        (
            label(one),
            money(one.total.month),
            money(one.storage.month),
            money(one.compute.month),
            money(one.total.day),
            one.currency,
            '–' if one.budget is None else money(one.budget),
            share(one.month_share),
            share(one.day_share),
            flags(one),
        )
        for one in report.shown
    ]
    totals = [
        ('all projects', money(total.month), '', '', money(total.day), currency, '', '', '', '')
        for currency, total in report.totals.items()
    ]
    lines = [heading(report), freshness(report), '', *_table([_TITLES, *rows, *totals])]
    if rest := remainder(report):
        lines += ['', rest]
    return '\n'.join(lines) + '\n'


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        '  '.join(
            cell.ljust(width) if column in _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]

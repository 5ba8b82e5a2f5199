"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from cpg_infra.plugins.billing_aggregator.cost_report.bars import budget_bars
from cpg_infra.plugins.billing_aggregator.cost_report.plots import months_plots
from cpg_infra.plugins.billing_aggregator.cost_report.report import ProjectCost, Report
from cpg_infra.plugins.billing_aggregator.cost_report.wording import (
    flags,
    freshness,
    heading,
    label,
    money,
    remainder,
    share,
)


def page(report: Report) -> str:
    """The whole document."""
    style = files('cpg_infra.plugins.billing_aggregator.cost_report').joinpath('page.css').read_text(encoding='utf-8')
    parts = [
        f'<h1>{escape(heading(report))}</h1>',
        f'<p class="soft">{escape(freshness(report))}</p>',
        _totals(report),
        _part('This month against budgets', budget_bars(report)),
        *(
            _part(f'Every dataset by month, {currency}', months_plots(report.months, currency, report.month))
            for currency in sorted({currency for _, _, currency, _ in report.months})
        ),
        _part('Projects', f'<div class="wide">{_table(report)}</div>'),
    ]
    if rest := remainder(report):
        parts.append(f'<p class="soft">{escape(rest)}</p>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(heading(report))}</title>\n<style>\n{style}</style></head>\n<body>\n'
        + '\n'.join(part for part in parts if part)
        + '\n</body></html>\n'
    )


def _part(title: str, content: str) -> str:
    return f'<section><h2>{escape(title)}</h2>\n{content}</section>' if content else ''


def _totals(report: Report) -> str:
    items = ''.join(
        f'<li><b>{money(total.month)} {escape(currency)}</b>this month, {money(total.day)} in 24 hours</li>'
        for currency, total in report.totals.items()
    )
    return f'<ul class="totals">{items}</ul>'


def _table(report: Report) -> str:
    titles = ('project', 'month', 'storage', 'compute', '24 hours', 'currency', 'budget', 'month %', 'day %')
    head = ''.join(f'<th>{title}</th>' for title in titles)
    rows = ''.join(_row(one) for one in report.shown)
    foot = ''.join(
        f'<tr><td>all projects</td><td>{money(total.month)}</td><td></td><td></td><td>{money(total.day)}</td>'
        f'<td class="words">{escape(currency)}</td><td></td><td></td><td></td></tr>'
        for currency, total in report.totals.items()
    )
    return f'<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>'


def _row(one: ProjectCost) -> str:
    numbers = (one.total.month, one.storage.month, one.compute.month, one.total.day)
    flagged = f'<span class="flags">{escape(flags(one))}</span>' if one.flags else ''
    cells = [f'<td>{escape(label(one))}{flagged}</td>', *(f'<td>{money(number)}</td>' for number in numbers)]
    cells += [
        f'<td class="words">{escape(one.currency)}</td>',
        f'<td>{"–" if one.budget is None else money(one.budget)}</td>',
        f'<td>{share(one.month_share)}</td>',
        f'<td>{share(one.day_share)}</td>',
    ]
    return f'<tr>{"".join(cells)}</tr>'

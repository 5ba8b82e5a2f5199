"""The report as Slack messages: sections of at most 2,000 characters, as few messages as Slack's limits allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

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

LONGEST: Final = 2000
"""Characters of a section. Slack takes 3,000, and shows long ones folded."""

MOST_BLOCKS: Final = 50
"""Blocks of a message, Slack's limit."""

LARGEST_MESSAGE: Final = 12_000
"""Characters of a message's blocks together; Slack refuses messages somewhat above."""


def messages(report: Report) -> list[list[dict[str, Any]]]:
    """The blocks of each message, in their order."""
    title: dict[str, Any] = {'type': 'header', 'text': {'type': 'plain_text', 'text': heading(report)[:150]}}
    closing = ' '.join(part for part in (remainder(report), freshness(report)) if part)
    blocks: list[dict[str, Any]] = [title]
    blocks += [_section(chunk) for chunk in chunks([_line(one) for one in report.shown])]
    totals = [
        f'*{money(total.month)} {currency}* this month, {money(total.day)} in 24 hours'
        for currency, total in report.totals.items()
    ]
    blocks += [_section(chunk) for chunk in chunks([f'All projects: {"; ".join(totals)}'] if totals else [])]
    blocks.append({'type': 'context', 'elements': [{'type': 'mrkdwn', 'text': closing[:LONGEST]}]})
    return [*_grouped(blocks)]


def chunks(lines: Sequence[str]) -> Iterator[str]:
    """Lines together in texts of at most `LONGEST` characters; a longer line is cut."""
    held: list[str] = []
    size = 0
    for line in lines:
        whole = line if len(line) <= LONGEST else line[: LONGEST - 1] + '…'
        if held and size + 1 + len(whole) > LONGEST:
            yield '\n'.join(held)
            held, size = [], 0
        size += len(whole) + (1 if held else 0)
        held.append(whole)
    if held:
        yield '\n'.join(held)


def _line(one: ProjectCost) -> str:
    mark = ':warning: ' if one.flags else ''
    budget = '' if one.budget is None else f', {share(one.month_share)} of {money(one.budget)}'
    why = f' – {flags(one)}' if one.flags else ''
    return (
        f'{mark}*{_escaped(label(one))}*{why}\n'
        f'{money(one.total.month)} {one.currency} this month{budget} '
        f'(storage {money(one.storage.month)}, compute {money(one.compute.month)}); '
        f'24 hours: {money(one.total.day)}' + ('' if one.day_share is None else f' ({share(one.day_share)})')
    )


def _escaped(text: str) -> str:
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def _section(text: str) -> dict[str, Any]:
    return {'type': 'section', 'text': {'type': 'mrkdwn', 'text': text}}


def _grouped(blocks: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    held: list[dict[str, Any]] = []
    size = 0
    for block in blocks:
        length = len(str(block))
        if held and (len(held) == MOST_BLOCKS or size + length > LARGEST_MESSAGE):
            yield held
            held, size = [], 0
        held.append(block)
        size += length
    if held:
        yield held

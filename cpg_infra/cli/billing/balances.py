"""Balances as lines and as JSON, with the topics that differ below those that do not hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cpg_infra.cli.remarks import amount
from cpg_infra.config import ConfigurationError, load
from cpg_infra.plugins.billing_aggregator.differing import Told, with_topics
from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import Balance, TopicDifference, plain
from cpg_infra.plugins.billing_aggregator.ledger.runs import open_from
from cpg_infra.plugins.billing_aggregator.settings import settings_of
from cpg_infra.plugins.billing_aggregator.sources.configured import google_export

MOST_SHOWN: Final = 20
"""Topics of a balance that are shown as lines; JSON has them all."""


def complete(
    folder: str, ledger: Ledger, found: Sequence[Balance], now: dt.datetime, *, all_open: bool
) -> list[Balance]:
    """The balances, those that do not hold with their topics; with `all_open` also those of months that are not closed.

    Where the configuration or a source cannot be read, the balance's note says so.
    """
    try:
        loaded = load(folder)
        settings = settings_of(Path(folder), loaded.organisation, tuple(loaded.datasets.values()))
        billing = loaded.organisation.billing
        table = billing.gcp.source_bq_table if billing and billing.gcp else None
        export = google_export(ledger.engine, settings, table)
        settings.attribution.stage(ledger.engine)
    except (ConfigurationError, InputError) as error:
        why = error.diagnostics[0] if isinstance(error, ConfigurationError) else error
        note = f'which topics differ is not known: {why}'
        return [one if one.ok else dataclasses.replace(one, note=note) for one in found]
    told = Told(export, settings, open_from(now, settings.windows.closed_after))
    asked = [one for one in found if not one.ok or (all_open and one.invoice_month >= told.open_from)]
    named = {(one.source, one.invoice_month, one.currency): one for one in with_topics(ledger.engine, asked, told)}
    return [named.get((one.source, one.invoice_month, one.currency), one) for one in found]


def balances_text(found: Sequence[Balance]) -> str:
    """A line per balance, the largest differences of topics below it, and a line in all."""
    lines: list[str] = []
    for balance in found:
        lines.append(str(balance))
        lines += [f'  {line}' for line in topic_lines(balance.topics)]
        if balance.note and not balance.ok:
            lines.append(f'  {balance.note}')
    wrong = sum(not balance.ok for balance in found)
    total = amount(len(found), 'balance')
    lines.append(
        f'{amount(wrong, "balance")} of {len(found):,} NOT RECONCILED' if wrong else f'{total}, all reconciled'
    )
    return ''.join(f'{line}\n' for line in lines)


def topic_lines(topics: Sequence[TopicDifference]) -> list[str]:
    """The topics that differ most."""
    largest = sorted(topics, key=lambda one: -abs(one.difference))
    shown = [str(one) for one in largest[:MOST_SHOWN]]
    more = len(largest) - len(shown)
    return [*shown, f'and {more:,} more; `billing reconcile --format json` has them all'] if more else shown


def balances_json(found: Sequence[Balance]) -> str:
    """An object with the balances and the differences of topics; amounts are texts, so that no digit is lost."""
    said = {
        'reconciled': all(balance.ok for balance in found),
        'balances': [
            {
                'source': balance.source,
                'month': balance.invoice_month,
                'currency': balance.currency,
                'reconciled': balance.ok,
                'source_lines': balance.source_lines,
                'ledger_lines': balance.ledger_lines,
                'source_cost': plain(balance.source_cost),
                'ledger_cost': plain(balance.ledger_cost),
                'difference': plain(balance.difference),
                'faults': [*balance.faults],
                'note': balance.note,
            }
            for balance in found
        ],
        'differences': [topic.said for balance in found for topic in balance.topics],
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + '\n'

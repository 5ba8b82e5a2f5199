"""The figures of a month, by dataset, storage and compute: written on the third day of the next, and again when asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.ledger.months import invoice_month, month_before

_READ: Final = """
SELECT
    invoice_month, topic, cost_category, currency,
    SUM(cost_exact) AS cost, SUM(credits_exact) AS credits, SUM(net_exact) AS net, @now AS written_at
FROM aggregate_monthly_cost
WHERE invoice_month = @month
GROUP BY invoice_month, topic, cost_category, currency
"""

_MERGE: Final = """
MERGE INTO monthly_summary AS t
USING month_read AS s
ON t.invoice_month = s.invoice_month AND t.topic = s.topic AND t.cost_category = s.cost_category
    AND t.currency = s.currency
WHEN MATCHED AND (t.cost != s.cost OR t.credits != s.credits) THEN
    UPDATE SET cost = s.cost, credits = s.credits, net = s.net, written_at = s.written_at
WHEN NOT MATCHED THEN
    INSERT (invoice_month, topic, cost_category, currency, cost, credits, net, written_at)
    VALUES (s.invoice_month, s.topic, s.cost_category, s.currency, s.cost, s.credits, s.net, s.written_at)
WHEN NOT MATCHED BY SOURCE AND t.invoice_month = @month THEN DELETE
"""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Exact, in one currency."""

    topic: str
    category: str
    currency: str
    cost: Decimal
    credits: Decimal
    net: Decimal


def last_month(now: dt.datetime) -> str:
    """The last complete invoice month, `YYYYMM`: in January, December of the year before."""
    return month_before(invoice_month(now))


def parse_month(text: str, now: dt.datetime) -> str:
    """An invoice month that a person writes, `202611` or `2026-11`. Raises `InputError`."""
    month = text.replace('-', '', 1)
    if re.fullmatch(r'\d{4}(0[1-9]|1[0-2])', month) is None:
        raise InputError(f'--month: {text!r} is no month like 202611')
    if month > invoice_month(now):
        raise InputError(f'--month: {text} is in the future')
    return month


def write_month(ledger: Ledger, month: str, now: dt.datetime, *, dry_run: bool = False) -> Sequence[SummaryRow]:
    """Write the figures of a month, and say them. A second time changes nothing that is not new. Raises `LedgerError`."""
    ledger.engine.stage('month_read', _READ, {'month': month, 'now': now})
    if not dry_run:
        ledger.execute(_MERGE, {'month': month})
    rows = ledger.query('SELECT * FROM month_read ORDER BY topic, cost_category, currency')
    return [
        SummaryRow(row['topic'], row['cost_category'], row['currency'], row['cost'], row['credits'], row['net'])
        for row in rows
    ]

"""What the ledger says for a report: net costs, exact, currencies apart.

Costs are those that a cloud charges a project. What Hail Batch says about them divides the same money among datasets,
and is left out here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.months import invoice_month, month_before, month_starts

MONTHS_SHOWN: Final = 12
"""Months in the plot of what every dataset cost."""

_DAY: Final = dt.timedelta(hours=24)

# A line can be told up to 45 days before or after its month; beyond, partitions need not be read.
_AROUND: Final = dt.timedelta(days=46)

_PROJECTS: Final = """
SELECT
    CASE WHEN cloud = 'gcp' THEN ledger.project.id ELSE COALESCE(ledger.project.name, ledger.project.id) END AS project_name,
    -- Another cloud's account may hold several datasets, and is then nobody's alone.
    CASE WHEN COUNT(DISTINCT CASE WHEN entry = 'charge' THEN topic END) = 1
        THEN MIN(CASE WHEN entry = 'charge' THEN topic END) END AS topic,
    cloud,
    currency,
    CASE WHEN ledger.service.description = 'Cloud Storage' THEN 'storage' ELSE 'compute' END AS category,
    SUM(CASE WHEN ledger.invoice.month = @month THEN cost_exact + COALESCE(credits_exact, 0) ELSE 0 END) AS month_cost,
    SUM(CASE WHEN export_time > @yesterday THEN cost_exact + COALESCE(credits_exact, 0) ELSE 0 END) AS day_cost
FROM ledger
WHERE source != 'hail' AND usage_end_time >= @from_time AND usage_end_time <= @until_time
    AND (ledger.invoice.month = @month OR export_time > @yesterday)
GROUP BY project_name, cloud, currency, category
ORDER BY project_name, cloud, currency, category
"""

_LATEST: Final = """
SELECT MAX(export_time) AS latest FROM ledger
WHERE source != 'hail' AND usage_end_time >= @from_time AND export_time <= @now
"""

_MONTHS: Final = """
SELECT invoice_month, topic, currency, SUM(net_exact) AS cost
FROM aggregate_monthly_cost
WHERE invoice_month >= @first AND invoice_month <= @last
GROUP BY invoice_month, topic, currency
ORDER BY invoice_month, topic, currency
"""

_BUDGETS: Final = """
SELECT gcp_project, currency, budget
FROM budgets
WHERE kind = 'monthly' AND gcp_project IS NOT NULL AND day = (SELECT MAX(day) FROM budgets WHERE kind = 'monthly')
ORDER BY gcp_project, currency
"""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of the month so far, and of what was told in the last 24 hours."""

    month: Decimal = Decimal(0)
    day: Decimal = Decimal(0)

    def __add__(self, other: Amounts) -> Amounts:
        """Each by itself."""
        return Amounts(self.month + other.month, self.day + other.day)


@dataclass(frozen=True, slots=True)
class Line:
    """Costs of a project in a currency; `project` is None for what a cloud charges the account itself, tax for example."""

    project: str | None
    topic: str | None
    cloud: str | None
    currency: str
    storage: Amounts
    compute: Amounts


@dataclass(frozen=True, slots=True)
class Figures:
    """`months`: (invoice month, topic, currency, net cost). `budgets`: by project, amount and currency."""

    month: str
    lines: Sequence[Line]
    months: Sequence[tuple[str, str, str, Decimal]]
    budgets: Mapping[str, tuple[Decimal, str]]
    latest: dt.datetime | None


def gather(ledger: Ledger, now: dt.datetime) -> Figures:
    """Ask the ledger. Raises `LedgerError` when it does not answer."""
    month = invoice_month(now)
    begins = month_starts(month) - _AROUND
    found = ledger.query(
        _PROJECTS, {'month': month, 'yesterday': now - _DAY, 'from_time': begins, 'until_time': now + _AROUND}
    )
    grouped: dict[tuple[str | None, str | None, str], dict[str, Amounts]] = {}
    topics: dict[tuple[str | None, str | None, str], str | None] = {}
    for row in found:
        key = (row['project_name'], row['cloud'], row['currency'])
        grouped.setdefault(key, {})[row['category']] = Amounts(row['month_cost'], row['day_cost'])
        topics[key] = topics.get(key) or row['topic']
    lines = [
        Line(project, topics[key], cloud, currency, of.get('storage', Amounts()), of.get('compute', Amounts()))
        for key, of in grouped.items()
        for project, cloud, currency in [key]
    ]
    months = ledger.query(_MONTHS, {'first': month_before(month, MONTHS_SHOWN - 1), 'last': month})
    (latest,) = ledger.query(_LATEST, {'from_time': begins, 'now': now})
    return Figures(
        month=month,
        lines=lines,
        months=[(row['invoice_month'], row['topic'], row['currency'], row['cost']) for row in months],
        budgets={row['gcp_project']: (row['budget'], row['currency']) for row in ledger.query(_BUDGETS)},
        latest=latest['latest'],
    )

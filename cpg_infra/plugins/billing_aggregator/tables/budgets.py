"""What every dataset may cost, day by day.

The Budgets API says what holds now; the configuration says what should. Where both know a budget the API counts, and a
budget that only the configuration knows (another cloud has no such API) is taken from there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.schema import BUDGETS
from cpg_infra.plugins.billing_aggregator.outside import Budget

MONTHLY: Final = 'monthly'
SHARED: Final = 'shared'

_MERGE: Final = """
MERGE INTO budgets AS t
USING budgets_read AS s
ON t.topic = s.topic AND t.cloud = s.cloud AND t.kind = s.kind AND t.day = s.day AND t.currency = s.currency
WHEN MATCHED THEN UPDATE SET gcp_project = s.gcp_project, budget = s.budget, read_at = s.read_at
WHEN NOT MATCHED THEN INSERT (topic, cloud, gcp_project, kind, day, currency, budget, read_at)
    VALUES (s.topic, s.cloud, s.gcp_project, s.kind, s.day, s.currency, s.budget, s.read_at)
WHEN NOT MATCHED BY SOURCE AND t.day = @day THEN DELETE
"""


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget. `project` is None on a cloud other than Google's."""

    topic: str
    cloud: str
    project: str | None
    kind: str
    currency: str
    amount: Decimal


def configured_budgets(
    organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]
) -> Sequence[BudgetRow]:
    """The budgets of the configuration."""
    rows = []
    for name, dataset in sorted(datasets.items()):
        for cloud, budget in sorted(dataset.budgets.items()):
            project = dataset.gcp.project if cloud == 'gcp' and dataset.gcp is not None else None
            currency = budget.currency or organisation.budget_currency
            rows.append(BudgetRow(name, cloud, project, MONTHLY, currency, Decimal(budget.monthly_budget)))
            if budget.shared_total_budget is not None:
                shared = f'{project}-shared' if project is not None else None
                rows.append(BudgetRow(name, cloud, shared, SHARED, currency, Decimal(budget.shared_total_budget)))
    return rows


def told_budgets(configured: Sequence[BudgetRow], told: Iterable[Budget]) -> Sequence[BudgetRow]:
    """The configured budgets, with the amounts that the API says for the same project."""
    by_project = {budget.name: budget for budget in told if budget.amount is not None}
    rows = []
    for row in configured:
        now = by_project.get(row.project or '')
        if now is None or now.amount is None:
            rows.append(row)
        else:
            rows.append(BudgetRow(row.topic, row.cloud, row.project, row.kind, now.currency, now.amount))
    return rows


def write_budgets(ledger: Ledger, rows: Sequence[BudgetRow], now: dt.datetime) -> int:
    """Write the budgets of today: a second time changes nothing, a budget that is gone goes. Raises `LedgerError`."""
    day = now.astimezone(dt.UTC).date()
    ledger.engine.stage_rows(
        'budgets_read',
        BUDGETS.columns,
        (
            {
                'topic': row.topic,
                'cloud': row.cloud,
                'gcp_project': row.project,
                'kind': row.kind,
                'day': day,
                'currency': row.currency,
                'budget': row.amount,
                'read_at': now,
            }
            for row in rows
        ),
    )
    ledger.execute(_MERGE, {'day': day})
    return len(rows)

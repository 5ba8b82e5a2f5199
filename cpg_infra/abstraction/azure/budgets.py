"""Budgets on resource groups."""

from __future__ import annotations

import datetime as dt

from cpg_infra.abstraction.specification import Budget, MonthlyBudget
from cpg_infra.plan.values import Value

YEARS = 10
"""For how long a budget runs: what Azure takes when no end is said."""


def budget_inputs(
    name: str,
    scope: str,
    budget: Budget,
    thresholds: tuple[float, ...],
    start: dt.date,
    contacts: tuple[str, ...],
) -> dict[str, Value]:
    """The inputs of `azure-native:consumption:Budget`. Without anybody to notify there are no thresholds either.

    `start` must be the first of the current month when the budget is made; afterwards it stays what it is.
    """
    monthly = isinstance(budget, MonthlyBudget)
    inputs: dict[str, Value] = {
        'budgetName': name,
        'scope': scope,
        'category': 'Cost',
        'amount': budget.money.amount,
        'timeGrain': 'Monthly' if monthly else 'Annually',
        'timePeriod': {
            'startDate': _instant(start),
            'endDate': _instant(start.replace(year=start.year + YEARS)),
        },
    }
    if contacts:
        inputs['notifications'] = {
            f'at-{share * 100:g}-percent'.replace('.', '-'): {
                'enabled': True,
                'operator': 'GreaterThanOrEqualTo',
                'threshold': round(share * 100, 6),
                'thresholdType': 'Actual',
                'contactEmails': sorted(contacts),
            }
            for share in dict.fromkeys(thresholds)
        }
    return inputs


def _instant(day: dt.date) -> str:
    return f'{day.isoformat()}T00:00:00Z'

"""Budgets as the inputs of a Google budget."""

from __future__ import annotations

from cpg_infra.abstraction.handles import Project
from cpg_infra.abstraction.specification import Budget, MonthlyBudget
from cpg_infra.plan.computations import concat
from cpg_infra.plan.values import Ref, Value


def budget_inputs(
    project: Project,
    budget: Budget,
    thresholds: tuple[float, ...],
    billing_account: str,
    topic: str | None,
) -> dict[str, Value]:
    """The inputs of `gcp:billing/budget:Budget`. Without a topic to notify there are no thresholds either."""
    period: dict[str, Value]
    if isinstance(budget, MonthlyBudget):
        period = {'calendarPeriod': 'MONTH', 'creditTypesTreatment': 'INCLUDE_ALL_CREDITS'}
    else:
        start = budget.start
        period = {'customPeriod': {'startDate': {'year': start.year, 'month': start.month, 'day': start.day}}}
    money = budget.money
    inputs: dict[str, Value] = {
        'billingAccount': billing_account,
        # Cost control finds the project by this name.
        'displayName': project.name,
        'amount': {'specifiedAmount': {'units': str(money.amount), 'nanos': 0, 'currencyCode': money.currency}},
        'budgetFilter': {'projects': [concat('projects/', Ref(str(project.resource), 'number'))], **period},
    }
    if topic is not None:
        inputs['thresholdRules'] = [{'thresholdPercent': share} for share in thresholds]
        inputs['allUpdatesRule'] = {'pubsubTopic': topic, 'schemaVersion': '1.0'}
    return inputs

"""The project, what enables it, and what it may cost. Every dataset has these."""

from __future__ import annotations

import datetime as dt
from typing import Final

from cpg_infra.abstraction.specification import CloudService, FixedBudget, Money, MonthlyBudget
from cpg_infra.config import Cloud, CPGDatasetConfig
from cpg_infra.driver.components.component import Component

SHARED_BUDGET_START: Final = dt.date(2022, 1, 1)
"""A shared budget never starts anew: it counts from a day before the first shared project."""

ALWAYS: Final = (
    CloudService.PROJECTS,
    CloudService.GROUPS,
    CloudService.SERVICE_USAGE,
    CloudService.BILLING,
    CloudService.BUDGETS,
)
"""What is enabled in every project."""


class Budgets(Component):
    """The dataset's project and its monthly budget."""

    name = 'project'

    def declare(self) -> None:
        """The project, its services, its budget. A dry run may have no budget."""
        project = self.infrastructure.project
        for service in ALWAYS:
            self.infrastructure.require(service)
        if (budget := self.budget) is not None:
            by = self.by('budgets', self.dataset.cloud.value, 'monthly_budget')
            money = self.money(budget.monthly_budget)
            thresholds = self.organisation.budget_notification_thresholds
            self.infrastructure.budget('monthly-budget', project, MonthlyBudget(money), thresholds, by)

    @property
    def budget(self) -> CPGDatasetConfig.Budget | None:
        """The dataset's budget on this cloud."""
        return self.config.budgets.get(Cloud(self.dataset.cloud).value)

    def money(self, amount: int) -> Money:
        """An amount in the budget's currency, else the organisation's."""
        currency = (self.budget and self.budget.currency) or self.organisation.budget_currency
        return Money(amount, currency)

    def fixed(self, amount: int) -> FixedBudget:
        """A budget that never starts anew."""
        return FixedBudget(self.money(amount), SHARED_BUDGET_START)

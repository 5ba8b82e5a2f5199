"""Tables that are written for others, beside the ledger: budgets, and the figures of each month."""

from cpg_infra.plugins.billing_aggregator.tables.budgets import (
    BudgetRow,
    configured_budgets,
    told_budgets,
    write_budgets,
)
from cpg_infra.plugins.billing_aggregator.tables.monthly import SummaryRow, last_month, parse_month, write_month

__all__ = [
    'BudgetRow',
    'SummaryRow',
    'configured_budgets',
    'last_month',
    'parse_month',
    'told_budgets',
    'write_budgets',
    'write_month',
]

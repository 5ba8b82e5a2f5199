"""The services that reports and cost control speak to: Google's billing, budgets and spreadsheets, Slack."""

from cpg_infra.plugins.billing_aggregator.outside.budgets import Budget, Budgets
from cpg_infra.plugins.billing_aggregator.outside.cloud_billing import BillingState, CloudBilling
from cpg_infra.plugins.billing_aggregator.outside.google_identity import GoogleIdentity
from cpg_infra.plugins.billing_aggregator.outside.http import Http, OutsideError
from cpg_infra.plugins.billing_aggregator.outside.sheets import Sheets
from cpg_infra.plugins.billing_aggregator.outside.slack import Slack

__all__ = [
    'BillingState',
    'Budget',
    'Budgets',
    'CloudBilling',
    'GoogleIdentity',
    'Http',
    'OutsideError',
    'Sheets',
    'Slack',
]

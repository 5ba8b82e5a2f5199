"""An organisation with every section of billing, of which a test changes one thing."""

from __future__ import annotations

from cpg_infra.plan import Plan
from tests.organisations import BILLING, COORDINATOR, GCP, Plain, dataset, plan_of

PROJECT = 'lantern-billing'
CONTROL = f'control@{PROJECT}.iam.gserviceaccount.com'
REPORT = f'report@{PROJECT}.iam.gserviceaccount.com'
TOPIC = f'projects/{PROJECT}/topics/budgets'
EXPORT = f'{PROJECT}.export.gcp_billing_export_v1'

AGGREGATOR = {
    'destination_bq_table': f'{PROJECT}.aggregate.costs',
    'slack_channel': 'billing-alerts',
    'slack_token_secret_name': 'slack-token',
    'functions': ['gcp', 'hail', 'seqr', 'seqr24', 'ica'],
    'interval_hours': 6,
    'billing_sheet_id': 'a-sheet',
    'monthly_summary_table': f'{PROJECT}.aggregate.monthly',
    'ica_raw_table': f'{PROJECT}.ica.raw',
    'ica_api_secret_name': 'ica-key',
}
CONTROLS = {
    'machine_account': CONTROL,
    'report_machine_account': REPORT,
    'slack_channel': 'costs',
    'pubsub_topic': TOPIC,
    'timezone': 'Australia/Sydney',
    'mode': 'enforce',
}


def billing(**changes: Plain) -> dict[str, Plain]:
    """The section, with values changed; None removes one."""
    given = {
        **BILLING,
        'gcp': {**BILLING['gcp'], 'source_bq_table': EXPORT},
        'coordinator_machine_account': COORDINATOR,
        'aggregator': AGGREGATOR,
        'gcp_cost_controls': CONTROLS,
        **changes,
    }
    return {key: value for key, value in given.items() if value is not None}


def billed(*, notify: str | None = TOPIC, **changes: Plain) -> Plan:
    """The plan of an organisation with two datasets and that section."""
    return plan_of(
        dataset('common'),
        dataset('alpha'),
        plugins_enabled=['billing_aggregator'],
        gcp={**GCP, 'budget_notification_pubsub': notify},
        billing=billing(**changes),
    )

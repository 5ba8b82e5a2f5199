"""The made-up organisation's configuration, written into a folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

DATASETS: Final = {
    'common': 1500,
    'ataxia': 9000,
    'thousand-hearts': 6500,
    'newborn': 3000,
    'controls': 4500,
    'panels': 2500,
    'rare-atlas': 1200,
}
"""Monthly budget in AUD by dataset; some are too small."""

_ORGANISATION: Final = """\
domain = "lantern.example.org"
budget_currency = "AUD"
common_dataset = "common"
config_destination = "gs://lantern-deployed-config/demo"
plugins_enabled = []

[gcp]
customer_id = "C0lantern1"
region = "australia-southeast1"
groups_domain = "groups.lantern.example.org"
config_bucket_name = "lantern-deployed-config"
dataset_storage_prefix = "lantern-"

[hail.gcp]
hail_batch_url = "{services}"
hail_auth_url = "{services}"

[billing.gcp]
project_id = "lantern-billing"
account_id = "DEMO00-000000-000000"

[billing.aggregator]
destination_bq_table = "lantern-billing.aggregate.costs"
slack_channel = "billing-alerts"
slack_token_secret_name = "slack-token"
functions = ["gcp", "hail", "ica"]
files = {{ gcp = "gcp/*.parquet", azure = "azure" }}
rates = [{{ from_currency = "iCredit", month = "202001", rate = 1.54 }}]

[billing.aggregator.ica]
token_url = "{services}/ica/token"
usage_url = "{services}/ica/usage"
tenant = "lantern"

[billing.aggregator.attribution]
projects = {{ lantern-hail = "hail" }}
proportions = "proportions.csv"
shared = [
  # The browser that three cohorts share is split by what each of them has in it.
  {{ source = "gcp", match = "lantern-browser", method = "hosting", fallback_topic = "common" }},
]

[billing.gcp_cost_controls]
machine_account = "cost-control@lantern-billing.iam.gserviceaccount.com"
slack_channel = "billing-costs"
pubsub_topic = "budget-notifications"
timezone = "UTC"
"""


def write_configuration(folder: Path, services: str, first: dt.date, change: dt.date) -> None:
    """Write the files. `services`: where Hail and ICA are found. From `change` on the browser is split otherwise."""
    files = {
        'cpg.toml': _ORGANISATION.format(services=services),
        'production.yaml': ''.join(f'{name}:\n  gcp: {{project: lantern-{name}}}\n' for name in DATASETS),
        'users.yaml': '{}\n',
        'proportions.csv': _proportions(first, change),
    }
    for name, budget in DATASETS.items():
        files[f'{name}/members.yaml'] = '{}\n'
        files[f'{name}/budgets.yaml'] = f'gcp:\n  monthly_budget: {budget}\n'
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding='utf-8')


def _proportions(first: dt.date, change: dt.date) -> str:
    lines = ['method,effective_from,topic,weight,version']
    for day, version, weights in (
        (first, 'v1', {'ataxia': 5, 'thousand-hearts': 3}),
        (change, 'v2', {'ataxia': 5, 'thousand-hearts': 3, 'newborn': 4}),
    ):
        lines += [f'hosting,{day},{topic},{weight},{version}' for topic, weight in weights.items()]
    return '\n'.join(lines) + '\n'

"""The functions that fill the ledger, their schedules and alerts, and what their account may do."""

from __future__ import annotations

import json
from typing import Final

from cpg_infra.abstraction import Secret
from cpg_infra.config import CPGInfrastructureConfig, Severity
from cpg_infra.plan import BillingRole, Principal, ProjectRole, SecretRole, TablesRole
from cpg_infra.plugins.billing_aggregator.infrastructure.accounts import billing_account, make_budget_reader
from cpg_infra.plugins.billing_aggregator.infrastructure.place import Place
from cpg_infra.plugins.billing_aggregator.infrastructure.tables import declare_tables, table_names
from cpg_infra.plugins.google.function import Shape
from cpg_infra.plugins.google.tables import TableName, table, table_set

SHAPES: Final = {
    'gcp': Shape(seconds=3600),
    'hail': Shape(memory='2Gi', seconds=3600),
    'seqr': Shape(memory='2Gi', seconds=3600),
    'seqr24': Shape(memory='2Gi', seconds=3600),
    'ica': Shape(),
}
"""What each source is given. Nothing is held in memory, so 2 GiB are enough where 16 were needed."""
MINUTES: Final = {'gcp': 1, 'hail': 2, 'seqr': 3, 'seqr24': 4}
"""The minute of the hour at which each source is read, so that they do not begin together; 0 for others."""
ON_HAIL: Final = frozenset({'hail', 'seqr', 'seqr24'})
"""Sources that read from Hail Batch."""

NOT_RECONCILED: Final = (
    'resource.type="cloud_run_revision" AND severity>=ERROR AND jsonPayload.message:"is not reconciled"'
)
"""What `service.aggregating` logs when the ledger does not agree with a source."""


def declare_aggregation(place: Place) -> None:
    """Make all that the sections `billing.aggregator` and `billing.coordinator_machine_account` ask for."""
    aggregator, address = place.billing.aggregator, place.billing.coordinator_machine_account
    if aggregator is None:
        place.left_out('the aggregation is', 'there is no section billing.aggregator')
        return
    declare_tables(place, aggregator)
    if address is None:
        place.left_out(
            'the functions of the aggregation are', 'no billing.coordinator_machine_account runs them', 'aggregator'
        )
        return
    account = place.cloud.account(address)
    _let(place, aggregator, account)
    for name in sorted(set(aggregator.functions)):
        _declare_source(place, aggregator, account, name)
    _declare_daily(place, aggregator, account)
    alerts = place.alerts
    if alerts is not None:
        by = place.by('aggregator', 'slack_channel')
        alerts.on_log('billing-not-reconciled-alert', 'Billing: the ledger is not reconciled', NOT_RECONCILED, by)


def _declare_source(
    place: Place, aggregator: CPGInfrastructureConfig.Billing.GCPAggregator, account: Principal, name: str
) -> None:
    by = place.by('aggregator', 'functions', name)
    function = place.functions.declare(
        f'billing-aggregator-{name}-billing-function',
        place.program('from_request', SHAPES[name], **_secrets(place, aggregator, name)),
        account,
        by,
        depends_on=place.apis,
    )
    place.functions.schedule(
        f'billing-aggregator-scheduler-job-{name}',
        function,
        f'{MINUTES.get(name, 0)} */{aggregator.interval_hours} * * *',
        aggregator.timezone,
        account,
        by,
        body=json.dumps({'source': name}),
        depends_on=place.apis,
    )
    alerts = place.alerts
    if alerts is not None:
        alerts.on_warning(f'billing-aggregator-{name}-alert', f'Billing: {name} warns', function, by)
        hours = 2 * aggregator.interval_hours
        alerts.on_silence(f'billing-aggregator-{name}-silence-alert', f'Billing: {name} is silent', function, hours, by)


def _secrets(place: Place, aggregator: CPGInfrastructureConfig.Billing.GCPAggregator, name: str) -> dict[str, Secret]:
    """What the program finds in its environment: the token or key of its source."""
    if name in ON_HAIL:
        by = place.by('aggregator', 'hail_token_secret_name')
        return {'HAIL_TOKEN_GCP': place.secret(aggregator.hail_token_secret_name, by)}
    if name == 'ica' and aggregator.ica_api_secret_name is not None:
        by = place.by('aggregator', 'ica_api_secret_name')
        return {'ICA_API_KEY': place.secret(aggregator.ica_api_secret_name, by)}
    return {}


def _declare_daily(place: Place, aggregator: CPGInfrastructureConfig.Billing.GCPAggregator, account: Principal) -> None:
    """Budgets every day, and the summary of a month on the third of the next."""
    schedules = {'budgets': ('destination_bq_table', '30 5 * * *')}
    if aggregator.billing_sheet_id is not None or aggregator.monthly_summary_table is not None:
        key = 'monthly_summary_table' if aggregator.monthly_summary_table is not None else 'billing_sheet_id'
        schedules['monthly'] = (key, '0 6 3 * *')
    else:
        place.left_out(
            'the monthly summary is', 'neither monthly_summary_table nor billing_sheet_id is given', 'aggregator'
        )
    sheets = _let_write_spreadsheet(place, aggregator, account)
    for name, (key, schedule) in schedules.items():
        by = place.by('aggregator', key)
        function = place.functions.declare(
            f'billing-aggregator-{name}-billing-function',
            place.program(name, Shape()),
            account,
            by,
            depends_on=[*place.apis, *(sheets if name == 'monthly' else ())],
        )
        job = f'billing-aggregator-scheduler-job-{name}'
        place.functions.schedule(job, function, schedule, aggregator.timezone, account, by, depends_on=place.apis)
        if place.alerts is not None:
            place.alerts.on_warning(f'billing-aggregator-{name}-alert', f'Billing: {name} warns', function, by)


def _let_write_spreadsheet(
    place: Place, aggregator: CPGInfrastructureConfig.Billing.GCPAggregator, account: Principal
) -> tuple[str, ...]:
    """Enable the API of spreadsheets. That is all there is to deploy: no role opens a spreadsheet, sharing it does."""
    if aggregator.billing_sheet_id is None:
        return ()
    place.infrastructure.diagnose(
        'share-by-hand',
        f'share the spreadsheet {aggregator.billing_sheet_id}, as an editor, with {account.address}: '
        'no role of the cloud opens it',
        place.by('aggregator', 'billing_sheet_id'),
        Severity.INFO,
    )
    return place.project.enable('sheets')


def _let(place: Place, aggregator: CPGInfrastructureConfig.Billing.GCPAggregator, account: Principal) -> None:
    """What the coordinator may do: read the export, write the ledger, and nothing else in the project."""
    cloud, by = place.cloud, place.by('coordinator_machine_account')
    if place.google.source_bq_table is not None:
        export = table(cloud, TableName.parse(place.google.source_bq_table), by)
        cloud.grant(account, TablesRole.READ, export, by)
    elif 'gcp' in aggregator.functions:
        place.left_out('reading the export is', 'there is no billing.gcp.source_bq_table', 'gcp')
    written = {name.set_name: name for name in table_names(aggregator).values()}
    if aggregator.ica_raw_table is not None:
        raw = TableName.parse(aggregator.ica_raw_table)
        written[raw.set_name] = raw
    for _, name in sorted(written.items()):
        cloud.grant(account, TablesRole.WRITE, table_set(cloud, name, by), by)
    cloud.grant(account, ProjectRole.RUN_QUERIES, place.project.handle, by)
    make_budget_reader(place)
    cloud.grant(account, BillingRole.READ_BUDGETS, billing_account(place, by), by)
    secrets = {'hail_token_secret_name': aggregator.hail_token_secret_name}
    if aggregator.ica_api_secret_name is not None:
        secrets['ica_api_secret_name'] = aggregator.ica_api_secret_name
    for key, secret in secrets.items():
        why = place.by('aggregator', key)
        cloud.grant(account, SecretRole.READ, place.secret(secret, why), why)

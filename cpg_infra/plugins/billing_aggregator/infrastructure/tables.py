"""The tables of the ledger in BigQuery, from the one description that the program has of them too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cpg_infra.abstraction import By
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.plan import AssetKind, Value
from cpg_infra.plugins.billing_aggregator.infrastructure.place import Place
from cpg_infra.plugins.billing_aggregator.ledger.schema import LEDGER, MONTHLY_SUMMARY, TABLES, Table
from cpg_infra.plugins.google.tables import TableName, field, schema_text, table_set


def table_names(aggregator: CPGInfrastructureConfig.Billing.GCPAggregator) -> Mapping[str, TableName]:
    """What each table of the ledger is called in BigQuery, by its own name."""
    ledger = TableName.parse(aggregator.destination_bq_table)
    names = {
        each.name: ledger
        if each is LEDGER
        else TableName(ledger.project, ledger.table_set, f'{ledger.table}_{each.name}')
        for each in TABLES
    }
    if aggregator.monthly_summary_table is not None:
        names[MONTHLY_SUMMARY.name] = TableName.parse(aggregator.monthly_summary_table)
    return names


def declare_tables(place: Place, aggregator: CPGInfrastructureConfig.Billing.GCPAggregator) -> None:
    """Make every table. They are protected, and stay when they leave the plan."""
    names = table_names(aggregator)
    for each in TABLES:
        steps = ('aggregator', 'destination_bq_table')
        if each is MONTHLY_SUMMARY and aggregator.monthly_summary_table is not None:
            steps = ('aggregator', 'monthly_summary_table')
        _declare(place, each, names[each.name], place.by(*steps))


def _declare(place: Place, described: Table, name: TableName, by: By) -> None:
    inputs: dict[str, Value] = {
        'project': name.project,
        'datasetId': name.table_set,
        'tableId': name.table,
        'description': described.meaning,
        'schema': _schema(described),
        'deletionProtection': True,
    }
    if described.partition is not None:
        inputs['timePartitioning'] = {'type': 'DAY', 'field': described.partition}
    if described.cluster:
        inputs['clusterings'] = list(described.cluster)
    place.cloud.raw(
        f'billing-{name.table}-table',
        'gcp:bigquery/table:Table',
        str(name),
        inputs,
        by,
        kind=AssetKind.TABLE,
        within=table_set(place.cloud, name, by).asset,
        depends_on=place.apis,
        options=PROTECTED,
    )


@cache
def _schema(described: Table) -> str:
    return schema_text(
        [field(each.name, each.type, each.meaning, required=each.required) for each in described.columns]
    )

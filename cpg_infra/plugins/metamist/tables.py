"""The tables of the loader: what was received, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import Table
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.plan import AssetKind
from cpg_infra.plugins.google.tables import TableName, field, schema_text, table
from cpg_infra.plugins.metamist.place import Place

SET: Final = 'metamist'
RECEIVED: Final = {
    'request_id': 'STRING',
    'timestamp': 'TIMESTAMP',
    'type': 'STRING',
    'submitting_user': 'STRING',
    'body': 'JSON',
}
LOGS: Final = {'request_id': 'STRING', 'timestamp': 'TIMESTAMP', 'status': 'STRING', 'details': 'JSON'}


@dataclass(frozen=True, slots=True)
class Tables:
    """What was received, and the log; and what they are called."""

    received: Table
    logs: Table
    received_name: TableName
    logs_name: TableName


def declare_tables(place: Place) -> Tables:
    """Make both tables. They are protected, and stay when they leave the plan."""
    project, by = place.project.name, place.by('etl')
    made = place.cloud.raw(
        'metamist-etl-bigquery-dataset',
        'gcp:bigquery/dataset:Dataset',
        f'{project}.{SET}',
        {
            'project': project,
            'datasetId': SET,
            'location': place.region,
            'friendlyName': 'metamist bigquery dataset',
            'description': 'Metamist related bigquery tables',
            'labels': {'project': 'metamist'},
        },
        by,
        kind=AssetKind.TABLES,
        depends_on=place.apis,
        options=PROTECTED,
    )
    names = {}
    for table_id, suffix, columns in (('etl-data', '', RECEIVED), ('etl-logs', '-logs', LOGS)):
        name = names[table_id] = TableName(project, SET, table_id)
        place.cloud.raw(
            f'metamist-etl-bigquery-table{suffix}',
            'gcp:bigquery/table:Table',
            str(name),
            {
                'project': project,
                'datasetId': SET,
                'tableId': table_id,
                'labels': {'project': 'metamist'},
                'schema': schema_text([field(column, type_) for column, type_ in columns.items()]),
                'deletionProtection': True,
            },
            by,
            kind=AssetKind.TABLE,
            within=made.intents[0],
            depends_on=[made.name],
            options=PROTECTED,
        )
    received, logs = names['etl-data'], names['etl-logs']
    return Tables(table(place.cloud, received, by), table(place.cloud, logs, by), received, logs)

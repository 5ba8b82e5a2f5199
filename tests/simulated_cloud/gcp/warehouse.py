"""Sets of tables, and tables, of BigQuery."""

from __future__ import annotations

import json
from typing import Final

from tests.simulated_cloud.gcp.lookups import require_api
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.world import Refused, World

API: Final = 'bigquery.googleapis.com'


def _refuse_set(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)


def _refuse_table(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)
    if world.sees(f'tables {inputs["project"]}/{inputs["datasetId"]}') is None:
        raise Refused(f'googleapi: Error 404: Not found: Dataset {inputs["project"]}:{inputs["datasetId"]}, notFound')
    columns = {column['name'] for column in json.loads(inputs['schema'])}
    named = [(inputs.get('timePartitioning') or {}).get('field'), *(inputs.get('clusterings') or ())]
    for column in named:
        if column is not None and column not in columns:
            raise Refused(f'googleapi: Error 400: The field {column} is not in the schema of the table., invalid')


def _delete_table(world: World, key: str, known: Inputs) -> None:
    if known.get('deletionProtection', True):
        raise Refused('cannot destroy table without setting deletion_protection=false and running `pulumi up`')
    world.remove(key)
    world.remove(f'policy {key}')


TABLE_SET = Thing(
    'gcp:bigquery/dataset:Dataset',
    key=lambda inputs: f'tables {inputs["project"]}/{inputs["datasetId"]}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/datasets/{inputs["datasetId"]}',
    required=('datasetId',),
    replaces=frozenset({'datasetId', 'project', 'location'}),
    refuse=_refuse_set,
    taken=lambda inputs: f'googleapi: Error 409: Already Exists: Dataset {inputs["datasetId"]}, duplicate',
)
TABLE_KIND = Thing(
    'gcp:bigquery/table:Table',
    key=lambda inputs: f'table {inputs["project"]}/{inputs["datasetId"]}/{inputs["tableId"]}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/datasets/{inputs["datasetId"]}/tables/{inputs["tableId"]}',
    required=('datasetId', 'tableId'),
    replaces=frozenset({'datasetId', 'tableId', 'project'}),
    refuse=_refuse_table,
    taken=lambda inputs: f'googleapi: Error 409: Already Exists: Table {inputs["tableId"]}, duplicate',
    deleting=_delete_table,
)

"""Projects and the APIs in them."""

from __future__ import annotations

from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import project
from tests.simulated_cloud.gcp.names import PROJECT_ID
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import Refused, World

FIRST_NUMBER: Final = 100_000_000_000

ENABLED_FROM_THE_START: Final = (
    'bigquery.googleapis.com',
    'logging.googleapis.com',
    'monitoring.googleapis.com',
    'servicemanagement.googleapis.com',
    'storage.googleapis.com',
)
"""APIs of every new project, beside those that the organisation enables (`seed`)."""


def _refuse(world: World, inputs: Inputs) -> None:
    name = inputs['projectId']
    if (organisation := inputs.get('orgId')) and world.get(f'organization {organisation}') is None:
        raise Refused(
            f'error creating project {name} ({inputs["name"]}): googleapi: Error 404: Requested entity was not found. '
            f'(parent organizations/{organisation}), notFound'
        )
    account = inputs.get('billingAccount')
    if account and world.get(f'billing {account}') is None:
        raise Refused(
            f'Error setting billing account "{account}" for project "projects/{name}": googleapi: Error 403: The '
            'caller does not have permission, forbidden'
        )


def _outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    there = world.get(f'project {inputs["projectId"]}')
    number = there['outputs']['number'] if there else str(FIRST_NUMBER + world.next_number())
    if there is None:
        for host in enabled_from_the_start(world):
            world.put(f'service {inputs["projectId"]}/{host}', {'type': 'enabled'})
    return {'number': number, 'effectiveLabels': {}, 'pulumiLabels': {}}


def enabled_from_the_start(world: World) -> tuple[str, ...]:
    """The APIs of a new project."""
    ours = [host for _, thing in world.of_kind('organization') for host in thing['services_of_new_projects']]
    return (*ENABLED_FROM_THE_START, *ours)


def _taken(inputs: Inputs) -> str:
    return (
        f'error creating project {inputs["projectId"]} ({inputs["name"]}): googleapi: Error 409: Requested entity '
        'already exists, alreadyExists. If you received a 403 error, make sure you have the '
        '`roles/resourcemanager.projectCreator` permission'
    )


def _delete(world: World, key: str, known: Inputs) -> None:
    policy = known.get('deletionPolicy') or 'PREVENT'
    if policy == 'PREVENT':
        raise Refused('Cannot destroy project as deletion_policy is set to PREVENT.')
    there = world.get(key)
    if policy == 'DELETE' and there is not None:
        # For thirty days it can be brought back, and nobody gets its id ever again.
        world.put(key, {**there, 'deleted': True})


PROJECT = Thing(
    'gcp:organizations/project:Project',
    key=lambda inputs: f'project {inputs["projectId"]}',
    id=lambda inputs, _: f'projects/{inputs["projectId"]}',
    replaces=frozenset({'projectId'}),
    delete_first=True,
    wrong=named('projectId', PROJECT_ID),
    refuse=_refuse,
    outputs=_outputs,
    taken=_taken,
    deleting=_delete,
)


def _enable(world: World, inputs: Inputs) -> None:
    name = inputs.get('project')
    if name is None:
        raise Refused("project: required field is not set: Could not find the provider's default project")
    project(world, name)


def _disable(world: World, key: str, known: Inputs) -> None:
    if known.get('disableOnDestroy'):
        world.remove(key)


SERVICE = Thing(
    'gcp:projects/service:Service',
    key=lambda inputs: f'service {inputs["project"]}/{inputs["service"]}',
    id=lambda inputs, _: f'{inputs["project"]}/{inputs["service"]}',
    required=('service',),
    replaces=frozenset({'service', 'project'}),
    refuse=_enable,
    deleting=_disable,
)

"""Artifact registries."""

from __future__ import annotations

from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import EPOCH, require_api
from tests.simulated_cloud.gcp.names import REPOSITORY_ID
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import Refused, World

API: Final = 'artifactregistry.googleapis.com'


def _path(inputs: Inputs) -> str:
    return f'projects/{inputs["project"]}/locations/{inputs["location"]}/repositories/{inputs["repositoryId"]}'


def _refuse(world: World, inputs: Inputs) -> None:
    if inputs.get('project') is None:
        raise Refused("project: required field is not set: Could not find the provider's default project")
    require_api(world, inputs['project'], API)


def _outputs(_: World, inputs: Inputs) -> dict[str, Any]:
    host = f'{inputs["location"]}-{inputs["format"].lower()}.pkg.dev'
    return {
        'name': inputs['repositoryId'],
        'createTime': EPOCH,
        'updateTime': EPOCH,
        'registryUri': f'{host}/{inputs["project"]}/{inputs["repositoryId"]}',
    }


def _delete(world: World, key: str, _: Inputs) -> None:
    world.remove(key)
    world.remove(f'policy {key}')


REPOSITORY = Thing(
    'gcp:artifactregistry/repository:Repository',
    key=lambda inputs: f'registry {inputs["project"]}/{inputs["location"]}/{inputs["repositoryId"]}',
    id=lambda inputs, _: _path(inputs),
    required=('format', 'repositoryId'),
    replaces=frozenset({'repositoryId', 'location', 'project', 'format', 'kmsKeyName', 'mode'}),
    delete_first=True,
    wrong=named('repositoryId', REPOSITORY_ID),
    refuse=_refuse,
    outputs=_outputs,
    taken=lambda _: 'Error creating Repository: googleapi: Error 409: the repository already exists, alreadyExists',
    deleting=_delete,
)

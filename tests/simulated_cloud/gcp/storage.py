"""Buckets and the objects in them."""

from __future__ import annotations

from typing import Any

from tests.simulated_cloud.gcp.lookups import EPOCH, number_of, project
from tests.simulated_cloud.gcp.names import BUCKET as BUCKET_NAME
from tests.simulated_cloud.gcp.names import NOT_IN_A_BUCKET
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import Refused, World


def _refuse(world: World, inputs: Inputs) -> None:
    name = inputs.get('project')
    if name is None:
        raise Refused("project: required field is not set: Could not find the provider's default project")
    project(world, name)
    autoclass = (inputs.get('autoclass') or {}).get('enabled')
    if autoclass and any(
        rule['action'].get('type') == 'SetStorageClass' for rule in inputs.get('lifecycleRules') or ()
    ):
        raise Refused(
            'googleapi: Error 400: Lifecycle rules that change the storage class are not allowed with Autoclass., '
            'invalid'
        )


def _outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    name = inputs['name']
    return {
        'url': f'gs://{name}',
        'selfLink': f'https://www.googleapis.com/storage/v1/b/{name}',
        'projectNumber': int(number_of(world, inputs['project'])),
        'timeCreated': EPOCH,
    }


def _taken(_: Inputs) -> str:
    return (
        'googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all '
        'users of the system. Please select a different name and try again., conflict'
    )


def _delete(world: World, key: str, known: Inputs) -> None:
    name = key.partition(' ')[2]
    if not known.get('forceDestroy') and any(kept.startswith(f'{name}/') for kept, _ in world.of_kind('object')):
        raise Refused(f'Error trying to delete bucket {name} containing objects without `force_destroy` set to true')
    world.remove(key)
    world.remove(f'policy {key}')


BUCKET = Thing(
    'gcp:storage/bucket:Bucket',
    key=lambda inputs: f'bucket {inputs["name"]}',
    id=lambda inputs, _: str(inputs['name']),
    required=('location', 'name'),
    replaces=frozenset({'name', 'project', 'location', 'enableObjectRetention', 'hierarchicalNamespace'}),
    delete_first=True,
    wrong=named('name', BUCKET_NAME, never=NOT_IN_A_BUCKET),
    refuse=_refuse,
    outputs=_outputs,
    taken=_taken,
    deleting=_delete,
)


def _refuse_object(world: World, inputs: Inputs) -> None:
    if world.sees(f'bucket {inputs["bucket"]}') is None:
        raise Refused(
            f'Error uploading object {inputs["name"]}: googleapi: Error 404: The specified bucket does not exist., '
            'notFound'
        )
    if not (inputs.get('content') or inputs.get('source')):
        raise Refused('Error, either "content" or "source" must be specified')


def _object_outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    return {
        'outputName': inputs['name'],
        'selfLink': f'https://www.googleapis.com/storage/v1/b/{inputs["bucket"]}/o/{inputs["name"]}',
        'mediaLink': f'https://storage.googleapis.com/download/storage/v1/b/{inputs["bucket"]}/o/{inputs["name"]}',
        'generation': world.next_number(),
    }


OBJECT = Thing(
    'gcp:storage/bucketObject:BucketObject',
    key=lambda inputs: f'object {inputs["bucket"]}/{inputs["name"]}',
    id=lambda inputs, _: f'{inputs["bucket"]}-{inputs["name"]}',
    required=('bucket', 'name'),
    replaces=frozenset({'bucket', 'name', 'contentType', 'contentEncoding', 'cacheControl', 'metadata'}),
    delete_first=True,
    refuse=_refuse_object,
    outputs=_object_outputs,
)

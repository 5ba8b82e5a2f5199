"""Secrets and their versions."""

from __future__ import annotations

from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import EPOCH, number_of, require_api
from tests.simulated_cloud.gcp.names import SECRET_ID
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import Refused, World

API: Final = 'secretmanager.googleapis.com'
BYTES_OF_A_VERSION: Final = 65_536


def _refuse(world: World, inputs: Inputs) -> None:
    if inputs.get('project') is None:
        raise Refused("project: required field is not set: Could not find the provider's default project")
    require_api(world, inputs['project'], API)


def _outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    return {
        'name': f'projects/{number_of(world, inputs["project"])}/secrets/{inputs["secretId"]}',
        'createTime': EPOCH,
    }


def _delete(world: World, key: str, _: Inputs) -> None:
    name = key.partition(' ')[2]
    for version, _thing in list(world.of_kind('version')):
        if version.startswith(f'{name}/'):
            world.remove(f'version {version}')
    world.remove(key)
    world.remove(f'policy {key}')


SECRET = Thing(
    'gcp:secretmanager/secret:Secret',
    key=lambda inputs: f'secret {inputs["project"]}/{inputs["secretId"]}',
    id=lambda inputs, _: f'projects/{inputs["project"]}/secrets/{inputs["secretId"]}',
    required=('replication', 'secretId'),
    replaces=frozenset({'secretId', 'project', 'replication'}),
    delete_first=True,
    wrong=named('secretId', SECRET_ID),
    refuse=_refuse,
    outputs=_outputs,
    taken=lambda inputs: (
        f'Error creating Secret: googleapi: Error 409: Secret [projects/{inputs["project"]}/secrets/'
        f'{inputs["secretId"]}] already exists., alreadyExists'
    ),
    deleting=_delete,
)


def secret_of(name: str) -> str:
    """`<project>/<id>` of `projects/<project>/secrets/<id>`."""
    _, project, _, identifier = name.split('/')[:4]
    return f'{project}/{identifier}'


def _refuse_version(world: World, inputs: Inputs) -> None:
    name = inputs['secret']
    if name.count('/') < 3 or world.sees(f'secret {secret_of(name)}') is None:
        raise Refused(f'Error creating SecretVersion: googleapi: Error 404: Secret [{name}] not found., notFound')
    require_api(world, secret_of(name).partition('/')[0], API)
    size = len(str(inputs.get('secretData') or '').encode())
    if size > BYTES_OF_A_VERSION:
        raise Refused(
            f'Error creating SecretVersion: googleapi: Error 400: The secret payload of {size} bytes is larger than '
            f'the maximum of {BYTES_OF_A_VERSION} bytes., badRequest'
        )


def _version_outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    secret = secret_of(inputs['secret'])
    # Numbers are given once: a version that was destroyed keeps its number.
    key = f'versions-of {secret}'
    version = int((world.get(key) or {'value': 0})['value']) + 1
    world.put(key, {'value': version})
    number = number_of(world, secret.partition('/')[0])
    return {
        'name': f'projects/{number}/secrets/{secret.partition("/")[2]}/versions/{version}',
        'version': str(version),
        'createTime': EPOCH,
    }


VERSION = Thing(
    'gcp:secretmanager/secretVersion:SecretVersion',
    key=lambda inputs: f'version {secret_of(inputs["secret"])}/{inputs["version"]}',
    id=lambda _, outputs: str(outputs['name']),
    required=('secret', 'secretData'),
    replaces=frozenset({'secret', 'secretData', 'isSecretDataBase64'}),
    refuse=_refuse_version,
    outputs=_version_outputs,
)

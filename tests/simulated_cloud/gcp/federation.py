"""Pools through which programs elsewhere come in, and the organisation's own roles: both keep a deleted id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import project, require_api
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.world import Refused, World

API: Final = 'iam.googleapis.com'


def _refuse_pool(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)


def _refuse_provider(world: World, inputs: Inputs) -> None:
    require_api(world, inputs['project'], API)
    if world.sees(f'pool {inputs["project"]}/{inputs["workloadIdentityPoolId"]}') is None:
        raise Refused('googleapi: Error 404: Requested entity was not found., notFound')


def _wrong_mapping(inputs: Inputs) -> Iterable[tuple[str, str]]:
    if 'google.subject' not in (inputs.get('attributeMapping') or {}):
        yield 'attributeMapping', 'google.subject must be mapped'


def _remembered(world: World, key: str, _: Inputs) -> None:
    there = world.get(key)
    if there is not None:
        # For thirty days it can be brought back, and nobody gets its id.
        world.put(key, {**there, 'deleted': True})


def _pool_outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    number = project(world, inputs['project'])['outputs']['number']
    path = f'projects/{number}/locations/global/workloadIdentityPools/{inputs["workloadIdentityPoolId"]}'
    return {'name': path, 'state': 'ACTIVE'}


def _path(inputs: Inputs) -> str:
    return f'projects/{inputs["project"]}/locations/global/workloadIdentityPools/{inputs["workloadIdentityPoolId"]}'


POOL = Thing(
    'gcp:iam/workloadIdentityPool:WorkloadIdentityPool',
    key=lambda inputs: f'pool {inputs["project"]}/{inputs["workloadIdentityPoolId"]}',
    id=lambda inputs, _: _path(inputs),
    required=('workloadIdentityPoolId',),
    replaces=frozenset({'workloadIdentityPoolId', 'project'}),
    refuse=_refuse_pool,
    outputs=_pool_outputs,
    taken=lambda _: 'Error creating WorkloadIdentityPool: googleapi: Error 409: Requested entity already exists',
    deleting=_remembered,
)
PROVIDER = Thing(
    'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider',
    key=lambda inputs: (
        f'provider {inputs["project"]}/{inputs["workloadIdentityPoolId"]}/{inputs["workloadIdentityPoolProviderId"]}'
    ),
    id=lambda inputs, _: f'{_path(inputs)}/providers/{inputs["workloadIdentityPoolProviderId"]}',
    required=('workloadIdentityPoolId', 'workloadIdentityPoolProviderId'),
    replaces=frozenset({'workloadIdentityPoolId', 'workloadIdentityPoolProviderId', 'project'}),
    wrong=_wrong_mapping,
    refuse=_refuse_provider,
    taken=lambda _: (
        'Error creating WorkloadIdentityPoolProvider: googleapi: Error 409: Requested entity already exists'
    ),
    deleting=_remembered,
)


def _refuse_role(world: World, inputs: Inputs) -> None:
    if world.get(f'organization {inputs["orgId"]}') is None:
        raise Refused(f'googleapi: Error 403: You do not have permission on organizations/{inputs["orgId"]}, forbidden')


ROLE = Thing(
    'gcp:organizations/iAMCustomRole:IAMCustomRole',
    key=lambda inputs: f'role organizations/{inputs["orgId"]}/roles/{inputs["roleId"]}',
    id=lambda inputs, _: f'organizations/{inputs["orgId"]}/roles/{inputs["roleId"]}',
    required=('orgId', 'permissions', 'roleId', 'title'),
    replaces=frozenset({'orgId', 'roleId'}),
    unordered=frozenset({'permissions'}),
    refuse=_refuse_role,
    taken=lambda inputs: f'googleapi: Error 409: A role named {inputs["roleId"]} already exists., alreadyExists',
    deleting=_remembered,
)

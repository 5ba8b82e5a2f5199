"""Container registries."""

from __future__ import annotations

from typing import Final

from tests.simulated_cloud.azure.arm import remove_with_everything_below, resource
from tests.simulated_cloud.azure.lookups import path_in_group, require_group
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

NAMESPACE: Final = 'Microsoft.ContainerRegistry'


def _key(inputs: Inputs) -> str:
    return f'registry {inputs["registryName"].lower()}'


def _path(world: World, inputs: Inputs) -> str:
    return path_in_group(world, inputs, NAMESPACE, 'registries', inputs['registryName'])


def _refuse(world: World, inputs: Inputs) -> None:
    require_group(world, inputs, NAMESPACE)
    there = world.get(_key(inputs))
    if there is not None and there['id'].lower() != _path(world, inputs).lower():
        name = inputs['registryName']
        raise refused(409, 'AlreadyInUse', f'The registry DNS name {name.lower()}.azurecr.io is already in use.')
    sku, policies = inputs['sku']['name'], inputs.get('policies') or {}
    if sku != 'Premium' and (policies.get('retentionPolicy') or {}).get('status') == 'enabled':
        raise refused(400, 'InvalidPolicyRequest', f'A retention policy is not supported for the SKU {sku}.')
    if sku == 'Basic' and inputs.get('anonymousPullEnabled'):
        raise refused(400, 'InvalidRequest', 'Anonymous pull is not supported for the SKU Basic.')


def _outputs(_: World, inputs: Inputs) -> Properties:
    return {'loginServer': f'{inputs["registryName"].lower()}.azurecr.io', 'provisioningState': 'Succeeded'}


REGISTRY = resource(
    'azure-native:containerregistry:Registry',
    key=_key,
    path=_path,
    required=('registryName', 'resourceGroupName', 'sku'),
    replaces=('location', 'registryName', 'resourceGroupName'),
    wrong=named('registryName', r'[A-Za-z0-9]{5,50}'),
    refuse=_refuse,
    outputs=_outputs,
    deleting=remove_with_everything_below,
)

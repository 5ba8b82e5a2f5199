"""Storage accounts, the blob settings of an account, and containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import remove_with_everything_below, resource
from tests.simulated_cloud.azure.lookups import location_of, parent, path_in_group, require_group, subscription_path
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

ACCOUNTS_OF_A_REGION: Final = 250
DAYS: Final = range(1, 366)
"""For which what was deleted can be kept."""


def _key(inputs: Inputs) -> str:
    return f'storage {inputs["accountName"]}'


def account_path(world: World, inputs: Inputs) -> str:
    """The id of the account that inputs name."""
    return path_in_group(world, inputs, 'Microsoft.Storage', 'storageAccounts', inputs['accountName'])


def account(world: World, inputs: Inputs) -> Mapping[str, Any]:
    """The account that inputs name. Raises `Refused` when it is not there."""
    require_group(world, inputs, 'Microsoft.Storage')
    return parent(world, _key(inputs), account_path(world, inputs))


def blob_settings(world: World, name: str) -> Mapping[str, Any]:
    """The blob settings of an account: what was set, empty while nothing was."""
    found = world.get(f'blobs {name}')
    return dict(found['inputs']) if found else {}


def _refuse(world: World, inputs: Inputs) -> None:
    require_group(world, inputs, 'Microsoft.Storage')
    there = world.get(_key(inputs))
    if there is not None and there['id'].lower() != account_path(world, inputs).lower():
        raise refused(
            409, 'StorageAccountAlreadyTaken', f'The storage account named {inputs["accountName"]} is already taken.'
        )
    location, begin = location_of(world, inputs), f'{subscription_path(world)}/'.lower()
    near = [
        name
        for name, each in world.of_kind('storage')
        if name != inputs['accountName']
        and each['outputs'].get('primaryLocation') == location
        and each['id'].lower().startswith(begin)
    ]
    if len(near) >= ACCOUNTS_OF_A_REGION:
        raise refused(
            409,
            'MaxStorageAccountsCountPerSubscriptionExceeded',
            f'Subscription already contains {len(near)} storage accounts in location {location}.',
        )


def _outputs(world: World, inputs: Inputs) -> Properties:
    name = inputs['accountName']
    return {
        'primaryEndpoints': {
            part: f'https://{name}.{part}.core.windows.net/' for part in ('blob', 'dfs', 'file', 'queue', 'table')
        },
        'primaryLocation': location_of(world, inputs),
        'provisioningState': 'Succeeded',
    }


ACCOUNT = resource(
    'azure-native:storage:StorageAccount',
    key=_key,
    path=account_path,
    required=('accountName', 'kind', 'resourceGroupName', 'sku'),
    replaces=('accountName', 'isHnsEnabled', 'location', 'resourceGroupName'),
    wrong=named('accountName', r'[a-z0-9]{3,24}'),
    refuse=_refuse,
    outputs=_outputs,
    deleting=remove_with_everything_below,
)


def _refuse_settings(world: World, inputs: Inputs) -> None:
    owner = account(world, inputs)
    if inputs['blobServicesName'] != 'default':
        raise refused(400, 'InvalidResourceName', 'The blob service of an account is called default.')
    for key in ('deleteRetentionPolicy', 'containerDeleteRetentionPolicy'):
        policy = inputs.get(key) or {}
        if policy.get('enabled') and policy.get('days') not in DAYS:
            raise refused(400, 'InvalidXmlDocument', f'{key}: days must be between 1 and 365.')
    if inputs.get('isVersioningEnabled') and owner['inputs'].get('isHnsEnabled'):
        raise refused(
            400, 'FeatureNotSupportedForAccount', 'Versioning is not supported for an account with a namespace.'
        )


def _settings_path(world: World, inputs: Inputs) -> str:
    return f'{account_path(world, inputs)}/blobServices/{inputs["blobServicesName"]}'


BLOB_SETTINGS = resource(
    'azure-native:storage:BlobServiceProperties',
    # There is one, always. The provider writes over what it finds; here a second writer is refused, so that a plan in
    # which two resources set one account is noticed.
    key=lambda inputs: f'blobs {inputs["accountName"]}',
    path=_settings_path,
    required=('accountName', 'blobServicesName', 'resourceGroupName'),
    replaces=('accountName', 'blobServicesName', 'resourceGroupName'),
    refuse=_refuse_settings,
)


def _refuse_container(world: World, inputs: Inputs) -> None:
    owner = account(world, inputs)
    if inputs.get('publicAccess') not in {None, 'None'} and not owner['inputs'].get('allowBlobPublicAccess', True):
        raise refused(409, 'PublicAccessNotPermitted', 'Public access is not permitted on this storage account.')
    if (inputs.get('immutableStorageWithVersioning') or {}).get('enabled') and not blob_settings(
        world, inputs['accountName']
    ).get('isVersioningEnabled'):
        raise refused(409, 'VersioningNotEnabled', 'Immutable storage needs versioning on the account.')


def _container_path(world: World, inputs: Inputs) -> str:
    return f'{account_path(world, inputs)}/blobServices/default/containers/{inputs["containerName"]}'


CONTAINER = resource(
    'azure-native:storage:BlobContainer',
    key=lambda inputs: f'container {inputs["accountName"]}/{inputs["containerName"]}',
    path=_container_path,
    required=('accountName', 'containerName', 'resourceGroupName'),
    replaces=('accountName', 'containerName', 'resourceGroupName'),
    wrong=named('containerName', r'[a-z0-9][a-z0-9-]{1,61}[a-z0-9]', never='--'),
    refuse=_refuse_container,
    # With everything in it: Azure asks nobody.
    deleting=remove_with_everything_below,
)

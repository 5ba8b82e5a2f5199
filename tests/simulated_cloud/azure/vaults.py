"""Key vaults and the secrets in them. What is deleted keeps its name until somebody purges it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tests.simulated_cloud.azure.arm import ArmThing, remove_with_everything_below, resource
from tests.simulated_cloud.azure.lookups import location_of, parent, path_in_group, require_group, tenant
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs, Made
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

NAMESPACE: Final = 'Microsoft.KeyVault'
BYTES_OF_A_SECRET: Final = 25 * 1024
RETENTION: Final = range(7, 91)
"""Days that a deleted vault, or secret, is kept."""


def _key(inputs: Inputs) -> str:
    return f'vault {inputs["vaultName"].lower()}'


def _path(world: World, inputs: Inputs) -> str:
    return path_in_group(world, inputs, NAMESPACE, 'vaults', inputs['vaultName'])


def _bad(message: str) -> Exception:
    return refused(400, 'BadRequest', message)


def _refuse(world: World, inputs: Inputs) -> None:
    require_group(world, inputs, NAMESPACE)
    wanted = inputs['properties']
    if wanted['tenantId'] != tenant(world)['id']:
        raise _bad(f'The tenant {wanted["tenantId"]!r} is not that of the subscription.')
    if wanted.get('enablePurgeProtection') is False:
        raise _bad(
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is '
            'an irreversible action.'
        )
    if wanted.get('softDeleteRetentionInDays', 90) not in RETENTION:
        raise _bad('The property "softDeleteRetentionInDays" must be between 7 and 90.')
    if not wanted.get('enableRbacAuthorization') and wanted.get('accessPolicies') is None:
        raise _bad('The parameter accessPolicies is not specified.')
    there = world.get(_key(inputs))
    if there is None:
        return
    if there['id'].lower() != _path(world, inputs).lower():
        raise refused(409, 'VaultAlreadyExists', f'The vault name {inputs["vaultName"]!r} is already in use.')
    was = there['inputs']['properties']
    if was.get('enablePurgeProtection') and not wanted.get('enablePurgeProtection'):
        raise _bad('The property "enablePurgeProtection" cannot be taken back: purge protection is irreversible.')
    if was.get('softDeleteRetentionInDays', 90) != wanted.get('softDeleteRetentionInDays', 90):
        raise _bad('The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.')


class _Vault(ArmThing):
    """A vault, which may be there and deleted."""

    def create(self, world: World, inputs: Inputs) -> Made:
        require_group(world, inputs, NAMESPACE)
        deleted = world.get(f'deleted-{_key(inputs)}')
        recovers = inputs['properties'].get('createMode') == 'recover'
        if deleted is not None and not recovers:
            raise refused(
                409,
                'ConflictError',
                'A vault with the same name already exists in deleted state. You need to either recover or purge '
                'existing key vault.',
            )
        if recovers and deleted is None:
            raise refused(404, 'VaultNotFound', f'There is no deleted vault {inputs["vaultName"]!r} to recover.')
        made = super().create(world, inputs)
        if deleted is not None:
            world.remove(f'deleted-{_key(inputs)}')
            for key, secret in deleted['secrets'].items():
                world.put(key, secret)
        return made


def _shown(world: World, inputs: Inputs) -> Properties:
    address = f'https://{inputs["vaultName"]}.vault.azure.net/'
    return {
        'properties': {**inputs['properties'], 'vaultUri': address, 'provisioningState': 'Succeeded'},
        'location': location_of(world, inputs),
    }


def _delete(world: World, key: str, known: Inputs) -> None:
    _keep_name(world, key)
    remove_with_everything_below(world, key, known)


def _keep_name(world: World, key: str) -> None:
    there = world.get(key)
    if there is None:
        return
    name = key.partition(' ')[2]
    secrets = {f'secret {each}': thing for each, thing in world.of_kind('secret') if each.startswith(f'{name}/')}
    world.put(f'deleted-{key}', {'type': 'deleted', 'inputs': there['inputs'], 'outputs': {}, 'secrets': secrets})


def keep_names_of_vaults_below(world: World, group: str) -> None:
    """What becomes of the vaults of a resource group that is deleted."""
    there = world.get(group)
    for vault, thing in list(world.of_kind('vault')):
        if there is not None and thing['id'].lower().startswith(f'{there["id"]}/'.lower()):
            _keep_name(world, f'vault {vault}')


VAULT = resource(
    'azure-native:keyvault:Vault',
    as_kind=_Vault,
    key=_key,
    path=_path,
    required=('properties', 'resourceGroupName', 'vaultName'),
    replaces=('resourceGroupName', 'vaultName'),
    wrong=named('vaultName', r'[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]', never='--'),
    refuse=_refuse,
    shown=_shown,
    deleting=_delete,
)


def _secret_key(inputs: Inputs) -> str:
    return f'secret {inputs["vaultName"]}/{inputs["secretName"]}'.lower()


def _refuse_secret(world: World, inputs: Inputs) -> None:
    require_group(world, inputs, NAMESPACE)
    parent(world, _key(inputs), _path(world, inputs))
    if world.get(f'deleted-{_secret_key(inputs)}') is not None:
        raise refused(
            409,
            'Conflict',
            f'Secret {inputs["secretName"]} is currently in a deleted but recoverable state, and its name cannot be '
            'reused; in this state, the secret can only be recovered or purged.',
        )
    size = len(str(inputs['properties'].get('value') or '').encode())
    if not 1 <= size <= BYTES_OF_A_SECRET:
        raise _bad(f'The value of a secret has between 1 and {BYTES_OF_A_SECRET} bytes, not {size}.')


def _secret_path(world: World, inputs: Inputs) -> str:
    return f'{_path(world, inputs)}/secrets/{inputs["secretName"]}'


def _secret_shown(world: World, inputs: Inputs) -> Properties:
    address = f'https://{inputs["vaultName"]}.vault.azure.net/secrets/{inputs["secretName"]}'
    told = {key: value for key, value in inputs['properties'].items() if key != 'value'}
    # A version for each write. The value is never told.
    version = f'{world.next_number():032x}'
    return {'properties': {**told, 'secretUri': address, 'secretUriWithVersion': f'{address}/{version}'}}


def _delete_secret(world: World, key: str, _: Inputs) -> None:
    there = world.get(key)
    if there is not None:
        world.put(f'deleted-{key}', {'type': 'deleted', 'inputs': {}, 'outputs': {}})
        world.remove(key)


def _wrong_secret(inputs: Inputs) -> Iterable[tuple[str, str]]:
    yield from named('secretName', r'[A-Za-z0-9-]{1,127}')(inputs)
    properties: Any = inputs.get('properties')
    if isinstance(properties, dict) and not properties.get('value'):
        yield 'properties', 'a secret without a value'


SECRET = resource(
    'azure-native:keyvault:Secret',
    key=_secret_key,
    path=_secret_path,
    required=('properties', 'resourceGroupName', 'secretName', 'vaultName'),
    replaces=('resourceGroupName', 'secretName', 'vaultName'),
    wrong=_wrong_secret,
    refuse=_refuse_secret,
    shown=_secret_shown,
    deleting=_delete_secret,
)

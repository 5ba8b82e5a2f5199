"""Managed identities, and whose tokens may speak for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import remove_with_everything_below, resource
from tests.simulated_cloud.azure.lookups import (
    in_subscription,
    location_of,
    parent,
    path_in_group,
    require_group,
    tenant,
)
from tests.simulated_cloud.azure.principals import make_service_principal
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

TOKEN: Final = 'azure-native:managedidentity:UserAssignedIdentity'
NAMESPACE: Final = 'Microsoft.ManagedIdentity'
CREDENTIALS: Final = 20
CHARACTERS: Final = 600


def _name(inputs: Inputs) -> str:
    return f'{inputs["resourceGroupName"]}/{inputs["resourceName"]}'.lower()


def _key(world: World, inputs: Inputs) -> str:
    return in_subscription(world, f'identity {_name(inputs)}')


def _path(world: World, inputs: Inputs) -> str:
    return path_in_group(world, inputs, NAMESPACE, 'userAssignedIdentities', inputs['resourceName'])


def _refuse(world: World, inputs: Inputs) -> None:
    require_group(world, inputs, NAMESPACE)
    if not location_of(world, inputs):
        raise refused(400, 'LocationRequired', 'The location property is required for this definition.')


def _outputs(world: World, inputs: Inputs) -> Properties:
    made = make_service_principal(world, TOKEN, inputs['resourceName'])
    return {'principalId': made['objectId'], 'clientId': made['clientId'], 'tenantId': tenant(world)['id']}


def _delete(world: World, key: str, known: Inputs) -> None:
    _forget_principal(world, key)
    remove_with_everything_below(world, key, known)


def _forget_principal(world: World, key: str) -> None:
    there = world.get(key)
    if there is not None:
        world.remove(f'serviceprincipal {there["outputs"]["principalId"]}')


def forget_principals_below(world: World, group: str) -> None:
    """What becomes of the principals of identities in a resource group that is deleted."""
    begin = f'{group.partition(" ")[2]}/'
    for name, _ in list(world.of_kind('identity')):
        if name.startswith(begin):
            _forget_principal(world, f'identity {name}')


IDENTITY = resource(
    TOKEN,
    key=lambda inputs: f'identity {_name(inputs)}',
    local=True,
    path=_path,
    required=('resourceGroupName', 'resourceName'),
    replaces=('location', 'resourceGroupName', 'resourceName'),
    wrong=named('resourceName', r'[A-Za-z0-9][-\w]{2,127}'),
    refuse=_refuse,
    outputs=_outputs,
    deleting=_delete,
)


def _of(world: World, inputs: Inputs) -> Iterable[tuple[str, Mapping[str, Any]]]:
    begin = f'{_key(world, inputs).partition(" ")[2]}/'
    return [(name, each) for name, each in world.of_kind('credential') if name.startswith(begin)]


def _credential_key(inputs: Inputs) -> str:
    return f'credential {_name(inputs)}/{inputs["federatedIdentityCredentialResourceName"].lower()}'


def _refuse_credential(world: World, inputs: Inputs) -> None:
    require_group(world, inputs, NAMESPACE)
    parent(world, _key(world, inputs), _path(world, inputs))
    if len(inputs['audiences']) != 1:
        raise refused(400, 'BadRequest', 'The number of audiences of a federated identity credential must be 1.')
    for text in (inputs['issuer'], inputs['subject'], *inputs['audiences']):
        if not 1 <= len(text) <= CHARACTERS:
            raise refused(
                400, 'BadRequest', f'Issuer, subject and audience have between 1 and {CHARACTERS} characters.'
            )
    if not inputs['issuer'].startswith('https://'):
        raise refused(400, 'BadRequest', f'The issuer {inputs["issuer"]!r} is no https URL.')
    own = in_subscription(world, _credential_key(inputs))
    others = [each for name, each in _of(world, inputs) if f'credential {name}' != own]
    if len(others) >= CREDENTIALS:
        raise refused(
            400, 'BadRequest', f'Too many federated identity credentials: an identity has at most {CREDENTIALS}.'
        )
    if any(all(each['inputs'][key] == inputs[key] for key in ('issuer', 'subject')) for each in others):
        raise refused(409, 'Conflict', 'Issuer and subject combination already exists for this Managed Identity.')


def one_at_a_time(inputs: Inputs) -> str:
    """How a second write to the credentials of one identity is refused."""
    identity = f'{inputs["resourceGroupName"]}/{inputs["resourceName"]}'
    return str(
        refused(
            409,
            'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
            'Too many Federated Identity Credentials are written concurrently for the managed identity '
            f"'{identity}'. Concurrent Federated Identity Credentials writes under the same managed identity are not "
            'supported.',
        )
    )


def _credential_path(world: World, inputs: Inputs) -> str:
    name = inputs['federatedIdentityCredentialResourceName']
    return f'{_path(world, inputs)}/federatedIdentityCredentials/{name}'


CREDENTIAL = resource(
    'azure-native:managedidentity:FederatedIdentityCredential',
    key=_credential_key,
    local=True,
    path=_credential_path,
    required=(
        'audiences',
        'federatedIdentityCredentialResourceName',
        'issuer',
        'resourceGroupName',
        'resourceName',
        'subject',
    ),
    replaces=('federatedIdentityCredentialResourceName', 'resourceGroupName', 'resourceName'),
    wrong=named('federatedIdentityCredentialResourceName', r'[A-Za-z0-9][-\w]{2,119}'),
    refuse=_refuse_credential,
)

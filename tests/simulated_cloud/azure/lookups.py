"""What one thing of Azure asks of another, and how Azure refuses when it is not there."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.world import World

_NAMESPACE: Final = uuid.UUID('6f1d1d5e-0000-4000-8000-000000000000')


def made_up_id(*what: object) -> str:
    """An id that the cloud gives. Two runs of a test agree, and nobody outside can tell it beforehand."""
    return str(uuid.uuid5(_NAMESPACE, '|'.join(str(each) for each in what)))


def tenant(world: World) -> Mapping[str, Any]:
    """The tenant: `{id, domain, today, deployer}`, and the subscription of providers that are not told another, with the
    namespaces that are registered there: `{subscription, providers}`. `subscriptions` are the namespaces of the others.
    """
    found = world.get('tenant')
    if found is None:
        raise refused(401, 'InvalidAuthenticationToken', 'There is no tenant: nobody seeded this cloud.')
    return found


def subscription(world: World) -> str:
    """The subscription that the provider works in. Raises `Refused` for one that is not there."""
    told = str(world.settings.get('subscriptionId') or tenant(world)['subscription']).lower()
    _registered(world, told)
    return told


def _registered(world: World, subscription_: str) -> Collection[str]:
    """The namespaces that somebody registered in a subscription."""
    there = tenant(world)
    known: dict[str, Collection[str]] = {there['subscription']: there['providers'], **there.get('subscriptions', {})}
    if subscription_ not in known:
        raise refused(404, 'SubscriptionNotFound', f'The subscription {subscription_!r} could not be found.')
    return known[subscription_]


def subscription_path(world: World) -> str:
    """`/subscriptions/<id>`."""
    return f'/subscriptions/{subscription(world)}'


def in_subscription(world: World, key: str, subscription_: str | None = None) -> str:
    """The key of a thing whose name is not the whole world's: readable in the tenant's first subscription."""
    there = subscription_ or subscription(world)
    kind, _, name = key.partition(' ')
    return key if there == tenant(world)['subscription'] else f'{kind} {there}/{name}'


def group_path(world: World, name: str) -> str:
    """The id of a resource group."""
    return f'{subscription_path(world)}/resourceGroups/{name}'


def path_in_group(world: World, inputs: Inputs, *rest: str) -> str:
    """The id of something in the resource group that its inputs name."""
    return '/'.join((group_path(world, inputs['resourceGroupName']), 'providers', *rest))


def group_key(world: World, inputs: Inputs) -> str:
    """The key of the resource group that inputs name. Names of groups compare without case."""
    return in_subscription(world, f'resourcegroup {inputs["resourceGroupName"].lower()}')


def require_namespace(world: World, namespace: str) -> None:
    """Raises `Refused` when nobody registered a namespace in the subscription."""
    if namespace not in _registered(world, subscription(world)):
        raise refused(
            409,
            'MissingSubscriptionRegistration',
            f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for "
            'how to register subscriptions.',
        )


def require_group(world: World, inputs: Inputs, namespace: str) -> Mapping[str, Any]:
    """The resource group, for a type of a namespace. Raises `Refused` when either is not there."""
    require_namespace(world, namespace)
    found = world.get(group_key(world, inputs))
    if found is None:
        raise refused(
            404, 'ResourceGroupNotFound', f"Resource group '{inputs['resourceGroupName']}' could not be found."
        )
    return found


def location_of(world: World, inputs: Inputs) -> str:
    """Where a thing is: the provider takes the group's location when none is given."""
    group = world.get(group_key(world, inputs))
    return str(inputs.get('location') or (group['inputs']['location'] if group else ''))


def parent(world: World, key: str, path: str) -> Mapping[str, Any]:
    """The thing that another one is in, which must be at `path`. Raises `Refused`."""
    found = world.get(key)
    if found is None or found['id'].lower() != path.lower():
        raise refused(
            404,
            'ParentResourceNotFound',
            f"Failed to perform 'write' on resource(s) because the parent resource '{path}' could not be found.",
        )
    return found


# Scopes ---------------------------------------------------------------------------------------------------

_IN_A_GROUP: Final[Mapping[tuple[str, ...], str]] = {
    ('microsoft.storage', 'storageaccounts'): 'storage {1}',
    ('microsoft.storage', 'storageaccounts', 'blobservices', 'containers'): 'container {1}/{3}',
    ('microsoft.keyvault', 'vaults'): 'vault {1}',
    ('microsoft.keyvault', 'vaults', 'secrets'): 'secret {1}/{2}',
    ('microsoft.containerregistry', 'registries'): 'registry {1}',
    ('microsoft.managedidentity', 'userassignedidentities'): 'identity {0}/{1}',
}
"""Keys of what may be a scope: 0 is the resource group, then come the names in the path."""

_OF_A_GROUP: Final = 'identity '
"""What has a name that is unique in its resource group only."""


def require_scope(world: World, scope: str) -> None:
    """Raises `Refused` unless there is something at a scope, whole and with the resource group that it names."""
    there = thing_at(world, scope)
    if there is None:
        raise refused(404, 'ResourceNotFound', f"The resource at scope '{scope}' was not found.")


def thing_at(world: World, scope: str) -> Mapping[str, Any] | None:
    """What is at a scope, None when there is nothing."""
    parts = scope.strip('/').lower().split('/')
    if len(parts) % 2 or not scope.startswith('/'):
        raise refused(400, 'InvalidScope', f"The scope '{scope}' is not valid.")
    if parts[:1] == ['subscriptions']:
        _registered(world, parts[1])
    group = parts[3] if parts[2:3] == ['resourcegroups'] else ''
    if len(parts) <= len(('subscriptions', '', 'resourcegroups', '')):
        return world.get(in_subscription(world, f'resourcegroup {group}', parts[1])) if group else world.get('tenant')
    namespace, rest = parts[5], parts[6:]
    key = _IN_A_GROUP.get((namespace, *rest[::2]))
    key = key.format(group, *rest[1::2]) if key else ''
    if key.startswith(_OF_A_GROUP):
        key = in_subscription(world, key, parts[1])
    found = world.get(key)
    # A container of the same name in another group is another one.
    return found if found is not None and str(found['id']).lower() == scope.lower() else None

"""How Azure's resource ids are spelt. They are known while planning, so that a reviewer sees where a grant is."""

from __future__ import annotations


def subscription_scope(subscription: str) -> str:
    """`/subscriptions/<id>`."""
    return f'/subscriptions/{subscription}'


def subscription_of(scope: str) -> str | None:
    """The subscription that a resource id lies in, None when it lies in none."""
    steps = scope.lower().split('/')
    return steps[2] if steps[:2] == ['', 'subscriptions'] and len(steps) > len(('', 'subscriptions')) else None


def group_scope(subscription: str, resource_group: str) -> str:
    """A resource group."""
    return f'{subscription_scope(subscription)}/resourceGroups/{resource_group}'


def within(scope: str, provider: str, *steps: str) -> str:
    """Something of a resource provider in a resource group: `within(group, 'Microsoft.KeyVault', 'vaults', 'v')`."""
    return '/'.join((scope, 'providers', provider, *steps))


def account_scope(resource_group: str, account: str) -> str:
    """A storage account."""
    return within(resource_group, 'Microsoft.Storage', 'storageAccounts', account)


def container_scope(account: str, container: str) -> str:
    """A container of a storage account."""
    return f'{account}/blobServices/default/containers/{container}'


def vault_scope(resource_group: str, vault: str) -> str:
    """A key vault."""
    return within(resource_group, 'Microsoft.KeyVault', 'vaults', vault)


def secret_scope(vault: str, secret: str) -> str:
    """A secret of a key vault."""
    return f'{vault}/secrets/{secret}'


def registry_scope(resource_group: str, registry: str) -> str:
    """A container registry."""
    return within(resource_group, 'Microsoft.ContainerRegistry', 'registries', registry)


def identity_scope(resource_group: str, identity: str) -> str:
    """A user-assigned identity."""
    return within(resource_group, 'Microsoft.ManagedIdentity', 'userAssignedIdentities', identity)


def role_definition_id(subscription: str, guid: str) -> str:
    """A role definition as an assignment names it."""
    return within(subscription_scope(subscription), 'Microsoft.Authorization', 'roleDefinitions', guid)

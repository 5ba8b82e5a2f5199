"""On Azure one thing names another by its name or by its whole path: whatever does must come after it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from cpg_infra.plan import Plan, Resource
from tests.conformance.checker import registered
from tests.conformance.organisations import with_every_option_on_azure
from tests.end_to_end.organisations import lantern
from tests.end_to_end.test_order import coming_before

IN_A_GROUP: Final = 'resourceGroupName'

NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    'azure-native:resources:ResourceGroup': (IN_A_GROUP,),
    'azure-native:storage:StorageAccount': ('accountName',),
    'azure-native:storage:BlobContainer': ('accountName', 'containerName'),
    'azure-native:keyvault:Vault': ('vaultName',),
    'azure-native:managedidentity:UserAssignedIdentity': (IN_A_GROUP, 'resourceName'),
}
"""The inputs that name a thing: in its own inputs, and in those of whatever lies in it."""

OTHER_WORDS: Final = {'cpg:azure:Blob': {'account': 'accountName', 'container': 'containerName'}}

PATHS: Final[Mapping[str, str]] = {
    'azure-native:resources:ResourceGroup': '',
    'azure-native:storage:StorageAccount': '/providers/Microsoft.Storage/storageAccounts/{accountName}',
    'azure-native:storage:BlobContainer': (
        '/providers/Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}'
    ),
    'azure-native:keyvault:Vault': '/providers/Microsoft.KeyVault/vaults/{vaultName}',
    'azure-native:keyvault:Secret': '/providers/Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}',
    'azure-native:containerregistry:Registry': '/providers/Microsoft.ContainerRegistry/registries/{registryName}',
    'azure-native:managedidentity:UserAssignedIdentity': (
        '/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}'
    ),
    'azure-native:authorization:RoleDefinition': '/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}',
}
"""Where a thing is, below its resource group; of a role, below the scope that it is defined at."""


def named_too_early(plan: Plan) -> Iterator[tuple[str, str]]:
    """Resources, and those that they name without coming after them."""
    subscription = beginnings(next(text for each in registered(plan) for text in texts(each.inputs)))[1]
    by_path = {path_of(each, subscription).lower(): each.name for each in registered(plan) if each.type in PATHS}
    by_name = {
        (keys, tuple(each.inputs[key] for key in keys)): each.name
        for each in registered(plan)
        if (keys := NAMED_BY.get(each.type)) is not None
    }
    for resource in registered(plan):
        if resource.type.startswith(('azure-native:', 'cpg:azure:')):
            named = {by_path[path] for text in texts(resource.inputs) for path in beginnings(text) if path in by_path}
            words = OTHER_WORDS.get(resource.type, {})
            inputs = {words.get(key, key): value for key, value in resource.inputs.items()}
            named |= {name for (keys, values), name in by_name.items() if tuple(map(inputs.get, keys)) == values}
            before = coming_before(plan, resource)
            yield from ((resource.name, name) for name in sorted(named - before - {resource.name}))


def path_of(resource: Resource, subscription: str) -> str:
    begin = resource.inputs.get('scope') or f'{subscription}/resourceGroups/{resource.inputs[IN_A_GROUP]}'
    return f'{begin}{PATHS[resource.type].format_map(resource.inputs)}'


def texts(value: Any) -> Iterator[str]:
    """Every text in a value that is a path."""
    if isinstance(value, str) and value.startswith('/subscriptions/'):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


@cache
def beginnings(path: str) -> tuple[str, ...]:
    """The path of a thing and of everything that it lies in."""
    parts = path.lower().split('/')
    return tuple('/'.join(parts[:end]) for end in range(2, len(parts) + 1))


def test_a_thing_on_azure_is_made_before_whatever_names_it() -> None:
    for plan in (lantern(), with_every_option_on_azure()):
        assert list(named_too_early(plan)) == []


def test_every_dependency_that_a_name_or_a_path_asks_for_is_noticed_when_it_is_missing() -> None:
    plan = with_every_option_on_azure()
    alone = dataclasses.replace(
        plan, resources=tuple(dataclasses.replace(each, depends_on=()) for each in plan.resources)
    )
    found = {
        (alone.resource_by_name[name].type, alone.resource_by_name[needed].type)
        for name, needed in named_too_early(alone)
    }
    kinds = {needed for _, needed in found}
    assert kinds == PATHS.keys()
    assert ('cpg:azure:Blob', 'azure-native:storage:BlobContainer') in found
    assert (
        'azure-native:managedidentity:FederatedIdentityCredential',
        'azure-native:managedidentity:UserAssignedIdentity',
    ) in found
    assert ('azure-native:authorization:RoleAssignment', 'azure-native:authorization:RoleDefinition') in found
    assert ('azure-native:storage:ManagementPolicy', 'azure-native:storage:StorageAccount') in found

"""What there was on Azure before the first deployment, from a list."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.simulated_cloud.azure.eligibility import policy_name_key
from tests.simulated_cloud.azure.groups import RESOURCE_GROUP
from tests.simulated_cloud.azure.principals import make_application, make_service_principal, make_user
from tests.simulated_cloud.azure.registries import REGISTRY
from tests.simulated_cloud.azure.storage import ACCOUNT, CONTAINER, account_path
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.world import World


def seed_azure(folder: Path, made: Mapping[str, Any]) -> None:
    """Begin the cloud with a tenant, people, applications, and what groups of resources hold."""
    with Journal(folder / 'azure.jsonl').transaction() as transaction:
        world = World(transaction)
        deployer = make_service_principal(world, 'by hand', 'deployer')
        world.put('tenant', {'type': 'by hand', 'deployer': deployer['objectId'], **made['tenant']})
        for user in made['users']:
            make_user(world, user, user)
        for address in made.get('guests', ()):
            make_user(world, f'{address.replace("@", "_")}#EXT#@{made["tenant"]["domain"]}', address, 'Guest')
        for name in made.get('applications', ()):
            make_application(world, name)
        for name, object_id in made.get('service_principals', {}).items():
            make_service_principal(world, 'by hand', name, object_id)
        for name in made.get('taken', ()):
            # Whoever has it: the names of accounts, vaults and registries are the whole world's.
            for kind in ('storage', 'vault', 'registry'):
                world.put(f'{kind} {name}', {'type': 'by hand', 'id': '', 'inputs': {}, 'outputs': {}})
        for group in made.get('group', ()):
            _make_group(world, group)
        for policy in made.get('role_policy', ()):
            group_name, account, container = policy['container'].split('/')
            owner = account_path(world, {'resourceGroupName': group_name, 'accountName': account})
            scope = f'{owner}/blobServices/default/containers/{container}'
            world.put(policy_name_key(scope, policy['role']), {'type': 'by hand', 'name': policy['name']})


def _make_group(world: World, group: Mapping[str, Any]) -> None:
    of_group = {'resourceGroupName': group['name'], 'location': group['location']}
    RESOURCE_GROUP.create(world, of_group)
    for name, containers in group.get('accounts', {}).items():
        sku, of_account = {'name': 'Standard_LRS'}, {'accountName': name}
        ACCOUNT.create(world, {**of_group, **of_account, 'sku': sku, 'kind': 'StorageV2'})
        for container in containers:
            CONTAINER.create(world, {'resourceGroupName': group['name'], **of_account, 'containerName': container})
    for registry in group.get('registries', ()):
        REGISTRY.create(world, {**of_group, 'registryName': registry, 'sku': {'name': 'Standard'}})

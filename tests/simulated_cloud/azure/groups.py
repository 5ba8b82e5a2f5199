"""Resource groups."""

from __future__ import annotations

from collections.abc import Iterable

from tests.simulated_cloud.azure.arm import remove_with_everything_below, resource
from tests.simulated_cloud.azure.identities import forget_principals_below
from tests.simulated_cloud.azure.lookups import group_path
from tests.simulated_cloud.azure.vaults import keep_names_of_vaults_below
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import World


def _wrong(inputs: Inputs) -> Iterable[tuple[str, str]]:
    yield from named('resourceGroupName', r'[-\w().]{0,89}[-\w()]')(inputs)
    if not inputs.get('location'):
        yield 'location', "Missing required property 'location': the provider has no default"


def _delete(world: World, key: str, known: Inputs) -> None:
    forget_principals_below(world, key)
    keep_names_of_vaults_below(world, key)
    remove_with_everything_below(world, key, known)


RESOURCE_GROUP = resource(
    'azure-native:resources:ResourceGroup',
    key=lambda inputs: f'resourcegroup {inputs["resourceGroupName"].lower()}',
    local=True,
    path=lambda world, inputs: group_path(world, inputs['resourceGroupName']),
    required=('resourceGroupName',),
    replaces=('resourceGroupName', 'location'),
    wrong=_wrong,
    deleting=_delete,
)

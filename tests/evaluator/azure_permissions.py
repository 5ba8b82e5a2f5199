"""Which calls on Azure do what, on each kind of thing, and what they take.

Blobs: table "Permissions for Blob service operations" of "Authorize with Microsoft Entra ID" in the storage services'
REST reference. An ability counts when one of its calls is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.evaluator.azure_conditions import Call
from tests.evaluator.azure_roles import BLOB, CONTAINER, IDENTITY, REGISTRY, VAULT, WORKSPACE
from tests.evaluator.words import Ability, Can


@dataclass(frozen=True, slots=True)
class Way:
    """One call that does something; `data` when it is on the contents of a thing."""

    ability: Ability
    call: Call
    data: bool


def _control(can: Can, action: str, part: str = '') -> Way:
    return Way(Ability(part, can), Call(action), data=False)


def _data(can: Can, action: str, suboperation: str = '', part: str = '') -> Way:
    return Way(Ability(part, can), Call(action, suboperation), data=True)


BUCKET: Final = (
    _control(Can.READ_METADATA, f'{CONTAINER}/read'),
    _data(Can.LIST, f'{BLOB}/read', 'Blob.List'),
    _data(Can.READ, f'{BLOB}/read'),
    # The first is enough for one small upload under a new name; whatever is uploaded in blocks takes the second.
    _data(Can.CREATE, f'{BLOB}/add/action'),
    _data(Can.CREATE, f'{BLOB}/write'),
    _data(Can.OVERWRITE, f'{BLOB}/write'),
    _data(Can.OVERWRITE, f'{BLOB}/write', 'Blob.Write.Tier', part='tier'),
    _data(Can.DELETE, f'{BLOB}/delete'),
    _data(Can.DELETE, f'{BLOB}/deleteBlobVersion/action', part='versions'),
    _data(Can.DELETE, f'{BLOB}/permanentDelete/action', part='versions'),
    _data(Can.OVERWRITE, f'{BLOB}/tags/write', part='tags'),
    _control(Can.READ_METADATA, 'Microsoft.Authorization/roleAssignments/read', part='policy'),
    _control(Can.ADMINISTER, f'{CONTAINER}/write'),
    _control(Can.ADMINISTER, f'{CONTAINER}/delete'),
    _control(Can.ADMINISTER, 'Microsoft.Storage/storageAccounts/listKeys/action'),
    _control(Can.ADMINISTER, 'Microsoft.Authorization/roleAssignments/write'),
    _data(Can.ADMINISTER, f'{BLOB}/modifyPermissions/action'),
    _data(Can.ADMINISTER, f'{BLOB}/manageOwnership/action'),
)

REGISTRIES: Final = (
    _control(Can.READ_METADATA, f'{REGISTRY}/read'),
    _control(Can.LIST, f'{REGISTRY}/pull/read'),
    _control(Can.READ, f'{REGISTRY}/pull/read'),
    # Images that wait for a scan.
    _control(Can.LIST, f'{REGISTRY}/quarantine/read'),
    _control(Can.READ, f'{REGISTRY}/quarantine/read'),
    _control(Can.CREATE, f'{REGISTRY}/push/write'),
    _control(Can.OVERWRITE, f'{REGISTRY}/push/write'),
    _control(Can.DELETE, f'{REGISTRY}/artifacts/delete'),
    _control(Can.ADMINISTER, f'{REGISTRY}/write'),
    _control(Can.ADMINISTER, f'{REGISTRY}/listCredentials/action'),
)

SECRETS: Final = (
    _data(Can.READ, f'{VAULT}/secrets/getSecret/action'),
    _data(Can.READ_METADATA, f'{VAULT}/secrets/readMetadata/action'),
    _data(Can.CREATE, f'{VAULT}/secrets/setSecret/action'),
    _data(Can.DELETE, f'{VAULT}/secrets/delete'),
)

ACCOUNTS: Final = (
    _control(Can.READ_METADATA, f'{IDENTITY}/read'),
    _control(Can.ACT_AS, f'{IDENTITY}/assign/action'),
    _control(Can.ADMINISTER, f'{IDENTITY}/federatedIdentityCredentials/write'),
    _control(Can.ADMINISTER, f'{IDENTITY}/write'),
)

PROJECT: Final = (
    _control(Can.READ_METADATA, 'Microsoft.Resources/subscriptions/resourceGroups/read'),
    _control(Can.ADMINISTER, 'Microsoft.Resources/subscriptions/resourceGroups/delete'),
    _control(Can.READ_METADATA, 'Microsoft.Authorization/roleAssignments/read', part='policy'),
    _control(Can.ADMINISTER, 'Microsoft.Authorization/roleAssignments/write', part='policy'),
    _control(Can.READ_METADATA, 'Microsoft.Authorization/roleDefinitions/read', part='roles'),
    _control(Can.READ_METADATA, 'Microsoft.Compute/virtualMachines/read', part='machines'),
    _control(Can.ADMINISTER, 'Microsoft.Compute/virtualMachines/write', part='machines'),
    _control(Can.READ_METADATA, 'Microsoft.Insights/metrics/read', part='monitoring'),
    _control(Can.READ_METADATA, f'{WORKSPACE}/search/action', part='logs'),
)

WAYS: Final[dict[str, tuple[Way, ...]]] = {
    'bucket': BUCKET,
    'registry': REGISTRIES,
    'secret': SECRETS,
    'machine-account': ACCOUNTS,
    'project': PROJECT,
}
"""By kind of thing."""

"""What built-in roles of Azure hold, by id, as Microsoft publishes them.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles: as far as a permission bears on what is
asked here. Roles are known by id, never by name: names change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from tests.evaluator.resources import text
from tests.evaluator.words import Plain

CONTAINER: Final = 'Microsoft.Storage/storageAccounts/blobServices/containers'
BLOB: Final = f'{CONTAINER}/blobs'
REGISTRY: Final = 'Microsoft.ContainerRegistry/registries'
VAULT: Final = 'Microsoft.KeyVault/vaults'
IDENTITY: Final = 'Microsoft.ManagedIdentity/userAssignedIdentities'
WORKSPACE: Final = 'Microsoft.OperationalInsights/workspaces'


@dataclass(frozen=True, slots=True)
class Permissions:
    """One entry of a role: what it allows, less what it leaves out. Another entry may allow that again."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def allows(self, action: str, *, data: bool) -> bool:
        """Whether this entry allows an action; `data` for one on the contents of a thing."""
        allowed, left_out = (self.data_actions, self.not_data_actions) if data else (self.actions, self.not_actions)
        return _any(allowed, action) and not _any(left_out, action)


Role = tuple[Permissions, ...]


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


BUILT_IN: Final[Mapping[str, Role]] = {
    # Storage Blob Data Reader
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': (
        Permissions(
            actions=(
                f'{CONTAINER}/read',
                'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
            ),
            data_actions=(f'{BLOB}/read',),
        ),
    ),
    # Storage Blob Data Contributor
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe': (
        Permissions(
            actions=(
                f'{CONTAINER}/delete',
                f'{CONTAINER}/read',
                f'{CONTAINER}/write',
                'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
            ),
            data_actions=(
                f'{BLOB}/delete',
                f'{BLOB}/read',
                f'{BLOB}/write',
                f'{BLOB}/move/action',
                f'{BLOB}/add/action',
            ),
        ),
    ),
    # Storage Blob Data Owner
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': (
        Permissions(
            actions=(
                f'{CONTAINER}/*',
                'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
            ),
            data_actions=(f'{BLOB}/*',),
        ),
    ),
    # Reader
    'acdd72a7-3385-48ef-bd42-f606fba81ae7': (Permissions(actions=('*/read',)),),
    # Contributor
    'b24988ac-6180-42a0-ab88-20f7382dd24c': (
        Permissions(
            actions=('*',),
            not_actions=(
                'Microsoft.Authorization/*/Delete',
                'Microsoft.Authorization/*/Write',
                'Microsoft.Authorization/elevateAccess/Action',
            ),
        ),
    ),
    # Owner
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': (Permissions(actions=('*',)),),
    # Monitoring Reader
    '43d0d8ad-25c7-4714-9337-8ba259a9fe05': (
        Permissions(actions=('*/read', f'{WORKSPACE}/search/action', 'Microsoft.Support/*')),
    ),
    # Log Analytics Reader
    '73c42c96-874c-492b-b04d-ab87d138a893': (
        Permissions(
            actions=(
                '*/read',
                f'{WORKSPACE}/analytics/query/action',
                f'{WORKSPACE}/search/action',
                'Microsoft.Support/*',
            ),
            not_actions=(f'{WORKSPACE}/sharedKeys/read',),
        ),
    ),
    # AcrPull
    '7f951dda-4ed3-4680-a7ca-43fe172d538d': (Permissions(actions=(f'{REGISTRY}/pull/read',)),),
    # AcrPush
    '8311e382-0749-4cb8-b61a-304f252e45ec': (Permissions(actions=(f'{REGISTRY}/pull/read', f'{REGISTRY}/push/write')),),
    # Key Vault Secrets User
    '4633458b-17de-408a-b874-0445c86b69e6': (
        Permissions(data_actions=(f'{VAULT}/secrets/getSecret/action', f'{VAULT}/secrets/readMetadata/action')),
    ),
    # Key Vault Secrets Officer
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': (
        Permissions(
            actions=(f'{VAULT}/read', f'{VAULT}/secrets/read'),
            data_actions=(f'{VAULT}/secrets/*',),
        ),
    ),
    # Managed Identity Operator
    'f1a07417-d97a-45cb-824c-7a7467783830': (
        Permissions(
            actions=(
                f'{IDENTITY}/*/read',
                f'{IDENTITY}/read',
                f'{IDENTITY}/*/assign/action',
                f'{IDENTITY}/assign/action',
            )
        ),
    ),
    # Managed Identity Contributor
    'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59': (
        Permissions(
            actions=(
                f'{IDENTITY}/read',
                f'{IDENTITY}/write',
                f'{IDENTITY}/delete',
                f'{IDENTITY}/federatedIdentityCredentials/*',
            )
        ),
    ),
}


def declared(inputs: Mapping[str, Plain]) -> Role:
    """A role that the organisation declares, from the inputs of its definition."""
    return tuple(
        Permissions(
            *(
                tuple(text(each) for each in entry.get(key) or ())
                for key in ('actions', 'notActions', 'dataActions', 'notDataActions')
            ),
        )
        for entry in inputs['permissions']
    )

"""The role catalogue of Azure.

Built-in roles are looked up by id: roles get renamed, ids do not
(https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). Our own are defined once per
organisation and assignable in its subscriptions. What each allows per call of the blob service is at
https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction.azure.conditions import BLOBS, LIST_ONLY, NO_TIER_CHANGE
from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.plan.roles import AccountRole, BucketRole, ProjectRole, RegistryRole, Role, SecretRole

CONTAINERS: Final = 'Microsoft.Storage/storageAccounts/blobServices/containers'

NAMESPACE: Final = uuid.UUID('5d2c7e6c-0c57-5c0f-9a53-6a1f3c1d6a0e')
"""Names of role definitions and assignments are UUIDs of version 5 below this one. Never to be changed."""


def guid(*parts: str) -> str:
    """The UUID of a thing that Azure names by one."""
    return str(uuid.uuid5(NAMESPACE, '|'.join(parts)))


@dataclass(frozen=True, slots=True)
class AzureRole(CloudRole):
    """A role of Azure.

    `slug` is its part of a logical name, `id` the GUID of a built-in role (a custom one's follows from its slug),
    `permissions` the data actions and `actions`, less `not_actions`, the others of a custom role; `condition` narrows
    each assignment.
    """

    slug: str = ''
    id: str = ''
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    condition: str | None = None


def _built_in(name: str, id_: str, note: str | None = None) -> AzureRole:
    return AzureRole(name, note=note, slug=name.lower().replace(' ', '-'), id=id_)


def _for_blobs(slug: str, name: str, permissions: tuple[str, ...], condition: str | None = None) -> AzureRole:
    return AzureRole(
        name,
        custom=True,
        permissions=permissions,
        slug=slug,
        actions=(f'{CONTAINERS}/read',),
        condition=condition,
    )


def _for_projects(
    slug: str, name: str, *actions: str, less: tuple[str, ...] = (), note: str | None = None
) -> AzureRole:
    return AzureRole(name, custom=True, note=note, slug=slug, actions=actions, not_actions=less)


_READ, _ADD, _WRITE = f'{BLOBS}/read', f'{BLOBS}/add/action', f'{BLOBS}/write'
_DELETE, _MOVE = f'{BLOBS}/delete', f'{BLOBS}/move/action'

LISTER: Final = _for_blobs('storage-lister', 'storage lister', (_READ,), LIST_ONLY)
CREATOR: Final = _for_blobs('storage-creator', 'storage viewer and creator', (_READ, _ADD, _WRITE), NO_TIER_CHANGE)
"""Staged uploads (Hail, SDKs) need `write` also for a new blob. Without `delete` nobody in the role can remove the
version that an overwrite leaves."""
STRICT_CREATOR: Final = _for_blobs('storage-strict-creator', 'storage viewer and strict creator', (_READ, _ADD))
"""Adding alone, for organisations whose programs upload each file in one request. It holds for block blobs: more can be
appended to an append blob with it."""
MUTATOR: Final = _for_blobs('storage-mutator', 'storage object mutator', (_READ, _WRITE, _DELETE, _ADD, _MOVE))
"""The built-in contributor could delete the container."""

READER: Final = _built_in('Storage Blob Data Reader', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1')

_RESOURCE_GROUP = 'Microsoft.Resources/subscriptions/resourceGroups/read'
_REGISTRIES = 'Microsoft.ContainerRegistry/registries'
_WORKSPACES = 'Microsoft.OperationalInsights/workspaces'

VIEWER: Final = _for_projects(
    'resource-viewer',
    'viewer of resources, logs and monitoring',
    '*/read',
    f'{_WORKSPACES}/analytics/query/action',
    f'{_WORKSPACES}/search/action',
    less=(f'{_REGISTRIES}/pull/read', f'{_REGISTRIES}/quarantine/read', f'{_WORKSPACES}/sharedKeys/read'),
    note='shows the configuration, role assignments and budgets of the resource group',
)
"""Every built-in role that reads logs reads `*`, and for a registry reading is pulling its images."""
ROLE_VIEWER: Final = _for_projects('role-viewer', 'viewer of roles', 'Microsoft.Authorization/*/read', _RESOURCE_GROUP)
BROWSER: Final = _for_projects('browser', 'browser', _RESOURCE_GROUP)

CUSTOM_ROLES: Final = (LISTER, CREATOR, STRICT_CREATOR, MUTATOR, VIEWER, ROLE_VIEWER, BROWSER)
"""What the organisation defines, as far as it uses it."""

AZURE_ROLES: Final[dict[Role, AzureRole]] = {
    BucketRole.LIST: LISTER,
    BucketRole.READ: READER,
    BucketRole.APPEND: CREATOR,
    BucketRole.MUTATE: MUTATOR,
    ProjectRole.LIST_BUCKETS: LISTER,
    ProjectRole.VIEW_COMPUTE: VIEWER,
    ProjectRole.VIEW_LOGS: VIEWER,
    ProjectRole.VIEW_MONITORING: VIEWER,
    ProjectRole.VIEW_ROLES: ROLE_VIEWER,
    ProjectRole.BROWSE: BROWSER,
    AccountRole.ACT_AS: _built_in(
        'Managed Identity Operator',
        'f1a07417-d97a-45cb-824c-7a7467783830',
        'for services that run as the identity; people cannot make tokens of it',
    ),
    SecretRole.READ: _built_in('Key Vault Secrets User', '4633458b-17de-408a-b874-0445c86b69e6'),
    RegistryRole.READ: _built_in('AcrPull', '7f951dda-4ed3-4680-a7ca-43fe172d538d'),
    RegistryRole.WRITE: _built_in('AcrPush', '8311e382-0749-4cb8-b61a-304f252e45ec', 'includes pulling'),
}
"""Roles that are not here Azure does not have."""


def role_for(role: Role, *, strict_append: bool) -> AzureRole:
    """The role of Azure for one of ours, in an organisation that appends strictly or not."""
    return STRICT_CREATOR if strict_append and role is BucketRole.APPEND else AZURE_ROLES[role]

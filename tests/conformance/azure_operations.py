"""Operations of Azure that a role can allow, by the names under which the services publish them.

Source: "Azure permissions for Storage", section Microsoft.Storage, of the documentation of Azure RBAC
(https://learn.microsoft.com/azure/role-based-access-control/permissions/storage), as of February 2026: what lies at
and below `storageAccounts/blobServices/containers`. Of registries (`permissions/containers`), workspaces of Log
Analytics (`permissions/monitor`) and resource groups (`permissions/management-and-governance`): what says whether
images, keys, logs and the group itself can be read. The suboperations that a condition can name: "Actions and
attributes for Azure role assignment conditions for Azure Blob Storage"
(https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes).
"""

from __future__ import annotations

from typing import Final

_CONTAINERS: Final = 'Microsoft.Storage/storageAccounts/blobServices/containers'

_REGISTRIES: Final = 'Microsoft.ContainerRegistry/registries'
_WORKSPACES: Final = 'Microsoft.OperationalInsights/workspaces'

ACTIONS: Final = frozenset(
    {
        '*/read',
        'Microsoft.Authorization/*/read',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
        f'{_REGISTRIES}/pull/read',
        f'{_REGISTRIES}/quarantine/read',
        f'{_REGISTRIES}/read',
        f'{_WORKSPACES}/analytics/query/action',
        f'{_WORKSPACES}/read',
        f'{_WORKSPACES}/search/action',
        f'{_WORKSPACES}/sharedKeys/read',
    },
) | frozenset(
    f'{_CONTAINERS}/{each}'
    for each in (
        'clearLegalHold/action',
        'delete',
        'getAcl/action',
        'immutabilityPolicies/delete',
        'immutabilityPolicies/extend/action',
        'immutabilityPolicies/lock/action',
        'immutabilityPolicies/read',
        'immutabilityPolicies/write',
        'lease/action',
        'migrate/action',
        'read',
        'setAcl/action',
        'setLegalHold/action',
        'write',
    )
)
"""On the resource manager; the two wildcards are those of built-in roles, which grow with the services."""

DATA_ACTIONS: Final = frozenset(
    f'{_CONTAINERS}/blobs/{each}'
    for each in (
        'add/action',
        'delete',
        'deleteBlobVersion/action',
        'filter/action',
        'immutableStorage/runAsSuperUser/action',
        'manageOwnership/action',
        'modifyPermissions/action',
        'move/action',
        'permanentDelete/action',
        'read',
        'runAsSuperUser/action',
        'tags/read',
        'tags/write',
        'write',
    )
)
"""On the blobs themselves."""

SUB_OPERATIONS: Final = frozenset({'Blob.List', 'Blob.Write.Tier', 'Blob.Write.WithTagHeaders'})
"""Those that are not deprecated."""

"""Operations of Azure's blob service that a role can allow, by the names under which the service publishes them.

Source: "Azure permissions for Storage", section Microsoft.Storage, of the documentation of Azure RBAC
(https://learn.microsoft.com/azure/role-based-access-control/permissions/storage), as of February 2026: what lies at
and below `storageAccounts/blobServices/containers`. The suboperations that a condition can name: "Actions and
attributes for Azure role assignment conditions for Azure Blob Storage"
(https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes).
"""

from __future__ import annotations

from typing import Final

_CONTAINERS: Final = 'Microsoft.Storage/storageAccounts/blobServices/containers'

ACTIONS: Final = frozenset(
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
"""On the resource manager."""

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

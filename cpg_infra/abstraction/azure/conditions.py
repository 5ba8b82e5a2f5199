"""Conditions of role assignments: what an assignment does not allow although its role does.

Grants add up on Azure: a condition narrows only the assignment that it is written in. The two here are made of the
documented examples of the actions "Read a blob" and "Sets the access tier"
(https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes).
"""

from __future__ import annotations

from typing import Final

BLOBS: Final = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

VERSION: Final = '2.0'
"""The only version there is."""

LIST_ONLY: Final = f"((!(ActionMatches{{'{BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})))"
"""Of all that reading a blob allows only listing."""

NO_TIER_CHANGE: Final = f"((!(ActionMatches{{'{BLOBS}/write'}} AND SubOperationMatches{{'Blob.Write.Tier'}})))"
"""Writing, but for moving a blob to another tier: archived blobs cannot be read."""

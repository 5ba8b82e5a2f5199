"""The built-in roles that this cloud knows, and whether they reach data. Source: Azure built-in roles."""

from __future__ import annotations

from typing import Final

BUILTIN: Final = {
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
    'db58b8e5-c6ad-4a2a-8342-4190687cbf4a': 'Storage Blob Delegator',
    '17d1049b-9a84-46fb-8f53-869881c3d3ab': 'Storage Account Contributor',
    'acdd72a7-3385-48ef-bd42-f606fba81ae7': 'Reader',
    'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': 'Owner',
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9': 'User Access Administrator',
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168': 'Role Based Access Control Administrator',
    '43d0d8ad-25c7-4714-9337-8ba259a9fe05': 'Monitoring Reader',
    '73c42c96-874c-492b-b04d-ab87d138a893': 'Log Analytics Reader',
    '3b03c2da-16b3-4a49-8834-0f8130efdd3b': 'Log Analytics Data Reader',
    '72fafb9e-0641-4937-9268-a91bfd8191a3': 'Cost Management Reader',
    '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
    '8311e382-0749-4cb8-b61a-304f252e45ec': 'AcrPush',
    '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
    'f25e0fa2-a7c8-4377-a976-54943a77a395': 'Key Vault Contributor',
    'f1a07417-d97a-45cb-824c-7a7467783830': 'Managed Identity Operator',
    'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59': 'Managed Identity Contributor',
}

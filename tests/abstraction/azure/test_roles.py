"""The role catalogue of Azure: what our own roles hold, and how assignments are narrowed."""

from __future__ import annotations

import uuid

import pytest

from cpg_infra.abstraction.azure.roles import AZURE_ROLES, CUSTOM_ROLES, AzureRole, guid, role_for
from cpg_infra.plan import AccountRole, BucketRole, ProjectRole, RegistryRole, Role, SecretRole

C = 'Microsoft.Storage/storageAccounts/blobServices/containers'
B = f'{C}/blobs'
R = 'Microsoft.ContainerRegistry/registries'
W = 'Microsoft.OperationalInsights/workspaces'
GROUP = 'Microsoft.Resources/subscriptions/resourceGroups/read'

LIST_ONLY = f"((!(ActionMatches{{'{B}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})))"
NO_TIER = f"((!(ActionMatches{{'{B}/write'}} AND SubOperationMatches{{'Blob.Write.Tier'}})))"


@pytest.mark.parametrize(
    ('role', 'data_actions', 'condition'),
    [
        (BucketRole.LIST, {'read'}, LIST_ONLY),
        (BucketRole.APPEND, {'read', 'add/action', 'write'}, NO_TIER),
        (BucketRole.MUTATE, {'read', 'write', 'delete', 'add/action', 'move/action'}, None),
        (ProjectRole.LIST_BUCKETS, {'read'}, LIST_ONLY),
    ],
)
def test_our_own_roles_for_blobs_read_the_container_and_never_change_it(
    role: Role, data_actions: set[str], condition: str | None
) -> None:
    found = AZURE_ROLES[role]
    assert found.custom
    assert found.actions == (f'{C}/read',)
    assert set(found.permissions) == {f'{B}/{action}' for action in data_actions}
    assert found.condition == condition


@pytest.mark.parametrize(
    ('role', 'actions', 'less'),
    [
        *(
            (
                role,
                {'*/read', f'{W}/analytics/query/action', f'{W}/search/action'},
                {f'{R}/pull/read', f'{R}/quarantine/read', f'{W}/sharedKeys/read'},
            )
            for role in (ProjectRole.VIEW_COMPUTE, ProjectRole.VIEW_LOGS, ProjectRole.VIEW_MONITORING)
        ),
        (ProjectRole.VIEW_ROLES, {'Microsoft.Authorization/*/read', GROUP}, set()),
        (ProjectRole.BROWSE, {GROUP}, set()),
    ],
)
def test_our_own_roles_for_projects_read_what_is_not_contents(role: Role, actions: set[str], less: set[str]) -> None:
    found = AZURE_ROLES[role]
    assert found.custom
    assert set(found.actions) == actions
    assert set(found.not_actions) == less
    assert found.permissions == ()
    assert found.condition is None


def test_built_in_roles_are_named_by_id() -> None:
    assert {role: AZURE_ROLES[role].id for role in AZURE_ROLES if not AZURE_ROLES[role].custom} == {
        BucketRole.READ: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
        AccountRole.ACT_AS: 'f1a07417-d97a-45cb-824c-7a7467783830',
        SecretRole.READ: '4633458b-17de-408a-b874-0445c86b69e6',
        RegistryRole.READ: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
        RegistryRole.WRITE: '8311e382-0749-4cb8-b61a-304f252e45ec',
    }


def test_roles_that_change_or_delete_containers_hand_out_keys_or_pull_every_image_are_not_used() -> None:
    refused = {
        'ba92f5b4-2d11-453d-a403-e96b0029c9fe',  # Storage Blob Data Contributor
        'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',  # Storage Blob Data Owner
        '17d1049b-9a84-46fb-8f53-869881c3d3ab',  # Storage Account Contributor
        'b24988ac-6180-42a0-ab88-20f7382dd24c',  # Contributor
        '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',  # Owner
        'acdd72a7-3385-48ef-bd42-f606fba81ae7',  # Reader
        '43d0d8ad-25c7-4714-9337-8ba259a9fe05',  # Monitoring Reader
        '73c42c96-874c-492b-b04d-ab87d138a893',  # Log Analytics Reader
    }
    assert refused & {role.id for role in AZURE_ROLES.values()} == set()


def test_each_role_has_a_part_of_logical_names_of_its_own() -> None:
    by_slug: dict[str, AzureRole] = {}
    for role in AZURE_ROLES.values():
        assert by_slug.setdefault(role.slug, role) == role
    strict = role_for(BucketRole.APPEND, strict_append=True)
    assert strict.slug not in by_slug
    ours = {role.slug for role in AZURE_ROLES.values() if role.custom}
    assert {role.slug for role in CUSTOM_ROLES} == {*ours, strict.slug}


def test_appending_strictly_is_adding_alone_and_changes_no_other_role() -> None:
    strict = role_for(BucketRole.APPEND, strict_append=True)
    assert strict.permissions == (f'{B}/read', f'{B}/add/action')
    assert strict.condition is None
    others = {role for role in AZURE_ROLES if role is not BucketRole.APPEND}
    assert {role: role_for(role, strict_append=True) for role in others} == {role: AZURE_ROLES[role] for role in others}
    assert role_for(BucketRole.APPEND, strict_append=False) == AZURE_ROLES[BucketRole.APPEND]


def test_ids_follow_from_what_they_are_of_and_never_change() -> None:
    assert uuid.UUID(guid('scope', 'role', 'principal')).version == 5
    assert guid('scope', 'role', 'principal') == 'cef6235b-1d9a-5bc6-b8f4-f237ed816cdf'
    assert guid('a', 'b') != guid('a', 'c')

"""The role catalogues: each neutral role has words, operations, and a role on each cloud."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

import pytest

from cpg_infra.abstraction import OPERATIONS, CloudInfrastructure, DryRunInfrastructure, GcpInfrastructure, Operation
from cpg_infra.plan import (
    AccountRole,
    BillingRole,
    BucketRole,
    HailRole,
    MetamistRole,
    ProjectRole,
    RegistryRole,
    SecretRole,
    ServiceRole,
    SubscriptionRole,
    TablesRole,
    TopicRole,
)
from cpg_infra.plan.roles import IN_WORDS, ONLY_ON_GOOGLE

ON_CLOUDS: tuple[type[StrEnum], ...] = (
    AccountRole,
    BucketRole,
    ProjectRole,
    RegistryRole,
    SecretRole,
    ServiceRole,
    TablesRole,
    TopicRole,
    SubscriptionRole,
    BillingRole,
)
"""Families of roles that a cloud carries out; those of Hail Batch and metamist are carried out by the services."""

CUSTOM = 'organizations/{number}/roles/'

GCP = {
    'bucket.list': CUSTOM + 'StorageLister',
    'bucket.read': CUSTOM + 'StorageObjectAndBucketViewer',
    'bucket.append': CUSTOM + 'StorageViewerAndCreator',
    'bucket.mutate': CUSTOM + 'StorageObjectAndBucketMutator',
    'project.list-buckets': CUSTOM + 'StorageLister',
    'project.work-in-clusters': CUSTOM + 'DataprocWorkerWithoutStorageAccess',
    'project.view-compute': 'roles/compute.viewer',
    'project.view-logs': 'roles/logging.viewer',
    'project.view-monitoring': 'roles/monitoring.viewer',
    'project.view-clusters': 'roles/dataproc.viewer',
    'project.administer-clusters': 'roles/dataproc.admin',
    'project.report-batch-tasks': 'roles/batch.agentReporter',
    'project.edit-batch-jobs': 'roles/batch.jobsEditor',
    'project.pay-for-requests': 'roles/serviceusage.serviceUsageConsumer',
    'project.view-roles': 'roles/iam.roleViewer',
    'project.browse': 'roles/browser',
    'project.administer-compute': 'roles/compute.admin',
    'project.manage-temporary-access': 'roles/privilegedaccessmanager.serviceAgent',
    'account.act-as': 'roles/iam.serviceAccountUser',
    'account.manage-keys': 'roles/iam.serviceAccountKeyAdmin',
    'account.create-tokens': 'roles/iam.serviceAccountTokenCreator',
    'account.come-in-as': 'roles/iam.workloadIdentityUser',
    'secret.read': 'roles/secretmanager.secretAccessor',
    'registry.read': 'roles/artifactregistry.reader',
    'registry.write': 'roles/artifactregistry.writer',
    'service.invoke': 'roles/run.invoker',
    'project.run-queries': 'roles/bigquery.jobUser',
    'project.unlink-billing': CUSTOM + 'ProjectBillingUnlinker',
    'tables.read': 'roles/bigquery.dataViewer',
    'tables.write': 'roles/bigquery.dataEditor',
    'topic.publish': 'roles/pubsub.publisher',
    'subscription.consume': 'roles/pubsub.subscriber',
    'billing-account.view': 'roles/billing.viewer',
    'billing-account.read-budgets': CUSTOM + 'BudgetReader',
}


def test_a_role_on_google_cloud_is_the_one_of_the_table() -> None:
    roles = {role.value: CUSTOM * found.custom + found.name for role, found in GcpInfrastructure.roles.items()}
    assert roles == GCP


@pytest.mark.parametrize('family', [*ON_CLOUDS, HailRole, MetamistRole])
def test_every_role_is_part_of_a_sentence(family: type[StrEnum]) -> None:
    assert [role for role in family if not IN_WORDS.get(role)] == []  # type: ignore[call-overload]  # of the families


@pytest.mark.parametrize('family', [*ON_CLOUDS, HailRole, MetamistRole])
def test_every_role_says_what_it_allows(family: type[StrEnum]) -> None:
    assert [role for role in family if not OPERATIONS.get(role)] == []  # type: ignore[call-overload]  # of the families


@pytest.mark.parametrize('cloud', [GcpInfrastructure, DryRunInfrastructure])
def test_every_role_is_something_on_every_cloud(cloud: type[CloudInfrastructure]) -> None:
    wanted = {role for family in ON_CLOUDS for role in family}
    on_google = cloud in {GcpInfrastructure, DryRunInfrastructure}
    assert wanted - (set() if on_google else ONLY_ON_GOOGLE) <= cloud.roles.keys()


def test_each_role_on_buckets_includes_the_one_before_and_reading_the_buckets_metadata() -> None:
    ladder = [OPERATIONS[role] for role in (BucketRole.LIST, BucketRole.READ, BucketRole.APPEND, BucketRole.MUTATE)]
    assert all(less < more for less, more in pairwise(ladder))
    assert all(Operation.READ_METADATA in operations for operations in ladder)


def test_append_neither_overwrites_nor_deletes_and_no_role_deletes_the_bucket() -> None:
    assert OPERATIONS[BucketRole.APPEND].isdisjoint({Operation.OVERWRITE, Operation.DELETE})
    permissions = {role: GcpInfrastructure.roles[role].permissions for role in BucketRole}
    assert permissions == {
        BucketRole.LIST: ('storage.buckets.get', 'storage.objects.list'),
        BucketRole.READ: ('storage.buckets.get', 'storage.objects.list', 'storage.objects.get'),
        BucketRole.APPEND: (
            'storage.buckets.get',
            'storage.objects.list',
            'storage.objects.get',
            'storage.objects.create',
        ),
        BucketRole.MUTATE: (
            'storage.buckets.get',
            'storage.objects.list',
            'storage.objects.get',
            'storage.objects.create',
            'storage.objects.delete',
            'storage.objects.update',
        ),
    }


def test_writing_to_a_registry_includes_reading() -> None:
    assert OPERATIONS[RegistryRole.READ] < OPERATIONS[RegistryRole.WRITE]

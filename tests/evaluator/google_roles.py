"""What roles on Google Cloud hold, as permissions.

Predefined roles: the lists that Google publishes (https://cloud.google.com/iam/docs/roles-permissions, one page per
service), as far as a permission bears on what is asked here; `*` stands for one or more parts of a name. The
organisation's own roles are made by hand: they hold what docs/access.md says that they must.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from tests.evaluator.resources import Resources, UnreadableError, text

Patterns: TypeAlias = tuple[str, ...]
"""The permissions that a role holds, with `*` for one or more parts of a name."""

CUSTOM: Final = 'gcp:organizations/iAMCustomRole:IAMCustomRole'
"""A role of the organisation that a plan makes."""

_PROJECT = ('resourcemanager.projects.get', 'resourcemanager.projects.list')

PREDEFINED: Final[dict[str, tuple[str, ...]]] = {
    'roles/artifactregistry.reader': (
        'artifactregistry.dockerimages.get',
        'artifactregistry.dockerimages.list',
        'artifactregistry.files.download',
        'artifactregistry.files.get',
        'artifactregistry.files.list',
        'artifactregistry.packages.get',
        'artifactregistry.packages.list',
        'artifactregistry.repositories.downloadArtifacts',
        'artifactregistry.repositories.get',
        'artifactregistry.repositories.list',
        'artifactregistry.tags.get',
        'artifactregistry.tags.list',
        'artifactregistry.versions.get',
        'artifactregistry.versions.list',
    ),
    'roles/artifactregistry.writer': (
        'artifactregistry.dockerimages.get',
        'artifactregistry.dockerimages.list',
        'artifactregistry.files.download',
        'artifactregistry.files.get',
        'artifactregistry.files.list',
        'artifactregistry.files.upload',
        'artifactregistry.packages.get',
        'artifactregistry.packages.list',
        'artifactregistry.repositories.downloadArtifacts',
        'artifactregistry.repositories.get',
        'artifactregistry.repositories.list',
        'artifactregistry.repositories.uploadArtifacts',
        'artifactregistry.tags.create',
        'artifactregistry.tags.get',
        'artifactregistry.tags.list',
        'artifactregistry.tags.update',
        'artifactregistry.versions.get',
        'artifactregistry.versions.list',
    ),
    'roles/artifactregistry.repoAdmin': (
        'artifactregistry.repositories.deleteArtifacts',
        'artifactregistry.repositories.downloadArtifacts',
        'artifactregistry.repositories.get',
        'artifactregistry.repositories.list',
        'artifactregistry.repositories.uploadArtifacts',
        'artifactregistry.tags.*',
        'artifactregistry.versions.*',
    ),
    'roles/batch.agentReporter': ('batch.states.report',),
    'roles/batch.jobsEditor': ('batch.jobs.*', 'batch.locations.*', 'batch.operations.*', 'batch.tasks.*', *_PROJECT),
    'roles/bigquery.dataEditor': (
        'bigquery.config.get',
        'bigquery.datasets.create',
        'bigquery.datasets.get',
        'bigquery.datasets.getIamPolicy',
        'bigquery.models.*',
        'bigquery.routines.*',
        'bigquery.tables.create',
        'bigquery.tables.delete',
        'bigquery.tables.export',
        'bigquery.tables.get',
        'bigquery.tables.getData',
        'bigquery.tables.getIamPolicy',
        'bigquery.tables.list',
        'bigquery.tables.update',
        'bigquery.tables.updateData',
        *_PROJECT,
    ),
    'roles/bigquery.dataOwner': ('bigquery.config.get', 'bigquery.datasets.*', 'bigquery.tables.*', *_PROJECT),
    'roles/bigquery.dataViewer': (
        'bigquery.datasets.get',
        'bigquery.datasets.getIamPolicy',
        'bigquery.models.export',
        'bigquery.models.getData',
        'bigquery.models.getMetadata',
        'bigquery.models.list',
        'bigquery.routines.get',
        'bigquery.routines.list',
        'bigquery.tables.export',
        'bigquery.tables.get',
        'bigquery.tables.getData',
        'bigquery.tables.getIamPolicy',
        'bigquery.tables.list',
        *_PROJECT,
    ),
    'roles/bigquery.jobUser': ('bigquery.config.get', 'bigquery.jobs.create', *_PROJECT),
    'roles/billing.costsManager': (
        'billing.accounts.get',
        'billing.accounts.getIamPolicy',
        'billing.accounts.getSpendingInformation',
        'billing.accounts.list',
        'billing.budgets.*',
        'billing.resourceAssociations.list',
    ),
    'roles/billing.viewer': (
        'billing.accounts.get',
        'billing.accounts.getIamPolicy',
        'billing.accounts.getPaymentInfo',
        'billing.accounts.getPricing',
        'billing.accounts.getSpendingInformation',
        'billing.accounts.getUsageExportSpec',
        'billing.accounts.list',
        'billing.budgets.get',
        'billing.budgets.list',
        'billing.credits.list',
        'billing.resourceAssociations.list',
        'billing.subscriptions.get',
        'billing.subscriptions.list',
    ),
    'roles/browser': (
        'resourcemanager.folders.get',
        'resourcemanager.folders.list',
        'resourcemanager.organizations.get',
        'resourcemanager.projects.get',
        'resourcemanager.projects.getIamPolicy',
        'resourcemanager.projects.list',
    ),
    'roles/compute.admin': (
        'compute.*',
        'serviceusage.quotas.get',
        'serviceusage.services.get',
        'serviceusage.services.list',
        *_PROJECT,
    ),
    'roles/compute.viewer': (
        'compute.*.get',
        'compute.*.getIamPolicy',
        'compute.*.list',
        'serviceusage.quotas.get',
        'serviceusage.services.get',
        'serviceusage.services.list',
        *_PROJECT,
    ),
    'roles/dataproc.admin': (
        'compute.machineTypes.get',
        'compute.machineTypes.list',
        'compute.networks.get',
        'compute.networks.list',
        'compute.projects.get',
        'compute.regions.get',
        'compute.regions.list',
        'compute.zones.get',
        'compute.zones.list',
        'dataproc.autoscalingPolicies.*',
        'dataproc.batches.*',
        'dataproc.clusters.*',
        'dataproc.jobs.*',
        'dataproc.operations.*',
        'dataproc.sessions.*',
        'dataproc.workflowTemplates.*',
        *_PROJECT,
    ),
    'roles/dataproc.viewer': (
        'compute.machineTypes.get',
        'compute.regions.get',
        'compute.regions.list',
        'compute.zones.get',
        'dataproc.batches.get',
        'dataproc.batches.list',
        'dataproc.clusters.get',
        'dataproc.clusters.list',
        'dataproc.jobs.get',
        'dataproc.jobs.list',
        'dataproc.operations.get',
        'dataproc.operations.list',
        'dataproc.workflowTemplates.get',
        'dataproc.workflowTemplates.list',
        *_PROJECT,
    ),
    'roles/dataproc.worker': (
        'dataproc.agents.*',
        'dataproc.tasks.*',
        'logging.logEntries.create',
        'monitoring.metricDescriptors.create',
        'monitoring.metricDescriptors.get',
        'monitoring.metricDescriptors.list',
        'monitoring.timeSeries.create',
        'storage.buckets.get',
        'storage.objects.create',
        'storage.objects.delete',
        'storage.objects.get',
        'storage.objects.list',
        'storage.objects.update',
    ),
    'roles/iam.roleViewer': (
        'iam.roles.get',
        'iam.roles.list',
        'resourcemanager.projects.get',
        'resourcemanager.projects.getIamPolicy',
    ),
    'roles/iam.serviceAccountKeyAdmin': (
        'iam.serviceAccountKeys.*',
        'iam.serviceAccounts.get',
        'iam.serviceAccounts.list',
        *_PROJECT,
    ),
    'roles/iam.serviceAccountTokenCreator': (
        'iam.serviceAccounts.get',
        'iam.serviceAccounts.getAccessToken',
        'iam.serviceAccounts.getOpenIdToken',
        'iam.serviceAccounts.implicitDelegation',
        'iam.serviceAccounts.list',
        'iam.serviceAccounts.signBlob',
        'iam.serviceAccounts.signJwt',
        *_PROJECT,
    ),
    'roles/iam.serviceAccountUser': (
        'iam.serviceAccounts.actAs',
        'iam.serviceAccounts.get',
        'iam.serviceAccounts.list',
        *_PROJECT,
    ),
    'roles/iam.workloadIdentityUser': (
        'iam.serviceAccounts.get',
        'iam.serviceAccounts.getAccessToken',
        'iam.serviceAccounts.getOpenIdToken',
        'iam.serviceAccounts.list',
    ),
    'roles/logging.viewer': (
        'logging.buckets.get',
        'logging.buckets.list',
        'logging.logEntries.list',
        'logging.logs.list',
        'logging.sinks.get',
        'logging.sinks.list',
        'resourcemanager.projects.get',
    ),
    'roles/monitoring.viewer': (
        'monitoring.alertPolicies.get',
        'monitoring.alertPolicies.list',
        'monitoring.dashboards.get',
        'monitoring.dashboards.list',
        'monitoring.metricDescriptors.get',
        'monitoring.metricDescriptors.list',
        'monitoring.timeSeries.list',
        *_PROJECT,
    ),
    'roles/privilegedaccessmanager.serviceAgent': (
        'resourcemanager.projects.get',
        'resourcemanager.projects.getIamPolicy',
        'resourcemanager.projects.setIamPolicy',
    ),
    'roles/pubsub.editor': ('pubsub.subscriptions.*', 'pubsub.topics.*', *_PROJECT),
    'roles/pubsub.publisher': ('pubsub.topics.publish',),
    'roles/pubsub.subscriber': (
        'pubsub.snapshots.seek',
        'pubsub.subscriptions.consume',
        'pubsub.topics.attachSubscription',
    ),
    'roles/run.invoker': ('run.jobs.run', 'run.routes.invoke'),
    'roles/secretmanager.secretAccessor': ('secretmanager.versions.access', *_PROJECT),
    'roles/secretmanager.secretVersionAdder': ('secretmanager.versions.add', *_PROJECT),
    'roles/serviceusage.serviceUsageConsumer': (
        'monitoring.timeSeries.list',
        'serviceusage.operations.get',
        'serviceusage.operations.list',
        'serviceusage.quotas.get',
        'serviceusage.services.get',
        'serviceusage.services.list',
        'serviceusage.services.use',
    ),
    'roles/storage.admin': ('storage.buckets.*', 'storage.objects.*', *_PROJECT),
    'roles/storage.objectAdmin': ('storage.objects.*', *_PROJECT),
    'roles/storage.objectCreator': ('storage.objects.create', *_PROJECT),
    'roles/storage.objectViewer': ('storage.objects.get', 'storage.objects.list', *_PROJECT),
}

_LIST = ('storage.buckets.get', 'storage.objects.list')
_READ = (*_LIST, 'storage.objects.get')

OWN: Final[dict[str, tuple[str, ...]]] = {
    'StorageLister': _LIST,
    'StorageObjectAndBucketViewer': _READ,
    'StorageViewerAndCreator': (*_READ, 'storage.objects.create'),
    'StorageObjectAndBucketMutator': (
        *_READ,
        'storage.objects.create',
        'storage.objects.delete',
        'storage.objects.update',
    ),
    'DataprocWorkerWithoutStorageAccess': tuple(
        permission for permission in PREDEFINED['roles/dataproc.worker'] if not permission.startswith('storage.')
    ),
}
"""The organisation's own, by the last part of the name."""


class Roles:
    """Roles by their full names: predefined ones, those that a plan makes, and those that were made by hand."""

    def __init__(self, resources: Resources) -> None:
        self._made: Mapping[str, Patterns] = {
            f'organizations/{text(it["orgId"])}/roles/{it["roleId"]}': tuple(map(text, it['permissions']))
            for it in resources.inputs(CUSTOM)
        }

    def patterns(self, role: str) -> Patterns:
        """What a role holds. Raises `UnreadableError` for one that is not known."""
        if role in PREDEFINED:
            return PREDEFINED[role]
        if role in self._made:
            return self._made[role]
        place, _, name = role.rpartition('/roles/')
        if place.startswith('organizations/') and name in OWN:
            return OWN[name]
        raise UnreadableError(f'no role {role} is known')


def holds(patterns: Patterns, permission: str) -> bool:
    """Whether a permission is among those of a role."""
    return any(fnmatchcase(permission, pattern) for pattern in patterns)

"""The role catalogue of Google Cloud.

Custom roles are made by hand in the organisation and must exist; their permissions are listed so that
`access` can answer, and so that the roles can be compared with what is deployed. Predefined roles are described
at https://cloud.google.com/iam/docs/roles-permissions.
"""

from __future__ import annotations

from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.plan.roles import (
    AccountRole,
    BillingRole,
    BucketRole,
    ProjectRole,
    RegistryRole,
    Role,
    SecretRole,
    ServiceRole,
    SubscriptionRole,
    TablesRole,
    TopicRole,
)

_LIST = ('storage.buckets.get', 'storage.objects.list')
_READ = (*_LIST, 'storage.objects.get')
_APPEND = (*_READ, 'storage.objects.create')
_MUTATE = (*_APPEND, 'storage.objects.delete', 'storage.objects.update')

_LISTER = CloudRole('StorageLister', custom=True, permissions=_LIST)

GCP_ROLES: dict[Role, CloudRole] = {
    BucketRole.LIST: _LISTER,
    BucketRole.READ: CloudRole('StorageObjectAndBucketViewer', custom=True, permissions=_READ),
    BucketRole.APPEND: CloudRole('StorageViewerAndCreator', custom=True, permissions=_APPEND),
    BucketRole.MUTATE: CloudRole('StorageObjectAndBucketMutator', custom=True, permissions=_MUTATE),
    ProjectRole.LIST_BUCKETS: _LISTER,
    ProjectRole.VIEW_COMPUTE: CloudRole('roles/compute.viewer'),
    ProjectRole.VIEW_LOGS: CloudRole('roles/logging.viewer'),
    ProjectRole.VIEW_MONITORING: CloudRole('roles/monitoring.viewer'),
    ProjectRole.VIEW_CLUSTERS: CloudRole('roles/dataproc.viewer'),
    ProjectRole.ADMINISTER_CLUSTERS: CloudRole('roles/dataproc.admin'),
    ProjectRole.WORK_IN_CLUSTERS: CloudRole(
        'DataprocWorkerWithoutStorageAccess',
        custom=True,
        note='the predefined worker role without its access to every bucket of the project',
    ),
    ProjectRole.REPORT_BATCH_TASKS: CloudRole('roles/batch.agentReporter'),
    ProjectRole.EDIT_BATCH_JOBS: CloudRole('roles/batch.jobsEditor'),
    ProjectRole.PAY_FOR_REQUESTS: CloudRole('roles/serviceusage.serviceUsageConsumer'),
    ProjectRole.VIEW_ROLES: CloudRole('roles/iam.roleViewer'),
    ProjectRole.BROWSE: CloudRole('roles/browser'),
    ProjectRole.ADMINISTER_COMPUTE: CloudRole('roles/compute.admin'),
    ProjectRole.MANAGE_TEMPORARY_ACCESS: CloudRole('roles/privilegedaccessmanager.serviceAgent'),
    ProjectRole.RUN_QUERIES: CloudRole('roles/bigquery.jobUser'),
    ProjectRole.UNLINK_BILLING: CloudRole(
        'ProjectBillingUnlinker',
        custom=True,
        permissions=('resourcemanager.projects.deleteBillingAssignment', 'resourcemanager.projects.get'),
        note='the predefined role Project Billing Manager may link too; the plugin billing_aggregator makes this one',
    ),
    AccountRole.ACT_AS: CloudRole('roles/iam.serviceAccountUser'),
    AccountRole.MANAGE_KEYS: CloudRole('roles/iam.serviceAccountKeyAdmin'),
    AccountRole.CREATE_TOKENS: CloudRole('roles/iam.serviceAccountTokenCreator'),
    AccountRole.COME_IN_AS: CloudRole('roles/iam.workloadIdentityUser'),
    SecretRole.READ: CloudRole('roles/secretmanager.secretAccessor'),
    RegistryRole.READ: CloudRole('roles/artifactregistry.reader'),
    RegistryRole.WRITE: CloudRole('roles/artifactregistry.writer'),
    ServiceRole.INVOKE: CloudRole('roles/run.invoker'),
    TablesRole.READ: CloudRole('roles/bigquery.dataViewer'),
    TablesRole.WRITE: CloudRole('roles/bigquery.dataEditor'),
    TopicRole.PUBLISH: CloudRole('roles/pubsub.publisher'),
    SubscriptionRole.CONSUME: CloudRole('roles/pubsub.subscriber'),
    BillingRole.VIEW: CloudRole('roles/billing.viewer'),
    BillingRole.READ_BUDGETS: CloudRole(
        'BudgetReader',
        custom=True,
        permissions=('billing.accounts.get', 'billing.budgets.get', 'billing.budgets.list'),
        note='the predefined viewer sees every cost too; the plugin billing_aggregator makes this one',
    ),
}

"""Neutral roles: what a grant allows, in the words of the field and not of a cloud.

Each cloud has a catalogue (`cpg_infra.abstraction`) that says what a role becomes there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias


class BucketRole(StrEnum):
    """Access to a bucket. Each includes reading the bucket's own metadata."""

    LIST = 'bucket.list'
    READ = 'bucket.read'
    APPEND = 'bucket.append'
    MUTATE = 'bucket.mutate'


class ProjectRole(StrEnum):
    """Access to a whole project."""

    LIST_BUCKETS = 'project.list-buckets'
    VIEW_COMPUTE = 'project.view-compute'
    VIEW_LOGS = 'project.view-logs'
    VIEW_MONITORING = 'project.view-monitoring'
    VIEW_CLUSTERS = 'project.view-clusters'
    ADMINISTER_CLUSTERS = 'project.administer-clusters'
    WORK_IN_CLUSTERS = 'project.work-in-clusters'
    REPORT_BATCH_TASKS = 'project.report-batch-tasks'
    EDIT_BATCH_JOBS = 'project.edit-batch-jobs'
    PAY_FOR_REQUESTS = 'project.pay-for-requests'
    VIEW_ROLES = 'project.view-roles'
    BROWSE = 'project.browse'
    ADMINISTER_COMPUTE = 'project.administer-compute'
    MANAGE_TEMPORARY_ACCESS = 'project.manage-temporary-access'
    RUN_QUERIES = 'project.run-queries'
    UNLINK_BILLING = 'project.unlink-billing'
    """Take a project off its billing account, and not put it on one."""


class AccountRole(StrEnum):
    """Access to a machine account."""

    ACT_AS = 'account.act-as'
    MANAGE_KEYS = 'account.manage-keys'
    CREATE_TOKENS = 'account.create-tokens'
    COME_IN_AS = 'account.come-in-as'
    """For programs elsewhere: exchange a token of their own platform for one of the account."""


class SecretRole(StrEnum):
    """Access to a secret."""

    READ = 'secret.read'


class RegistryRole(StrEnum):
    """Access to a registry. Writing includes reading."""

    READ = 'registry.read'
    WRITE = 'registry.write'


class ServiceRole(StrEnum):
    """Access to a service that others run."""

    INVOKE = 'service.invoke'


class TablesRole(StrEnum):
    """Access to a set of tables, or to one. Writing includes reading."""

    READ = 'tables.read'
    WRITE = 'tables.write'


class TopicRole(StrEnum):
    """Access to a topic of messages."""

    PUBLISH = 'topic.publish'


class SubscriptionRole(StrEnum):
    """Access to a subscription to messages."""

    CONSUME = 'subscription.consume'


class BillingRole(StrEnum):
    """Access to a billing account."""

    VIEW = 'billing-account.view'
    READ_BUDGETS = 'billing-account.read-budgets'


class HailRole(StrEnum):
    """Access to a Hail Batch billing project."""

    USE = 'hail-billing-project.use'


class MetamistRole(StrEnum):
    """Access to a metamist project, as the service spells it."""

    READER = 'reader'
    CONTRIBUTOR = 'contributor'
    WRITER = 'writer'


Role: TypeAlias = (
    BucketRole
    | ProjectRole
    | AccountRole
    | SecretRole
    | RegistryRole
    | ServiceRole
    | TablesRole
    | TopicRole
    | SubscriptionRole
    | BillingRole
    | HailRole
    | MetamistRole
)

ONLY_ON_GOOGLE: frozenset[Role] = frozenset(
    {
        AccountRole.COME_IN_AS,
        ProjectRole.RUN_QUERIES,
        ProjectRole.UNLINK_BILLING,
        *TablesRole,
        *TopicRole,
        *SubscriptionRole,
        *BillingRole,
    }
)
"""What is a role on Google Cloud only, where plugins grant it. Other clouds need no counterpart: on Azure a program comes
in as an identity by a federated credential, not by a role."""

IN_WORDS: dict[Role, str] = {
    BucketRole.LIST: 'list',
    BucketRole.READ: 'read',
    BucketRole.APPEND: 'read and add',
    BucketRole.MUTATE: 'read, write and delete',
    ProjectRole.LIST_BUCKETS: 'list every bucket',
    ProjectRole.VIEW_COMPUTE: 'view machines',
    ProjectRole.VIEW_LOGS: 'view logs',
    ProjectRole.VIEW_MONITORING: 'view monitoring',
    ProjectRole.VIEW_CLUSTERS: 'view Dataproc clusters',
    ProjectRole.ADMINISTER_CLUSTERS: 'administer Dataproc clusters',
    ProjectRole.WORK_IN_CLUSTERS: 'work in Dataproc clusters',
    ProjectRole.REPORT_BATCH_TASKS: 'report batch tasks',
    ProjectRole.EDIT_BATCH_JOBS: 'edit batch jobs',
    ProjectRole.PAY_FOR_REQUESTS: 'charge requests to the project',
    ProjectRole.VIEW_ROLES: 'view roles',
    ProjectRole.BROWSE: 'browse the project',
    ProjectRole.ADMINISTER_COMPUTE: 'administer machines',
    ProjectRole.MANAGE_TEMPORARY_ACCESS: 'grant temporary access',
    ProjectRole.RUN_QUERIES: 'run queries',
    ProjectRole.UNLINK_BILLING: 'take off its billing account',
    AccountRole.ACT_AS: 'act as',
    AccountRole.MANAGE_KEYS: 'manage keys of',
    AccountRole.CREATE_TOKENS: 'create tokens of',
    AccountRole.COME_IN_AS: 'come in as',
    SecretRole.READ: 'read',
    RegistryRole.READ: 'pull from',
    RegistryRole.WRITE: 'push to',
    ServiceRole.INVOKE: 'invoke',
    TablesRole.READ: 'query',
    TablesRole.WRITE: 'query and write',
    TopicRole.PUBLISH: 'publish to',
    SubscriptionRole.CONSUME: 'consume',
    BillingRole.VIEW: 'view',
    BillingRole.READ_BUDGETS: 'read budgets of',
    HailRole.USE: 'charge jobs to',
    MetamistRole.READER: 'read',
    MetamistRole.CONTRIBUTOR: 'contribute to',
    MetamistRole.WRITER: 'write',
}
"""Each role as part of a sentence: somebody may … something."""

"""Role catalogues: what each neutral role becomes on a cloud, and what it lets somebody do there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cpg_infra.plan.roles import (
    AccountRole,
    BillingRole,
    BucketRole,
    HailRole,
    MetamistRole,
    ProjectRole,
    RegistryRole,
    Role,
    SecretRole,
    ServiceRole,
    SubscriptionRole,
    TablesRole,
    TopicRole,
)


class Operation(StrEnum):
    """What somebody can do with a thing, in words that hold on every cloud."""

    LIST = 'list'
    READ_METADATA = 'read metadata'
    READ = 'read'
    CREATE = 'create'
    OVERWRITE = 'overwrite'
    DELETE = 'delete'
    ADMINISTER = 'administer'
    ACT_AS = 'act as'
    MANAGE_KEYS = 'manage keys'
    CREATE_TOKENS = 'create tokens'
    INVOKE = 'invoke'
    USE = 'use'


OPERATIONS: dict[Role, frozenset[Operation]] = {
    BucketRole.LIST: frozenset({Operation.LIST, Operation.READ_METADATA}),
    BucketRole.READ: frozenset({Operation.LIST, Operation.READ_METADATA, Operation.READ}),
    BucketRole.APPEND: frozenset({Operation.LIST, Operation.READ_METADATA, Operation.READ, Operation.CREATE}),
    BucketRole.MUTATE: frozenset(
        {
            Operation.LIST,
            Operation.READ_METADATA,
            Operation.READ,
            Operation.CREATE,
            Operation.OVERWRITE,
            Operation.DELETE,
        },
    ),
    ProjectRole.LIST_BUCKETS: frozenset({Operation.LIST, Operation.READ_METADATA}),
    ProjectRole.VIEW_COMPUTE: frozenset({Operation.READ_METADATA}),
    ProjectRole.VIEW_LOGS: frozenset({Operation.READ_METADATA}),
    ProjectRole.VIEW_MONITORING: frozenset({Operation.READ_METADATA}),
    ProjectRole.VIEW_CLUSTERS: frozenset({Operation.READ_METADATA}),
    ProjectRole.ADMINISTER_CLUSTERS: frozenset({Operation.ADMINISTER}),
    ProjectRole.WORK_IN_CLUSTERS: frozenset({Operation.USE}),
    ProjectRole.REPORT_BATCH_TASKS: frozenset({Operation.USE}),
    ProjectRole.EDIT_BATCH_JOBS: frozenset({Operation.ADMINISTER}),
    ProjectRole.PAY_FOR_REQUESTS: frozenset({Operation.USE}),
    ProjectRole.VIEW_ROLES: frozenset({Operation.READ_METADATA}),
    ProjectRole.BROWSE: frozenset({Operation.READ_METADATA}),
    ProjectRole.ADMINISTER_COMPUTE: frozenset({Operation.ADMINISTER}),
    ProjectRole.MANAGE_TEMPORARY_ACCESS: frozenset({Operation.ADMINISTER}),
    ProjectRole.RUN_QUERIES: frozenset({Operation.USE}),
    ProjectRole.UNLINK_BILLING: frozenset({Operation.READ_METADATA, Operation.ADMINISTER}),
    AccountRole.ACT_AS: frozenset({Operation.ACT_AS}),
    AccountRole.MANAGE_KEYS: frozenset({Operation.MANAGE_KEYS}),
    AccountRole.CREATE_TOKENS: frozenset({Operation.CREATE_TOKENS}),
    AccountRole.COME_IN_AS: frozenset({Operation.CREATE_TOKENS}),
    SecretRole.READ: frozenset({Operation.READ}),
    RegistryRole.READ: frozenset({Operation.LIST, Operation.READ_METADATA, Operation.READ}),
    RegistryRole.WRITE: frozenset(
        {Operation.LIST, Operation.READ_METADATA, Operation.READ, Operation.CREATE, Operation.OVERWRITE},
    ),
    ServiceRole.INVOKE: frozenset({Operation.INVOKE}),
    HailRole.USE: frozenset({Operation.USE}),
    MetamistRole.READER: frozenset({Operation.LIST, Operation.READ}),
    MetamistRole.CONTRIBUTOR: frozenset({Operation.LIST, Operation.READ, Operation.CREATE}),
    MetamistRole.WRITER: frozenset({Operation.LIST, Operation.READ, Operation.CREATE, Operation.OVERWRITE}),
    TablesRole.READ: frozenset({Operation.LIST, Operation.READ_METADATA, Operation.READ}),
    TablesRole.WRITE: frozenset(
        {
            Operation.LIST,
            Operation.READ_METADATA,
            Operation.READ,
            Operation.CREATE,
            Operation.OVERWRITE,
            Operation.DELETE,
        },
    ),
    TopicRole.PUBLISH: frozenset({Operation.CREATE}),
    SubscriptionRole.CONSUME: frozenset({Operation.READ}),
    BillingRole.VIEW: frozenset({Operation.LIST, Operation.READ_METADATA, Operation.READ}),
    BillingRole.READ_BUDGETS: frozenset({Operation.LIST, Operation.READ_METADATA}),
}
"""What each neutral role is meant to allow. A cloud's own role must allow this; where it allows more or less,
its catalogue entry says so."""


@dataclass(frozen=True, slots=True)
class CloudRole:
    """A role of one cloud.

    `name` is the cloud's name of the role. With `custom` it is the last part of the name of a role that the
    organisation defines, and `permissions` are what such a role must hold.
    """

    name: str
    custom: bool = False
    permissions: tuple[str, ...] = ()
    note: str | None = None

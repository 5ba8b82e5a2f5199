"""Which capability of a cloud an intent needs, as tables: by kind of thing, by role, by profile, by option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cpg_infra.abstraction import Capability
from cpg_infra.abstraction.specification import (
    BucketProfile,
    Budget,
    DeleteAfter,
    FixedBudget,
    LifecycleRule,
    MonthlyBudget,
    ToColdStorage,
    Undelete,
)
from cpg_infra.plan import AssetKind
from cpg_infra.plan.roles import (
    AccountRole,
    BucketRole,
    HailRole,
    MetamistRole,
    ProjectRole,
    RegistryRole,
    Role,
    SecretRole,
    ServiceRole,
)

OF_KIND: Final[Mapping[AssetKind, Capability]] = {
    AssetKind.PROJECT: Capability.PROJECT,
    AssetKind.BUCKET: Capability.BUCKET,
    AssetKind.BLOB: Capability.BLOB,
    AssetKind.MACHINE_ACCOUNT: Capability.MACHINE_ACCOUNT,
    AssetKind.ACCOUNT_KEY: Capability.ACCOUNT_KEYS,
    AssetKind.SECRET: Capability.SECRET,
    AssetKind.HAIL_USER: Capability.HAIL_ACCOUNTS,
    AssetKind.HAIL_BILLING_PROJECT: Capability.HAIL_ACCOUNTS,
}
"""Things whose kind says it all; buckets, budgets and registries have more to say, and a thing within another less."""

OF_ROLE: Final[Mapping[Role, Capability]] = {
    BucketRole.LIST: Capability.LIST,
    BucketRole.READ: Capability.READ,
    BucketRole.APPEND: Capability.APPEND,
    BucketRole.MUTATE: Capability.MUTATE,
    ProjectRole.LIST_BUCKETS: Capability.LIST_EVERY_BUCKET,
    ProjectRole.VIEW_COMPUTE: Capability.VIEW_PROJECT,
    ProjectRole.VIEW_LOGS: Capability.VIEW_PROJECT,
    ProjectRole.VIEW_MONITORING: Capability.VIEW_PROJECT,
    ProjectRole.VIEW_CLUSTERS: Capability.CLUSTERS,
    ProjectRole.ADMINISTER_CLUSTERS: Capability.CLUSTERS,
    ProjectRole.WORK_IN_CLUSTERS: Capability.CLUSTERS,
    ProjectRole.REPORT_BATCH_TASKS: Capability.BATCH_WORKFLOWS,
    ProjectRole.EDIT_BATCH_JOBS: Capability.BATCH_WORKFLOWS,
    ProjectRole.PAY_FOR_REQUESTS: Capability.REQUESTER_PAYS,
    ProjectRole.VIEW_ROLES: Capability.VIEW_PROJECT,
    ProjectRole.BROWSE: Capability.VIEW_PROJECT,
    ProjectRole.ADMINISTER_COMPUTE: Capability.NOTEBOOKS,
    ProjectRole.MANAGE_TEMPORARY_ACCESS: Capability.TEMPORARY_ACCESS,
    AccountRole.ACT_AS: Capability.ACT_AS,
    AccountRole.MANAGE_KEYS: Capability.ACCOUNT_KEYS,
    AccountRole.CREATE_TOKENS: Capability.CREATE_TOKENS,
    SecretRole.READ: Capability.SECRET,
    RegistryRole.READ: Capability.REGISTRY,
    RegistryRole.WRITE: Capability.REGISTRY,
    ServiceRole.INVOKE: Capability.INVOKE_SERVICE,
    HailRole.USE: Capability.HAIL_ACCOUNTS,
    MetamistRole.READER: Capability.METADATA_SIGN_IN,
    MetamistRole.CONTRIBUTOR: Capability.METADATA_SIGN_IN,
    MetamistRole.WRITER: Capability.METADATA_SIGN_IN,
}

_OF_RULE: Final[Mapping[type[LifecycleRule], Capability]] = {
    ToColdStorage: Capability.COLD_STORAGE,
    DeleteAfter: Capability.DELETE_AFTER,
    Undelete: Capability.UNDELETE,
}

OPTION_OF: Final[Mapping[Capability, str]] = {
    Capability.AUTOCLASS: 'autoclass',
    Capability.COLD_STORAGE: 'archive_age',
}
"""The option of a dataset because of which its buckets have a property."""

OF_BUDGET: Final[Mapping[type[Budget], Capability]] = {
    MonthlyBudget: Capability.MONTHLY_BUDGET,
    FixedBudget: Capability.FIXED_BUDGET,
}


def of_profile(profile: BucketProfile) -> Iterator[Capability]:
    """What a bucket asks for beyond being one."""
    yield from (_OF_RULE[type(rule)] for rule in profile.lifecycle)
    if profile.autoclass:
        yield Capability.AUTOCLASS
    if profile.requester_pays:
        yield Capability.REQUESTER_PAYS

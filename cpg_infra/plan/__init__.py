"""The plan: resources and access as plain data, with a canonical form and a hash."""

from __future__ import annotations

from cpg_infra.plan.access import (
    Asset,
    AssetKind,
    Entitlement,
    Grant,
    Group,
    Membership,
    Principal,
    PrincipalKind,
)
from cpg_infra.plan.archive import Archive
from cpg_infra.plan.builder import DanglingReferenceError, DuplicateKeyError, PlanBuilder, PlanError
from cpg_infra.plan.owner import ORGANISATION_WIDE, Owner
from cpg_infra.plan.plan import Intent, Plan
from cpg_infra.plan.provider import Provider, Setting
from cpg_infra.plan.resource import Options, Resource
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
from cpg_infra.plan.values import Computed, Deferred, Json, Lookup, Ref, Text, Value

__all__ = [
    'ORGANISATION_WIDE',
    'AccountRole',
    'Archive',
    'Asset',
    'AssetKind',
    'BillingRole',
    'BucketRole',
    'Computed',
    'DanglingReferenceError',
    'Deferred',
    'DuplicateKeyError',
    'Entitlement',
    'Grant',
    'Group',
    'HailRole',
    'Intent',
    'Json',
    'Lookup',
    'Membership',
    'MetamistRole',
    'Options',
    'Owner',
    'Plan',
    'PlanBuilder',
    'PlanError',
    'Principal',
    'PrincipalKind',
    'ProjectRole',
    'Provider',
    'Ref',
    'RegistryRole',
    'Resource',
    'Role',
    'SecretRole',
    'ServiceRole',
    'Setting',
    'SubscriptionRole',
    'TablesRole',
    'Text',
    'TopicRole',
    'Value',
]

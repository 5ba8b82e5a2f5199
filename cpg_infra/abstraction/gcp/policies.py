"""Grants as Google's policy resources.

On what we own whole (our buckets, secrets and machine accounts) one authoritative binding per role: a single
write, and what nobody declared is removed. On what others write to as well (projects, registries, services,
anything that exists without us) one additive member per principal, which never removes what it did not add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cpg_infra.abstraction.handles import (
    BillingAccount,
    Bucket,
    Function,
    GrantTarget,
    MachineAccount,
    Project,
    Registry,
    Secret,
    Service,
    Subscription,
    Table,
    TableSet,
    Topic,
)
from cpg_infra.abstraction.shared import GrantedRole
from cpg_infra.plan.values import Value


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """How the policy of one kind of thing is written.

    `binding` is the type token of the authoritative form, None where others write to the policy too;
    `member` that of the additive form; `scope` the inputs that name the thing; `key` begins the logical name.
    """

    binding: str | None
    member: str
    scope: Callable[[GrantTarget], dict[str, Value]]


def _bucket_scope(target: GrantTarget) -> dict[str, Value]:
    return {'bucket': target.name}


def _project_scope(target: GrantTarget) -> dict[str, Value]:
    return {'project': target.name}


def _account_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, MachineAccount)  # noqa: S101 - the table below pairs kinds and scopes
    return {'serviceAccountId': f'projects/{target.project}/serviceAccounts/{target.principal.address}'}


def _secret_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Secret)  # noqa: S101 - as above
    return {'project': target.project, 'secretId': target.name}


def _registry_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Registry)  # noqa: S101 - as above
    return {'project': target.project, 'location': target.region, 'repository': target.name}


def _service_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Service)  # noqa: S101 - as above
    return {'project': target.project, 'location': target.region, 'service': target.name}


def _function_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Function)  # noqa: S101 - as above
    return {'project': target.project, 'location': target.region, 'service': target.service}


def _table_set_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, TableSet)  # noqa: S101 - as above
    return {'project': target.project, 'datasetId': target.name}


def _table_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Table)  # noqa: S101 - as above
    return {'project': target.project, 'datasetId': target.table_set, 'tableId': target.name}


def _topic_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Topic)  # noqa: S101 - as above
    return {'project': target.project, 'topic': target.topic}


def _subscription_scope(target: GrantTarget) -> dict[str, Value]:
    assert isinstance(target, Subscription)  # noqa: S101 - as above
    return {'project': target.project, 'subscription': target.subscription}


def _billing_account_scope(target: GrantTarget) -> dict[str, Value]:
    return {'billingAccountId': target.name}


POLICIES: dict[type, PolicyKind] = {
    Project: PolicyKind(None, 'gcp:projects/iAMMember:IAMMember', _project_scope),
    Bucket: PolicyKind(
        'gcp:storage/bucketIAMBinding:BucketIAMBinding',
        'gcp:storage/bucketIAMMember:BucketIAMMember',
        _bucket_scope,
    ),
    MachineAccount: PolicyKind(
        'gcp:serviceaccount/iAMBinding:IAMBinding',
        'gcp:serviceaccount/iAMMember:IAMMember',
        _account_scope,
    ),
    Secret: PolicyKind(
        'gcp:secretmanager/secretIamBinding:SecretIamBinding',
        'gcp:secretmanager/secretIamMember:SecretIamMember',
        _secret_scope,
    ),
    Registry: PolicyKind(None, 'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember', _registry_scope),
    Service: PolicyKind(None, 'gcp:cloudrun/iamMember:IamMember', _service_scope),
    Function: PolicyKind(None, 'gcp:cloudrun/iamMember:IamMember', _function_scope),
    TableSet: PolicyKind(None, 'gcp:bigquery/datasetIamMember:DatasetIamMember', _table_set_scope),
    Table: PolicyKind(None, 'gcp:bigquery/iamMember:IamMember', _table_scope),
    Topic: PolicyKind(None, 'gcp:pubsub/topicIAMMember:TopicIAMMember', _topic_scope),
    Subscription: PolicyKind(None, 'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember', _subscription_scope),
    BillingAccount: PolicyKind(None, 'gcp:billing/accountIamMember:AccountIamMember', _billing_account_scope),
}


def role_slug(granted: GrantedRole) -> str:
    """A role as part of a logical name: `read`, `view-logs`."""
    return granted.role.value.partition('.')[2]

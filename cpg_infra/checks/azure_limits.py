"""Limits of Azure that a plan can run into: each says how near the plan is, not only when it is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from cpg_infra.checks.check import Check, Finding, bytes_of, measured, of_type, origin_of
from cpg_infra.config.diagnostics import Path, Severity, dataset_path, organisation_path
from cpg_infra.config.names import Cloud
from cpg_infra.plan import Plan, Resource

SUBSCRIPTION: Final[Path] = organisation_path('azure', 'subscription')


def _subscription_of(plan: Plan, resource: Resource) -> str | None:
    """The subscription of a dataset that has one of its own, None for that of the organisation."""
    return plan.providers[resource.provider].inputs['subscriptionId'] if resource.provider is not None else None


def _named_by(plan: Plan, subscription: str | None) -> tuple[Path, str]:
    """The configuration value that names a subscription, and the dataset that it is of."""
    for resource in of_type(plan, 'azure-native:resources:ResourceGroup') if subscription is not None else ():
        if _subscription_of(plan, resource) == subscription:
            return dataset_path(resource.owner.dataset, 'azure', 'subscription'), resource.owner.dataset
    return SUBSCRIPTION, ''


def _role_assignments(plan: Plan, limit: int) -> Iterable[Finding]:
    """Those of resource groups and resources count for their subscription; some 45 are of one dataset."""
    counts: Counter[tuple[str, str | None]] = Counter()
    for resource in of_type(plan, 'azure-native:authorization:RoleAssignment'):
        scope = '/'.join(str(resource.inputs['scope']).split('/')[:3])
        counts[scope, _subscription_of(plan, resource)] += 1
    for (scope, subscription), count in sorted(counts.items(), key=lambda counted: counted[0][0]):
        what = f'role assignments in {scope}'
        yield from measured(what, count, limit, 'assignments', *_named_by(plan, subscription))


def _storage_accounts(plan: Plan, limit: int) -> Iterable[Finding]:
    counts = Counter(
        (str(resource.inputs.get('location')), _subscription_of(plan, resource) or '')
        for resource in of_type(plan, 'azure-native:storage:StorageAccount')
    )
    for (region, subscription), count in sorted(counts.items()):
        what = f'storage accounts in {region}' + (f' of the subscription {subscription}' if subscription else '')
        yield from measured(what, count, limit, 'accounts', *_named_by(plan, subscription or None))


def _lifecycle_rules(plan: Plan, limit: int) -> Iterable[Finding]:
    for resource in of_type(plan, 'azure-native:storage:ManagementPolicy'):
        policy = resource.inputs.get('policy')
        rules = policy.get('rules') if isinstance(policy, Mapping) else None
        count = len(rules) if isinstance(rules, list | tuple) else 0
        what = f'lifecycle rules of the storage account {resource.inputs["accountName"]}'
        yield from measured(what, count, limit, 'rules', origin_of(plan, resource), resource.owner.dataset)


def _budget_notifications(plan: Plan, limit: int) -> Iterable[Finding]:
    """Not per budget: all have the thresholds of the organisation. Coming near is no news."""
    for resource in of_type(plan, 'azure-native:consumption:Budget'):
        notifications = resource.inputs.get('notifications')
        count = len(notifications) if isinstance(notifications, Mapping) else 0
        if count > limit:
            message = f'a budget notifies at {limit} thresholds at most, not {count}'
            yield Finding(message, organisation_path('budget_notification_thresholds'), '')
            return


def _secret_values(plan: Plan, limit: int) -> Iterable[Finding]:
    for resource in of_type(plan, 'azure-native:keyvault:Secret'):
        properties = resource.inputs.get('properties')
        size = bytes_of(properties.get('value')) if isinstance(properties, Mapping) else 0
        what = f'value of {resource.physical}'
        yield from measured(what, size, limit, 'bytes', origin_of(plan, resource), resource.owner.dataset)


def _federated_credentials(plan: Plan, limit: int) -> Iterable[Finding]:
    by_identity: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in of_type(plan, 'azure-native:managedidentity:FederatedIdentityCredential'):
        by_identity[resource.physical.rpartition('/')[0]].append(resource)
    for identity, found in sorted(by_identity.items()):
        what = f'federated credentials of {identity}'
        yield from measured(what, len(found), limit, 'credentials', origin_of(plan, found[0]), found[0].owner.dataset)


def _directory_objects(plan: Plan, limit: int) -> Iterable[Finding]:
    count = sum(group.cloud is Cloud.AZURE for group in plan.groups)
    yield from measured('groups in the directory', count, limit, 'objects', organisation_path('azure', 'tenant'), '')


AZURE_LIMIT_CHECKS: Final[tuple[Check, ...]] = (
    Check(
        'azure-role-assignments',
        'role assignments in one subscription; the figure is fixed',
        Severity.ERROR,
        'https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits',
        _role_assignments,
        4_000,
    ),
    Check(
        'azure-storage-accounts',
        'storage accounts in one region of a subscription; 500 on request, and a dataset has two',
        Severity.ERROR,
        'https://learn.microsoft.com/azure/storage/common/scalability-targets-standard-account',
        _storage_accounts,
        250,
    ),
    Check(
        'azure-lifecycle-rules',
        'rules in the management policy of a storage account',
        Severity.ERROR,
        'https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure',
        _lifecycle_rules,
        100,
    ),
    Check(
        'azure-budget-notifications',
        'thresholds at which a budget notifies',
        Severity.ERROR,
        'https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update',
        _budget_notifications,
        5,
    ),
    Check(
        'azure-secret-value',
        'bytes in the value of a secret; the dropbox configuration grows with the dropboxes',
        Severity.ERROR,
        'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets',
        _secret_values,
        25_000,
    ),
    Check(
        'azure-federated-credentials',
        'programs elsewhere that may become one identity',
        Severity.ERROR,
        'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations',
        _federated_credentials,
        20,
    ),
    Check(
        'azure-directory-objects',
        'groups in the directory, which holds other things too; 300,000 with a verified domain',
        Severity.WARNING,
        'https://learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions',
        _directory_objects,
        50_000,
    ),
)

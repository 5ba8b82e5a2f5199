"""Limits of the providers that a plan can run into: each says how near the plan is, not only when it is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from cpg_infra.checks.check import NEAR, Check, Finding, bytes_of, measured, of_type, origin_of
from cpg_infra.config.diagnostics import ORGANISATION, Severity
from cpg_infra.config.names import Cloud
from cpg_infra.plan import Asset, AssetKind, Plan, PrincipalKind

POLICY_KINDS: Final = frozenset(
    {
        AssetKind.PROJECT,
        AssetKind.BUCKET,
        AssetKind.MACHINE_ACCOUNT,
        AssetKind.SECRET,
        AssetKind.REGISTRY,
        AssetKind.SERVICE,
        AssetKind.FUNCTION,
        AssetKind.TABLES,
        AssetKind.TABLE,
        AssetKind.TOPIC,
        AssetKind.SUBSCRIPTION,
    },
)
"""What has an IAM policy."""


def _policy_size(plan: Plan, limit: int, *, groups_only: bool) -> Iterable[Finding]:
    counts: Counter[str] = Counter()
    for grant in plan.grants:
        if not groups_only or plan.principal_by_key[grant.principal].kind is PrincipalKind.GROUP:
            counts[grant.asset] += 1
    for key, count in sorted(counts.items()):
        if count < NEAR * limit:
            continue
        asset = plan.intent_by_key[key]
        if isinstance(asset, Asset) and asset.cloud is Cloud.GCP and asset.kind in POLICY_KINDS:
            what = f'policy of {asset.kind} {asset.name}'
            yield from measured(
                what, count, limit, 'groups' if groups_only else 'principals', asset.origin, asset.owner.dataset
            )


def _groups_in_a_policy(plan: Plan, limit: int) -> Iterable[Finding]:
    """Counts an appearance per role, as the service does not say that it counts a group once."""
    return _policy_size(plan, limit, groups_only=True)


def _principals_in_a_policy(plan: Plan, limit: int) -> Iterable[Finding]:
    return _policy_size(plan, limit, groups_only=False)


def _direct_groups(plan: Plan, limit: int) -> Iterable[Finding]:
    counts = Counter(m.member for m in plan.memberships if plan.principal_by_key[m.member].cloud is Cloud.GCP)
    for key, count in sorted(counts.items()):
        yield from measured(f'{key} is directly in groups', count, limit, 'groups', ORGANISATION, '')


def _all_groups(plan: Plan, limit: int) -> Iterable[Finding]:
    """Groups an account is in, nested ones included."""
    above: dict[str, set[str]] = defaultdict(set)
    for membership in plan.memberships:
        above[membership.member].add(membership.group)
    if len(plan.groups) < NEAR * limit:
        return
    for principal in plan.principals:
        if principal.kind is PrincipalKind.GROUP or principal.cloud is not Cloud.GCP:
            continue
        found: set[str] = set()
        pending = list(above.get(principal.key, ()))
        while pending:
            group = pending.pop()
            if group not in found:
                found.add(group)
                pending += above.get(group, ())
        yield from measured(f'{principal.key} is in groups', len(found), limit, 'groups', ORGANISATION, '')


def _group_descriptions(plan: Plan, limit: int) -> Iterable[Finding]:
    for group in plan.groups:
        if group.cloud is Cloud.GCP and group.description is not None and len(group.description) > limit:
            what = f'description of the group {group.name}'
            yield from measured(what, len(group.description), limit, 'characters', group.origin, group.owner.dataset)


def _secret_payloads(plan: Plan, limit: int) -> Iterable[Finding]:
    for resource in of_type(plan, 'gcp:secretmanager/secretVersion:SecretVersion'):
        size = bytes_of(resource.inputs['secretData'])
        what = f'value of {resource.physical}'
        yield from measured(what, size, limit, 'bytes', origin_of(plan, resource), resource.owner.dataset)


LIMIT_CHECKS: tuple[Check, ...] = (
    Check(
        'gcp-policy-groups',
        'groups in one allow policy',
        Severity.ERROR,
        'https://cloud.google.com/iam/quotas',
        _groups_in_a_policy,
        250,
    ),
    Check(
        'gcp-policy-principals',
        'principals in one allow policy, counting every appearance',
        Severity.ERROR,
        'https://cloud.google.com/iam/quotas',
        _principals_in_a_policy,
        1_500,
    ),
    Check(
        'gcp-direct-groups',
        'groups that one account is directly in',
        Severity.WARNING,
        'https://support.google.com/a/answer/6099642 (to be confirmed by a deployment)',
        _direct_groups,
        3_000,
    ),
    Check(
        'gcp-all-groups',
        'groups that one account is in, through others too',
        Severity.WARNING,
        'https://support.google.com/a/answer/6099642 (to be confirmed by a deployment)',
        _all_groups,
        7_500,
    ),
    Check(
        'gcp-group-description',
        'characters in the description of a group',
        Severity.ERROR,
        'https://support.google.com/a/answer/9191148',
        _group_descriptions,
        300,
    ),
    Check(
        'gcp-secret-payload',
        'bytes in the value of a secret; the dropbox configuration grows with the dropboxes',
        Severity.ERROR,
        'https://cloud.google.com/secret-manager/quotas',
        _secret_payloads,
        65_536,
    ),
)

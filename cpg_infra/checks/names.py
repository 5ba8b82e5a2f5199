"""The providers' naming rules: a name that breaks one is refused by the cloud after half a deployment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cpg_infra.checks.check import Check, Finding, Rule, of_type, origin_of
from cpg_infra.config.diagnostics import Severity
from cpg_infra.config.names import Cloud
from cpg_infra.plan import Asset, AssetKind, Plan

GCP_PROJECT_ID: Final = re.compile(r'[a-z][a-z0-9-]{4,28}[a-z0-9]')
GCP_ACCOUNT_ID: Final = re.compile(r'[a-z][a-z0-9-]{4,28}[a-z0-9]')
GCP_BUCKET: Final = re.compile(r'[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]')
GCP_SECRET_ID: Final = re.compile(r'[A-Za-z0-9_-]{1,255}')
GCP_ENTITLEMENT_ID: Final = re.compile(r'[a-z][a-z0-9-]{2,61}[a-z0-9]')
HAIL_USERNAME: Final = re.compile(r'[a-z0-9]+(-[a-z0-9]+)*')


def _assets(plan: Plan, kind: AssetKind, cloud: Cloud | None = Cloud.GCP) -> Iterable[Asset]:
    """The assets of a kind that we make ourselves."""
    return (
        asset
        for asset in plan.assets
        if asset.kind is kind and asset.managed and (cloud is None or asset.cloud is cloud)
    )


def _refuse(what: str, name: str, rule: str, asset: Asset) -> Finding:
    return Finding(
        f'{what} {name!r} ({len(name)} characters) breaks a naming rule: {rule}', asset.origin, asset.owner.dataset
    )


def _project_ids(plan: Plan, limit: int) -> Iterable[Finding]:
    rule = f'6 to {limit} lower-case letters, digits and hyphens, a letter first, no hyphen last'
    for asset in _assets(plan, AssetKind.PROJECT):
        if len(asset.name) > limit or not GCP_PROJECT_ID.fullmatch(asset.name):
            yield _refuse('project id', asset.name, rule, asset)


def _account_ids(plan: Plan, limit: int) -> Iterable[Finding]:
    rule = f'6 to {limit} lower-case letters, digits and hyphens, a letter first, no hyphen last'
    for asset in _assets(plan, AssetKind.MACHINE_ACCOUNT):
        identifier = asset.name.partition('@')[0]
        if len(identifier) > limit or not GCP_ACCOUNT_ID.fullmatch(identifier):
            yield _refuse('service account id', identifier, rule, asset)


def _bucket_names(plan: Plan, limit: int) -> Iterable[Finding]:
    rule = f'3 to {limit} lower-case letters, digits, hyphens and underscores, a letter or digit first and last'
    for asset in _assets(plan, AssetKind.BUCKET):
        name = asset.name
        if len(name) > limit or not GCP_BUCKET.fullmatch(name):
            yield _refuse('bucket name', name, rule, asset)
        elif name.startswith('goog') or 'google' in name:
            yield _refuse('bucket name', name, "it may not begin with 'goog' or contain 'google'", asset)


def _secret_ids(plan: Plan, limit: int) -> Iterable[Finding]:
    for asset in _assets(plan, AssetKind.SECRET):
        identifier = asset.name.partition('/')[2]
        if len(identifier) > limit or not GCP_SECRET_ID.fullmatch(identifier):
            yield _refuse('secret id', identifier, f'1 to {limit} letters, digits, hyphens and underscores', asset)


def _entitlement_ids(plan: Plan, limit: int) -> Iterable[Finding]:
    token = 'gcp:privilegedaccessmanager/entitlement:entitlement'
    for resource in of_type(plan, token):
        identifier = str(resource.inputs['entitlementId'])
        if len(identifier) > limit or not GCP_ENTITLEMENT_ID.fullmatch(identifier):
            rule = f'4 to {limit} lower-case letters, digits and hyphens, a letter first'
            message = f'entitlement id {identifier!r} breaks a naming rule: {rule}'
            yield Finding(message, origin_of(plan, resource), resource.owner.dataset)


def _hail_usernames(plan: Plan, limit: int) -> Iterable[Finding]:
    rule = f'at most {limit} lower-case letters and digits, single hyphens between them'
    for asset in _assets(plan, AssetKind.HAIL_USER, cloud=None):
        if len(asset.name) > limit or not HAIL_USERNAME.fullmatch(asset.name):
            yield Finding(
                f'Hail Batch user {asset.name!r} ({len(asset.name)} characters) breaks a naming rule: {rule}',
                asset.origin,
                asset.owner.dataset,
                suggestion='gcp.hail_service_account_dataset_name_override can stand for a long name',
            )


def _check(id_: str, says: str, limit: int, source: str, rule: Rule) -> Check:
    return Check(id_, says, Severity.ERROR, source, rule, limit)


NAME_CHECKS: tuple[Check, ...] = (
    _check(
        'gcp-project-id',
        'ids of projects, shared ones included',
        30,
        'https://cloud.google.com/resource-manager/docs/creating-managing-projects',
        _project_ids,
    ),
    _check(
        'gcp-account-id',
        'ids of service accounts; `notebook-<dataset>` leaves 21 characters for the dataset',
        30,
        'https://cloud.google.com/iam/docs/service-accounts-create',
        _account_ids,
    ),
    _check(
        'gcp-bucket-name',
        'names of buckets; `<prefix><dataset>-main-upload-db-<id>` is the longest',
        63,
        'https://cloud.google.com/storage/docs/buckets',
        _bucket_names,
    ),
    _check('gcp-secret-id', 'ids of secrets', 255, 'https://cloud.google.com/secret-manager/quotas', _secret_ids),
    _check(
        'gcp-entitlement-id',
        'ids of temporary-access entitlements',
        63,
        'https://cloud.google.com/iam/docs/reference/pam/rest',
        _entitlement_ids,
    ),
    _check(
        'hail-username',
        'names of Hail Batch users; the identity gets a suffix of four characters, which must fit in 30',
        26,
        'the naming rule of the Hail Batch auth service',
        _hail_usernames,
    ),
)

"""The Google APIs that a project must have enabled, and their order."""

from __future__ import annotations

from dataclasses import dataclass

from cpg_infra.abstraction.specification import CloudService


@dataclass(frozen=True, slots=True)
class Api:
    """An API: `short` is in its logical name, `host` its real name, `after` what must be enabled before."""

    short: str
    host: str
    after: CloudService | None


def _api(short: str, after: CloudService | None = CloudService.PROJECTS, host: str | None = None) -> Api:
    return Api(short, f'{host or short}.googleapis.com', after)


APIS: dict[CloudService, Api] = {
    CloudService.PROJECTS: _api('cloudresourcemanager', after=None),
    CloudService.SERVICE_USAGE: _api('serviceusage', after=None),
    CloudService.GROUPS: _api('cloudidentity'),
    CloudService.SECRETS: _api('secretmanager'),
    CloudService.CLUSTERS: _api('dataproc'),
    CloudService.BATCH: _api('batch', after=CloudService.SERVICE_USAGE),
    CloudService.BILLING: _api('cloudbilling'),
    CloudService.BUDGETS: _api('cloudbillingbudgets', after=CloudService.BILLING, host='billingbudgets'),
    CloudService.IDENTITIES: _api('iam'),
    CloudService.TEMPORARY_ACCESS: _api('privilegedaccessmanager'),
}

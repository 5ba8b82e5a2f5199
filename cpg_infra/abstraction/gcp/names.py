"""What everything on Google Cloud needs: names, the organisation's number, and enabled APIs."""

from __future__ import annotations

from functools import cached_property

from cpg_infra.abstraction.base import CloudInfrastructure
from cpg_infra.abstraction.gcp import iam
from cpg_infra.abstraction.gcp.services import APIS
from cpg_infra.abstraction.handles import Project
from cpg_infra.abstraction.specification import BucketProfile, CloudService
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.plan.access import AssetKind, PrincipalKind
from cpg_infra.plan.builder import PlanError
from cpg_infra.plan.values import Lookup, Text

SCHEME = 'gs://'


class GcpNames(CloudInfrastructure):
    """The names of a dataset on Google Cloud, and the APIs of its project."""

    @cached_property
    def gcp(self) -> CPGInfrastructureConfig.GCP:
        """The organisation's section. Raises `PlanError` when there is none: validation comes first."""
        if self.organisation.gcp is None:
            raise PlanError('the organisation has no section gcp')
        return self.organisation.gcp

    @property
    def region(self) -> str:
        """The dataset's region, else the organisation's."""
        return (self.dataset.gcp and self.dataset.gcp.region) or self.gcp.region

    @property
    def organisation_region(self) -> str:
        """The organisation's region."""
        return self.gcp.region

    @property
    def storage_prefix(self) -> str:
        """Begins the name of every bucket."""
        return self.gcp.dataset_storage_prefix

    @property
    def project_name(self) -> str:
        """The id of the dataset's project."""
        if self.dataset.gcp is None:
            raise PlanError(f'{self.dataset.dataset} has no section gcp')
        return self.dataset.gcp.project

    @cached_property
    def organisation_number(self) -> Text:
        """The number of the organisation: configured, or looked up by domain at deploy time."""
        if self.gcp.organization_id is not None:
            return self.gcp.organization_id
        domain = (('domain', self.organisation.domain),)
        return Lookup('gcp:organizations/getOrganization:getOrganization', domain, 'orgId')

    def group_address(self, name: str) -> str:
        """`<prefix><name>@<groups_domain>`, in lower case."""
        return f'{self.organisation.group_prefix or ""}{name}@{self.gcp.groups_domain}'.lower()

    def bucket_name(self, key: str, profile: BucketProfile) -> str:
        """`<prefix><dataset>-<key>`."""
        return f'{self.storage_prefix}{self.dataset.dataset}-{key}'

    def organisation_bucket_name(self, key: str, profile: BucketProfile) -> str:
        """`<prefix><key>`."""
        return f'{self.storage_prefix}{key}'

    def bucket_address(self, name: str) -> str:
        """`gs://<name>`."""
        return f'{SCHEME}{name}'

    @classmethod
    def located(cls, address: str) -> tuple[str, str] | None:
        """`gs://<bucket>/<path>`."""
        if not address.startswith(SCHEME):
            return None
        bucket, _, path = address.removeprefix(SCHEME).partition('/')
        return bucket, path

    @property
    def config_bucket_name(self) -> str:
        """As configured."""
        return self.gcp.config_bucket_name

    def account_name(self, identifier: str, project: Project) -> str:
        """`<identifier>@<project>.iam.gserviceaccount.com`."""
        return f'{identifier}@{project.name}.iam.gserviceaccount.com'

    def account_address(self, name: str, logical: str) -> str:
        """The same: Google's names are known before the account is made."""
        return name

    def has_account(self, address: str) -> bool:
        """Every address may be one."""
        return True

    def kind_of_address(self, address: str, *, is_user: bool) -> PrincipalKind:
        """By the domain."""
        return PrincipalKind.MACHINE if iam.is_service_account(address) else PrincipalKind.PERSON

    def cache_blob_name(self, group: str) -> str:
        """As deployed, without the cloud's name."""
        return f'{group}-group-cache-members'

    def bare_name(self, name: str) -> str:
        """As deployed, without the cloud's name."""
        return name

    @property
    def billing_account(self) -> str:
        """The account that pays for every project."""
        billing = self.organisation.billing
        if billing is None or billing.gcp is None:
            raise PlanError('the organisation has no section billing.gcp')
        return billing.gcp.account_id

    def require(self, service: CloudService) -> tuple[str, ...]:
        """Enable an API, and what it needs before. Enabled APIs are never disabled again.

        Many may need it, so it belongs to the project and not to whoever asked first.
        """
        api = APIS[service]
        logical = self.logical(f'{api.short}-service')
        if not self.builder.has_resource(logical):
            before = self.require(api.after) if api.after else ()
            by = self._by('project', *self.place)
            asset = self._asset(AssetKind.SERVICE_ENABLEMENT, f'{self.project_name}/{api.host}', by).key
            self._resource(
                logical,
                'gcp:projects/service:Service',
                f'{self.project_name}/{api.host}',
                {'service': api.host, 'project': self.project.name, 'disableOnDestroy': False},
                by,
                asset,
                depends_on=[self.project.resource, *before],
            )
        return (logical,)

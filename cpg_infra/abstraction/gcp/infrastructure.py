"""`GcpInfrastructure`: one dataset on Google Cloud.

Names, types and inputs follow what is deployed (see `docs/names.md`): a logical name that changes means
delete and create. Values that can be computed are written out, with the resource in `depends_on`, so that a
reviewer sees them; references are for what only Google knows (a project's number, a private key).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import ClassVar

from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.abstraction.capability import Capability, Expression
from cpg_infra.abstraction.gcp.budgets import budget_inputs
from cpg_infra.abstraction.gcp.capabilities import GCP_CAPABILITIES
from cpg_infra.abstraction.gcp.entitlement import entitlement_inputs
from cpg_infra.abstraction.gcp.grants import GcpGrants
from cpg_infra.abstraction.gcp.groups import GcpGroups
from cpg_infra.abstraction.gcp.roles import GCP_ROLES
from cpg_infra.abstraction.gcp.storage import bucket_inputs
from cpg_infra.abstraction.handles import AccountKey, Bucket, By, MachineAccount, Project, Registry, Secret
from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.abstraction.slugs import slug
from cpg_infra.abstraction.specification import (
    BucketProfile,
    Budget,
    CloudService,
    RegistryFormat,
    TemporaryAccess,
)
from cpg_infra.config.names import Cloud
from cpg_infra.plan.access import Asset, Entitlement, Principal, PrincipalKind
from cpg_infra.plan.computations import base64_decode, concat
from cpg_infra.plan.resource import Options
from cpg_infra.plan.roles import ProjectRole, Role
from cpg_infra.plan.values import Ref, Text, Value


class GcpInfrastructure(GcpGroups, GcpGrants):
    """One dataset on Google Cloud."""

    cloud = Cloud.GCP
    capabilities: ClassVar[Mapping[Capability, Expression]] = GCP_CAPABILITIES
    roles: ClassVar[Mapping[Role, CloudRole]] = GCP_ROLES

    # Projects, APIs and budgets ---------------------------------------------------------------------------

    def _lower_project(self, project: Project, by: By) -> None:
        self._resource(
            str(project.resource),
            'gcp:organizations/project:Project',
            project.name,
            {
                'projectId': project.name,
                'name': project.name,
                'orgId': self.organisation_number,
                'billingAccount': self.billing_account,
                'deletionPolicy': 'ABANDON',
            },
            by,
            project.asset,
            # The shared project comes after the dataset's own.
            depends_on=[self.project.resource] if project.name != self.project_name else (),
            options=PROTECTED,
        )

    def _lower_budget(
        self,
        asset: Asset,
        key: str,
        project: Project,
        budget: Budget,
        thresholds: tuple[float, ...],
        by: By,
    ) -> None:
        inputs = budget_inputs(project, budget, thresholds, self.billing_account, self.gcp.budget_notification_pubsub)
        self._resource(
            # The cloud's name is there twice; so it is deployed.
            self.logical(f'{self.cloud.value}-{key}'),
            'gcp:billing/budget:Budget',
            f'{project.name} {key}',
            inputs,
            by,
            asset.key,
            depends_on=self.require(CloudService.BUDGETS),
        )

    # Storage ----------------------------------------------------------------------------------------------

    def _lower_bucket(self, bucket: Bucket, profile: BucketProfile, by: By) -> None:
        self._resource(
            str(bucket.resource),
            'gcp:storage/bucket:Bucket',
            bucket.name,
            bucket_inputs(bucket, profile, self.project, self.region),
            by,
            bucket.asset,
            depends_on=[self.project.resource],
            options=PROTECTED,
        )

    def _lower_blob(self, asset: Asset, logical: str, bucket: Bucket, path: str, content: Text, by: By) -> None:
        self._resource(
            logical,
            'gcp:storage/bucketObject:BucketObject',
            f'{bucket.address}/{path}',
            {'bucket': bucket.name, 'name': path, 'content': content},
            by,
            asset.key,
            depends_on=[bucket.resource],
            options=_SECRET_CONTENT,
        )

    # Machine accounts and secrets -------------------------------------------------------------------------

    def _lower_machine_account(
        self,
        account: MachineAccount,
        project: Project,
        description: str | None,
        display_name: str | None,
        by: By,
        *,
        adopt: bool,
    ) -> None:
        inputs: dict[str, Value] = {
            'accountId': account.name,
            'project': project.name,
        }
        if adopt:
            # An account of this name may have been made by hand, or outlive a run that was cut short.
            inputs['createIgnoreAlreadyExists'] = True
        if description is not None:
            inputs['description'] = description
        if display_name is not None:
            inputs['displayName'] = display_name
        self._resource(
            str(account.resource),
            'gcp:serviceaccount/account:Account',
            str(account.principal.address),
            inputs,
            by,
            account.asset,
            depends_on=[project.resource, *self.require(CloudService.IDENTITIES)],
        )

    def account_id(self, account: MachineAccount) -> str:
        """`projects/…/serviceAccounts/…`."""
        return f'projects/{account.project}/serviceAccounts/{account.principal.address}'

    def _lower_account_key(self, key: AccountKey, account: MachineAccount, by: By) -> None:
        self._resource(
            str(key.resource),
            'gcp:serviceaccount/key:Key',
            f'{account.principal.address} {key.name}',
            {'serviceAccountId': account.principal.address},
            by,
            key.asset,
            depends_on=[account.resource],
            options=_SECRET_KEY,
        )

    def _private_key(self, logical: str) -> Text:
        """The key file itself: Google hands it out in base 64."""
        return base64_decode(Ref(logical, 'privateKey'))

    def _lower_secret(self, secret: Secret, by: By) -> None:
        self._resource(
            str(secret.resource),
            'gcp:secretmanager/secret:Secret',
            f'projects/{secret.project}/secrets/{secret.name}',
            {
                'secretId': secret.name,
                'project': secret.project,
                # Replication cannot be changed later.
                'replication': {'userManaged': {'replicas': [{'location': self.region}]}},
            },
            by,
            secret.asset,
            depends_on=[
                self.project.resource if secret.project == self.project_name else None,
                *self.require(CloudService.SECRETS),
            ],
        )

    def _lower_secret_version(self, asset: Asset, key: str, secret: Secret, content: Text, by: By) -> None:
        self._resource(
            self.logical(key),
            'gcp:secretmanager/secretVersion:SecretVersion',
            f'projects/{secret.project}/secrets/{secret.name} latest',
            {'secret': f'projects/{secret.project}/secrets/{secret.name}', 'secretData': content},
            by,
            asset.key,
            depends_on=[secret.resource],
            options=_SECRET_DATA,
        )

    # Registries -------------------------------------------------------------------------------------------

    def _lower_registry(
        self,
        registry: Registry,
        format_: RegistryFormat,
        description: str | None,
        by: By,
    ) -> None:
        inputs: dict[str, Value] = {
            'repositoryId': registry.name,
            'project': registry.project,
            'location': registry.region,
            'format': format_.value.upper(),
        }
        if description is not None:
            inputs['description'] = description
        self._resource(
            str(registry.resource),
            'gcp:artifactregistry/repository:Repository',
            f'{registry.region}-docker.pkg.dev/{registry.project}/{registry.name}'
            if format_ is RegistryFormat.DOCKER
            else f'{registry.region}-python.pkg.dev/{registry.project}/{registry.name}',
            inputs,
            by,
            registry.asset,
            depends_on=[self.project.resource],
            options=PROTECTED,
        )

    # Temporary access -------------------------------------------------------------------------------------

    @cached_property
    def _temporary_access_agent(self) -> Principal:
        """Google's own account that carries out temporary grants, one per organisation."""
        address = concat('service-org-', self.organisation_number, '@gcp-sa-pam.iam.gserviceaccount.com')
        key = f'{self.cloud.value}:machine:temporary-access-agent'
        return self.builder.principal(Principal(key, PrincipalKind.MACHINE, self.cloud, address))

    def _lower_temporary_access(
        self,
        entitlement: Entitlement,
        key: str,
        group: Principal,
        bucket: Bucket,
        terms: TemporaryAccess,
        by: By,
    ) -> None:
        agent = self._temporary_access_agent
        role = ProjectRole.MANAGE_TEMPORARY_ACCESS
        enabled = self.require(CloudService.TEMPORARY_ACCESS)
        self.grant(agent, role, self.project, by)
        agent_binding = f'{self.project.resource}-{role.value.partition(".")[2]}-{slug(agent)}'
        needed = [bucket.resource, agent_binding, *enabled, *self._made(group)]
        # Approvers may be a group of ours, and groups of the organisation are made later.
        self.state.at_the_end.append(
            lambda: self._lower_entitlement(entitlement, key, group, bucket, terms, by, needed)
        )

    def _lower_entitlement(
        self,
        entitlement: Entitlement,
        key: str,
        group: Principal,
        bucket: Bucket,
        terms: TemporaryAccess,
        by: By,
        needed: Iterable[str | None],
    ) -> None:
        self._resource(
            self.logical(key),
            'gcp:privilegedaccessmanager/entitlement:entitlement',
            f'{self.project_name}/{terms.identifier}',
            entitlement_inputs(group, bucket, terms, Ref(str(self.project.resource), 'number')),
            by,
            entitlement.key,
            depends_on=[*needed, *(self.own_group_at(address) for address in terms.approvers)],
            options=_ENTITLEMENT,
        )


_SECRET_CONTENT = Options(secret_inputs=('content',))
_SECRET_DATA = Options(secret_inputs=('secretData',))
_SECRET_KEY = Options(secret_outputs=('privateKey',))
_ENTITLEMENT = Options(delete_before_replace=True)

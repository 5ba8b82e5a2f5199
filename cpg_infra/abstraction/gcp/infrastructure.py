"""`GcpInfrastructure`: one dataset on Google Cloud.

Names, types and inputs follow what is deployed (see `docs/names.md`): a logical name that changes means
delete and create. Values that can be computed are written out, with the resource in `depends_on`, so that a
reviewer sees them; references are for what only Google knows (a project's number, a private key).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import ClassVar

from cpg_infra.abstraction.base import PROTECTED, CloudInfrastructure, GrantedRole
from cpg_infra.abstraction.capability import Capability, Expression
from cpg_infra.abstraction.gcp import iam
from cpg_infra.abstraction.gcp.budgets import budget_inputs
from cpg_infra.abstraction.gcp.capabilities import GCP_CAPABILITIES
from cpg_infra.abstraction.gcp.entitlement import entitlement_inputs
from cpg_infra.abstraction.gcp.policies import POLICIES, PolicyKind, role_slug, slug
from cpg_infra.abstraction.gcp.roles import GCP_ROLES
from cpg_infra.abstraction.gcp.services import APIS
from cpg_infra.abstraction.gcp.storage import bucket_inputs
from cpg_infra.abstraction.handles import AccountKey, Bucket, By, MachineAccount, Project, Registry, Secret
from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.abstraction.specification import (
    BucketProfile,
    Budget,
    CloudService,
    RegistryFormat,
    TemporaryAccess,
)
from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.plan.access import Asset, AssetKind, Entitlement, Grant, Group, Principal, PrincipalKind
from cpg_infra.plan.builder import PlanError
from cpg_infra.plan.computations import base64_decode, concat
from cpg_infra.plan.resource import Options
from cpg_infra.plan.roles import ProjectRole, Role
from cpg_infra.plan.values import Lookup, Ref, Text, Value


class GcpInfrastructure(CloudInfrastructure):
    """One dataset on Google Cloud."""

    cloud = Cloud.GCP
    capabilities: ClassVar[Mapping[Capability, Expression]] = GCP_CAPABILITIES
    roles: ClassVar[Mapping[Role, CloudRole]] = GCP_ROLES

    # Names ------------------------------------------------------------------------------------------------

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

    def bucket_address(self, name: str) -> str:
        """`gs://<name>`."""
        return f'gs://{name}'

    def account_address(self, identifier: str, project: Project) -> str:
        """`<identifier>@<project>.iam.gserviceaccount.com`."""
        return f'{identifier}@{project.name}.iam.gserviceaccount.com'

    def is_machine_address(self, address: str) -> bool:
        """Whether an address is a service account's."""
        return iam.is_service_account(address)

    def cache_blob_name(self, group: str) -> str:
        """As deployed, without the cloud's name."""
        return f'{group}-group-cache-members'

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

    @property
    def billing_account(self) -> str:
        """The account that pays for every project."""
        billing = self.organisation.billing
        if billing is None or billing.gcp is None:
            raise PlanError('the organisation has no section billing.gcp')
        return billing.gcp.account_id

    def require(self, service: CloudService, by: By) -> tuple[str, ...]:
        """Enable an API, and what it needs before. Enabled APIs are never disabled again."""
        api = APIS[service]
        logical = self.logical(f'{api.short}-service')
        if not self.builder.has_resource(logical):
            before = self.require(api.after, by) if api.after else ()
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
            depends_on=self.require(CloudService.BUDGETS, by),
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
    ) -> None:
        inputs: dict[str, Value] = {
            'accountId': account.name,
            'project': project.name,
            # An account of this name may have been made by hand, or outlive a run that was cut short.
            'createIgnoreAlreadyExists': True,
        }
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
            depends_on=[project.resource, *self.require(CloudService.IDENTITIES, by)],
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
                *self.require(CloudService.SECRETS, by),
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

    # Groups -----------------------------------------------------------------------------------------------

    def _lower_group(self, group: Group, principal: Principal, logical: str, by: By) -> None:
        inputs: dict[str, Value] = {
            'parent': f'customers/{self.gcp.customer_id}',
            'groupKey': {'id': principal.address},
            'displayName': f'{self.organisation.group_prefix or ""}{group.name}',
            'labels': {'cloudidentity.googleapis.com/groups.discussion_forum': ''},
            'initialGroupConfig': 'EMPTY' if self.gcp.create_empty_groups else 'WITH_INITIAL_OWNER',
        }
        if group.description is not None:
            inputs['description'] = group.description
        self._resource(
            logical,
            'gcp:cloudidentity/group:Group',
            str(principal.address),
            inputs,
            by,
            group.key,
            depends_on=self.require(CloudService.GROUPS, by),
            options=_GROUP,
        )

    def _lower_group_members(
        self,
        group: Group,
        principal: Principal,
        members: tuple[Principal, ...],
        by: By,
    ) -> None:
        """One resource holds a group's whole member list and its external-members setting.

        When memberships are disabled the list is absent, never empty: the provider then leaves members alone.
        """
        inputs: dict[str, Value] = {'group': principal.address}
        managed = not self.organisation.disable_group_memberships
        if managed:
            inputs['members'] = _addresses(members)
            inputs['authoritative'] = self.organisation.groups_authoritative
        if self.gcp.allow_external_group_members:
            inputs['allowExternalMembers'] = 'true'
        elif not managed:
            return
        logical = self.state.made_by[principal.key]
        self._resource(
            f'{logical}-members',
            'cpg:google:GroupMembers',
            str(principal.address),
            inputs,
            by,
            group.key,
            *(f'{group.key}|{member.key}' for member in members if managed),
            depends_on=[logical, *(self._made(*members) if managed else ())],
        )

    def existing_group_members(self, logical: str, identifier: str, members: Mapping[str, Principal], by: By) -> None:
        """Add members to a group that was made by hand. Never authoritative: others add members too."""
        if self.organisation.disable_group_memberships or not members:
            return
        self._resource(
            logical,
            'cpg:google:GroupMembers',
            identifier,
            {'group': identifier, 'members': _addresses(members.values()), 'authoritative': False},
            by,
            *sorted(members),
            depends_on=self._made(*members.values()),
        )

    # Access -----------------------------------------------------------------------------------------------

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
        enabled = self.require(CloudService.TEMPORARY_ACCESS, by)
        self.grant(agent, role, self.project, by)
        agent_binding = f'{self.project.resource}-{role.value.partition(".")[2]}-{slug(agent)}'
        self._resource(
            self.logical(key),
            'gcp:privilegedaccessmanager/entitlement:entitlement',
            f'{self.project_name}/{terms.identifier}',
            entitlement_inputs(group, bucket, terms, Ref(str(self.project.resource), 'number')),
            by,
            entitlement.key,
            depends_on=[bucket.resource, agent_binding, *enabled, *self._made(group)],
            options=_ENTITLEMENT,
        )

    def lower_grants(self) -> None:
        """Write every policy: one binding per role on what is ours, one member per principal elsewhere."""
        for granted in self.state.granted.values():
            kind = POLICIES[type(granted.target)]
            if kind.binding is not None and granted.target.resource is not None:
                self._lower_binding(granted, kind, kind.binding)
            else:
                for grant, principal in granted.holders.values():
                    self._lower_member(granted, kind, grant, principal)

    def _lower_binding(self, granted: GrantedRole, kind: PolicyKind, token: str) -> None:
        target = granted.target
        holders = [granted.holders[key] for key in sorted(granted.holders)]
        self._resource(
            f'{target.resource}-{role_slug(granted)}',
            token,
            f'{target.asset} {granted.role.value}',
            {
                **kind.scope(target),
                'role': iam.role_name(granted.role, self.organisation_number),
                'members': [iam.member(principal) for _, principal in holders],
            },
            By(self.state.owner_of[target.asset], holders[0][0].origin),
            *(grant.key for grant, _ in holders),
            depends_on=[target.resource, *self._made(*(principal for _, principal in holders))],
        )

    def _lower_member(self, granted: GrantedRole, kind: PolicyKind, grant: Grant, principal: Principal) -> None:
        target = granted.target
        begin = target.resource or f'{grant.owner.dataset or self.dataset.dataset}-{self.cloud.value}-{target.name}'
        self._resource(
            f'{begin}-{role_slug(granted)}-{slug(principal)}',
            kind.member,
            grant.key,
            {
                **kind.scope(target),
                'role': iam.role_name(granted.role, self.organisation_number),
                'member': iam.member(principal),
            },
            By(grant.owner, grant.origin),
            grant.key,
            depends_on=[target.resource, *self._made(principal)],
        )


_SECRET_CONTENT = Options(secret_inputs=('content',))
_SECRET_DATA = Options(secret_inputs=('secretData',))
_SECRET_KEY = Options(secret_outputs=('privateKey',))
_GROUP = Options(ignore_changes=('initialGroupConfig',))
_ENTITLEMENT = Options(delete_before_replace=True)


def _addresses(members: Iterable[Principal]) -> list[Value]:
    """Addresses in canonical order: those that are known, then those that a deployment will tell."""
    known = sorted({member.address for member in members if isinstance(member.address, str)})
    deferred = {str(member.address): member.address for member in members if not isinstance(member.address, str)}
    return [*known, *(deferred[text] for text in sorted(deferred))]

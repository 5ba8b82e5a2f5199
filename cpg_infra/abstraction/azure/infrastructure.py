"""`AzureInfrastructure`: one dataset on Azure.

Names and places are computed while planning, with the resource in `depends_on`, so that a reviewer sees them;
references are for what only the directory knows: the object ids of groups and identities. What Azure does not
express exactly is in `capabilities`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from cpg_infra.abstraction.azure.budgets import budget_inputs
from cpg_infra.abstraction.azure.capabilities import AZURE_CAPABILITIES
from cpg_infra.abstraction.azure.eligibility import eligibility_inputs, policy_inputs
from cpg_infra.abstraction.azure.fitting import registry_name
from cpg_infra.abstraction.azure.grants import AzureGrants
from cpg_infra.abstraction.azure.roles import AZURE_ROLES, READER
from cpg_infra.abstraction.azure.scopes import identity_scope, registry_scope
from cpg_infra.abstraction.azure.storage import AzureStorage
from cpg_infra.abstraction.azure.vaults import AzureVaults
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.abstraction.capability import Capability, Expression, exact, unsupported
from cpg_infra.abstraction.handles import AccountKey, Bucket, By, MachineAccount, Project, Registry
from cpg_infra.abstraction.roles import CloudRole
from cpg_infra.abstraction.specification import Budget, RegistryFormat, TemporaryAccess
from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.plan.access import Asset, Entitlement, Grant, Principal
from cpg_infra.plan.builder import PlanError
from cpg_infra.plan.resource import Options
from cpg_infra.plan.roles import Role
from cpg_infra.plan.values import Text

AUDIENCE = 'api://AzureADTokenExchange'
"""The only audience that federated credentials may have."""

_REPLACED = Options(delete_before_replace=True)


class AzureInfrastructure(AzureStorage, AzureVaults, AzureGrants):
    """One dataset on Azure."""

    cloud = Cloud.AZURE
    capabilities: ClassVar[Mapping[Capability, Expression]] = AZURE_CAPABILITIES
    roles: ClassVar[Mapping[Role, CloudRole]] = AZURE_ROLES
    most_approvals = 1

    # Resource groups and budgets --------------------------------------------------------------------------

    def _lower_project(self, project: Project, by: By) -> None:
        self._settle_in_subscription(project.name)
        self.state.scopes[project.asset] = self.scope_of_project(project)
        self._resource(
            str(project.resource),
            'azure-native:resources:ResourceGroup',
            project.name,
            {'resourceGroupName': project.name, 'location': self.region, 'tags': {'dataset': self.dataset.dataset}},
            by,
            project.asset,
            options=PROTECTED,
        )

    @property
    def budget_obstacle(self) -> str | None:
        """A budget needs a day to start from, and it must not be "today"."""
        if self.azure.budget_start is not None:
            return None
        return (
            f'there is no budget on {self.cloud}: azure.budget_start is missing, the first of the month to start from'
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
        start = self.azure.budget_start
        if start is None:
            raise PlanError('a budget without a start')
        name = f'{project.name}-{key}'
        scope = self.scope_of_project(project)
        self._resource(
            self.logical(key),
            'azure-native:consumption:Budget',
            name,
            budget_inputs(name, scope, budget, thresholds, start, self.azure.budget_contacts),
            by,
            asset.key,
            depends_on=[project.resource],
        )

    # Machine accounts -------------------------------------------------------------------------------------

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
        # Azure makes anew what is there already, as whoever asks for it says.
        self.state.scopes[account.asset] = self.account_id(account)
        self._resource(
            str(account.resource),
            'azure-native:managedidentity:UserAssignedIdentity',
            f'{account.project}/{account.name}',
            {
                'resourceName': account.name,
                'resourceGroupName': account.project,
                'location': self.region,
                'tags': {'dataset': self.dataset.dataset},
            },
            by,
            account.asset,
            depends_on=[project.resource],
        )

    def account_id(self, account: MachineAccount) -> str:
        """`…/userAssignedIdentities/<identity>`."""
        return identity_scope(self.scope_in(account.project), account.name)

    def _private_key(self, logical: str) -> Text:
        raise PlanError(f'{logical}: {AZURE_CAPABILITIES[Capability.ACCOUNT_KEYS].by}')

    def _lower_account_key(self, key: AccountKey, account: MachineAccount, by: By) -> None:
        raise PlanError(f'{key.resource}: {AZURE_CAPABILITIES[Capability.ACCOUNT_KEYS].by}')

    def _lower_federation(
        self,
        asset: Asset,
        grant: Grant,
        account: MachineAccount,
        key: str,
        issuer: str,
        subject: str,
        by: By,
    ) -> None:
        logical = f'{account.resource}-federation-{key}'
        before = self.state.last_federation.get(account.asset)
        self.state.last_federation[account.asset] = logical
        self._resource(
            logical,
            'azure-native:managedidentity:FederatedIdentityCredential',
            f'{account.project}/{account.name}/{key}',
            {
                'federatedIdentityCredentialResourceName': key,
                'resourceName': account.name,
                'resourceGroupName': account.project,
                'issuer': issuer,
                'subject': subject,
                'audiences': [AUDIENCE],
            },
            by,
            asset.key,
            grant.key,
            # Two at a time on one identity are refused.
            depends_on=[account.resource, before],
        )

    # Registries -------------------------------------------------------------------------------------------

    def _lower_registry(
        self,
        registry: Registry,
        format_: RegistryFormat,
        description: str | None,
        by: By,
    ) -> None:
        if format_ is not RegistryFormat.DOCKER:
            raise PlanError(f'{registry.name}: {AZURE_CAPABILITIES[Capability.PACKAGE_REGISTRY].by}')
        name = registry_name(self.project_name, registry.name)
        self.state.scopes[registry.asset] = registry_scope(self.scope_in(registry.project), name)
        self._resource(
            str(registry.resource),
            'azure-native:containerregistry:Registry',
            f'{name}.azurecr.io',
            {
                'registryName': name,
                'resourceGroupName': registry.project,
                'location': registry.region,
                'sku': {'name': self.azure.registry_sku},
                'adminUserEnabled': False,
                'anonymousPullEnabled': False,
                'tags': {'dataset': self.dataset.dataset},
            },
            by,
            registry.asset,
            depends_on=[self.project.resource],
            options=PROTECTED,
        )

    # Temporary access -------------------------------------------------------------------------------------

    @classmethod
    def expression(cls, capability: Capability, organisation: CPGInfrastructureConfig) -> Expression:
        """Without the licence there is no temporary access; appending may be strict."""
        section = organisation.azure
        if capability is Capability.APPEND and section is not None and section.strict_append:
            return exact('a role that adds blobs, each in one request; uploads in stages are refused')
        if capability is Capability.TEMPORARY_ACCESS and section is not None and not section.premium_tenant:
            return unsupported('only a tenant with a premium licence has eligible roles: azure.premium_tenant')
        return super().expression(capability, organisation)

    @property
    def offers_temporary_access(self) -> bool:
        """Only a tenant with a premium licence has eligible roles."""
        return self.azure.premium_tenant

    @property
    def _activation_policy(self) -> str | None:
        """Azure makes the policy with the container and names it: a plan cannot know the name."""
        return self.dataset.azure.temporary_access_policy if self.dataset.azure is not None else None

    @property
    def longest_temporary_access(self) -> dt.timedelta:
        """A day at most; under rules that nobody has changed, eight hours."""
        return dt.timedelta(hours=24 if self._activation_policy is not None else 8)

    def temporary_access_obstacle(self, terms: TemporaryAccess) -> str | None:
        """Whom to ask is said in the policy, so without it nobody would be asked."""
        if self._activation_policy is not None or not (terms.approvers or terms.notify):
            return None
        return (
            f'nobody may ask on {self.cloud} yet: approvals and notifications need azure.temporary_access_policy of the '
            'dataset, the policy that Azure makes with the main container'
        )

    def _lower_temporary_access(
        self,
        entitlement: Entitlement,
        key: str,
        group: Principal,
        bucket: Bucket,
        terms: TemporaryAccess,
        by: By,
    ) -> None:
        # Approvers may be a group of ours, and groups of the organisation are made later.
        self.state.at_the_end.append(lambda: self._lower_eligibility(entitlement, key, group, bucket, terms, by))

    def _lower_eligibility(
        self,
        entitlement: Entitlement,
        key: str,
        group: Principal,
        bucket: Bucket,
        terms: TemporaryAccess,
        by: By,
    ) -> None:
        scope = self.state.scopes[bucket.asset]
        role_id = self.role_id(READER, scope)
        policy, name = None, self._activation_policy
        if name is not None:
            policy = f'{self.logical(key)}-policy'
            approvers = [self.approver_id(address) for address in sorted(terms.approvers)]
            self._resource(
                policy,
                'azure-native:authorization:RoleManagementPolicy',
                f'{bucket.name} {READER.slug}',
                policy_inputs(scope, name.lower(), terms, approvers),
                by,
                entitlement.key,
                depends_on=[bucket.resource],
            )
        self._resource(
            self.logical(key),
            'azure-native:authorization:PimRoleEligibilitySchedule',
            f'{bucket.name} {READER.slug} {group.key}',
            eligibility_inputs(scope, role_id, self.object_id(group), terms, renewed=policy is None),
            by,
            entitlement.key,
            depends_on=[bucket.resource, policy, *self._made(group)],
            options=_REPLACED,
        )

"""The same on Azure: a user-assigned identity for each repository and environment.

Azure maps nothing: it compares issuer, audience and subject letter by letter. So a credential stands for one form of
the subject, and a repository whose form is about to change needs two (`transition`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import By
from cpg_infra.abstraction.azure.subscriptions import provider_in
from cpg_infra.config import Cloud, CPGInfrastructureConfig
from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.github_names import deployer_id, subject_by_ids, subject_by_names
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import (
    ORGANISATION_WIDE,
    Asset,
    AssetKind,
    Grant,
    Options,
    Owner,
    Principal,
    PrincipalKind,
    Ref,
    RegistryRole,
    Value,
)
from cpg_infra.plugins.declaring import declare
from cpg_infra.plugins.github_wif.environments import Environments
from cpg_infra.plugins.github_wif.pool import ISSUER

AUDIENCE: Final = 'api://AzureADTokenExchange'
"""What Microsoft recommends, and what GitHub's log-in action asks tokens for."""

ROLES: Final = {
    RegistryRole.WRITE: '8311e382-0749-4cb8-b61a-304f252e45ec',
    RegistryRole.READ: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
}
"""AcrPush and AcrPull (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/containers)."""

_NAMES: Final = uuid.uuid5(uuid.NAMESPACE_URL, 'cpg-infra/github-federation')
"""Names of role assignments must be UUIDs; these follow from who, what and where."""


@dataclass(frozen=True, slots=True)
class _Identity:
    name: str
    logical: str
    principal: Principal


class AzureIdentities:
    """The identities in the resource group that `github_wif.yaml` names."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        azure: CPGInfrastructureConfig.Azure,
        federation: GithubFederation,
        component: str,
        environments: Environments,
    ) -> None:
        assert federation.azure is not None  # noqa: S101 - the plugin asks
        self._infrastructure = infrastructure
        self._builder = infrastructure.builder
        self._azure = azure
        self._settings = federation.azure
        self._owner_id = federation.owner_id
        self._owner = Owner(ORGANISATION_WIDE, Cloud.AZURE, component)
        self._environments = environments
        self._subscriptions = {
            f'{azure.dataset_storage_prefix}{name}': config.azure.subscription.lower()
            for name, config in infrastructure.dataset_configs.items()
            if config.azure is not None and config.azure.subscription is not None
        }

    def _subscription(self, group: str) -> str:
        """The subscription of a resource group: that of the dataset whose group it is, else the organisation's."""
        return self._subscriptions.get(group, self._azure.subscription)

    def _provider(self, group: str) -> str | None:
        return provider_in(self._subscription(group), self._azure, self._builder)

    def declare(self) -> None:
        """Make the identities, let the workflows come in as them, and let them into registries."""
        for place, repository in enumerate(self._settings.repositories):
            for number, environment in enumerate(repository.environments):
                steps = ('github_wif', 'azure', 'repositories', place, 'environments', number)
                by = By(self._owner, organisation_path(*steps))
                identity = self._identity(repository, environment, by)
                self._credentials(identity, repository, environment, by)
                self._registries(identity, environment, by)
                variables: dict[str, Value] = {
                    'AZURE_CLIENT_ID': Ref(identity.logical, 'clientId'),
                    'AZURE_TENANT_ID': self._azure.tenant,
                    'AZURE_SUBSCRIPTION_ID': self._azure.subscription,
                }
                self._environments.write(repository.github_repo, environment.name, variables, by)

    def _identity(
        self, repository: GithubFederation.Repository, environment: GithubFederation.Environment, by: By
    ) -> _Identity:
        group = self._settings.resource_group
        name = environment.account_id or deployer_id(group, repository.name, environment.name)
        logical = f'{group}-{name}'
        address = f'{group}/{name}'
        asset = Asset(
            f'azure:{AssetKind.MACHINE_ACCOUNT.value}:{address}',
            AssetKind.MACHINE_ACCOUNT,
            Cloud.AZURE,
            address,
            by.owner,
            by.origin,
        )
        self._builder.asset(asset)
        principal = self._builder.principal(
            Principal(f'azure:machine:{address}', PrincipalKind.MACHINE, Cloud.AZURE, Ref(logical, 'principalId')),
        )
        declare(
            self._infrastructure,
            logical,
            'azure-native:managedidentity:UserAssignedIdentity',
            address,
            {
                'resourceGroupName': group,
                'resourceName': name,
                'location': self._settings.region or self._azure.region,
            },
            by,
            intents=[asset.key],
            provider=self._provider(group),
        )
        return _Identity(name, logical, principal)

    def _subjects(self, repository: GithubFederation.Repository, environment: str) -> dict[str, str]:
        """The subjects that are accepted, by the form they have."""
        found: dict[str, str] = {}
        if self._settings.transition or repository.subject == 'names':
            found['names'] = subject_by_names(repository.github_repo, environment)
        if self._settings.transition or repository.subject == 'ids':
            # The rules see to it that both numbers are there.
            found['ids'] = subject_by_ids(self._owner_id or 0, repository.repository_id or 0, environment)
        return found

    def _credentials(
        self,
        identity: _Identity,
        repository: GithubFederation.Repository,
        environment: GithubFederation.Environment,
        by: By,
    ) -> None:
        # Azure refuses two writes at a time below one identity, so each waits for the one before.
        before = identity.logical
        for form, subject in self._subjects(repository, environment.name).items():
            before = declare(
                self._infrastructure,
                f'{identity.logical}-github-{form}',
                'azure-native:managedidentity:FederatedIdentityCredential',
                f'{self._settings.resource_group}/{identity.name}/github-{form}',
                {
                    'resourceGroupName': self._settings.resource_group,
                    'resourceName': identity.name,
                    'federatedIdentityCredentialResourceName': f'github-{form}',
                    'issuer': ISSUER,
                    'subject': subject,
                    'audiences': [AUDIENCE],
                },
                by,
                depends_on=[before],
                provider=self._provider(self._settings.resource_group),
            ).name

    def _registries(self, identity: _Identity, environment: GithubFederation.Environment, by: By) -> None:
        pushed = environment.push_registry
        if pushed is not None:
            self._grant(identity, RegistryRole.WRITE, pushed, by)
        for read in environment.read_registries:
            # Pushing to a registry on Azure includes pulling from it.
            if read != pushed:
                self._grant(identity, RegistryRole.READ, read, by)

    def _grant(self, identity: _Identity, role: RegistryRole, place: str, by: By) -> None:
        group, _, name = place.rpartition('/')
        group = group or self._settings.resource_group
        scope = (
            f'/subscriptions/{self._subscription(group)}/resourceGroups/{group}'
            f'/providers/Microsoft.ContainerRegistry/registries/{name}'
        )
        registry = self._builder.asset(
            Asset(
                f'azure:{AssetKind.REGISTRY.value}:{group}/{name}',
                AssetKind.REGISTRY,
                Cloud.AZURE,
                f'{group}/{name}',
                by.owner,
                by.origin,
                managed=False,
            )
        )
        key = f'{registry.key}|{role.value}|{identity.principal.key}'
        self._builder.grant(
            Grant(key, identity.principal.key, role, registry.key, by.owner, by.origin),
        )
        definition = f'/subscriptions/{self._subscription(group)}/providers/Microsoft.Authorization/roleDefinitions'
        declare(
            self._infrastructure,
            f'{identity.logical}-{role.value.partition(".")[2]}-{group}-{name}',
            'azure-native:authorization:RoleAssignment',
            key,
            {
                'scope': scope,
                'roleAssignmentName': str(uuid.uuid5(_NAMES, f'{scope} {ROLES[role]} {identity.principal.key}')),
                'roleDefinitionId': f'{definition}/{ROLES[role]}',
                'principalId': identity.principal.address,
                # Without it Azure looks the principal up, and does not find one that is seconds old.
                'principalType': 'ServicePrincipal',
            },
            by,
            intents=[key],
            depends_on=[identity.logical],
            # Azure knows one assignment of a role to somebody at a place, whatever its name.
            options=Options(delete_before_replace=True),
            provider=self._provider(group),
        )

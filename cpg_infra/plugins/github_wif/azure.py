"""The same on Azure: a user-assigned identity for each repository and environment.

Azure maps nothing: it compares issuer, audience and subject letter by letter. So a credential stands for one form of
the subject, and a repository whose form is about to change needs two (`transition`). Each form is a principal: whoever
is called so comes in as the identity, and what the identity may do is granted to it alone.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import By
from cpg_infra.abstraction.azure.scopes import registry_scope, role_definition_id
from cpg_infra.abstraction.federation import program_elsewhere
from cpg_infra.config import Cloud, CPGInfrastructureConfig
from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.github_names import deployer_id, subject_by_ids, subject_by_names
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import (
    ORGANISATION_WIDE,
    AccountRole,
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
from cpg_infra.plugins.github_wif.azure_place import AzurePlace
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
    """An identity; `logical` has slashes, so that a resource group may be called like a Google project.

    `earlier` is the logical name that it had before. Stacks know it, and all that begins with it, by an alias.
    """

    name: str
    logical: str
    earlier: str
    asset: str
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
        self._place = AzurePlace(infrastructure, azure)
        self._builder = infrastructure.builder
        self._settings = federation.azure
        self._owner_id = federation.owner_id
        self._owner = Owner(ORGANISATION_WIDE, Cloud.AZURE, component)
        self._environments = environments

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
                    'AZURE_TENANT_ID': self._place.azure.tenant,
                    'AZURE_SUBSCRIPTION_ID': self._place.subscription(self._settings.resource_group),
                }
                self._environments.write(repository.github_repo, environment.name, variables, by)

    def _identity(
        self, repository: GithubFederation.Repository, environment: GithubFederation.Environment, by: By
    ) -> _Identity:
        group = self._settings.resource_group
        name = environment.account_id or deployer_id(group, repository.name, environment.name)
        logical, earlier = f'azure/{group}/{name}', f'{group}-{name}'
        address = f'{group}/{name}'
        ours = self._place.ours(self._place.scope(group))
        asset = Asset(
            f'azure:{AssetKind.MACHINE_ACCOUNT.value}:{address}',
            AssetKind.MACHINE_ACCOUNT,
            Cloud.AZURE,
            address,
            by.owner,
            by.origin,
            within=ours.asset if ours else None,
        )
        self._builder.asset(asset)
        principal = self._builder.principal(
            Principal(f'azure:machine:{address}', PrincipalKind.MACHINE, Cloud.AZURE, Ref(logical, 'principalId')),
        )
        self._place.declare(
            group,
            logical,
            'azure-native:managedidentity:UserAssignedIdentity',
            address,
            {
                'resourceGroupName': group,
                'resourceName': name,
                'location': self._settings.region or self._place.azure.region,
            },
            by,
            intents=[asset.key],
            depends_on=[ours.resource] if ours else [],
            options=Options(aliases=(earlier,)),
        )
        return _Identity(name, logical, earlier, asset.key, principal)

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
        group = self._settings.resource_group
        for form, subject in self._subjects(repository, environment.name).items():
            name = f'github-{form}'
            address = f'{group}/{identity.name}/{name}'
            before = self._place.declare(
                group,
                f'{identity.logical}/{name}',
                'azure-native:managedidentity:FederatedIdentityCredential',
                address,
                {
                    'resourceGroupName': group,
                    'resourceName': identity.name,
                    'federatedIdentityCredentialResourceName': name,
                    'issuer': ISSUER,
                    'subject': subject,
                    'audiences': [AUDIENCE],
                },
                by,
                intents=self._let_in(identity, address, subject, by),
                depends_on=[before],
                options=Options(aliases=(f'{identity.earlier}-{name}',)),
            ).name

    def _let_in(self, identity: _Identity, address: str, subject: str, by: By) -> tuple[str, str]:
        """The keys of a credential and of the grant that it is: no policy says who comes in."""
        kind = AssetKind.FEDERATION
        asset = self._builder.asset(
            Asset(
                f'azure:{kind.value}:{address}', kind, Cloud.AZURE, address, by.owner, by.origin, within=identity.asset
            )
        )
        program = self._builder.principal(program_elsewhere(Cloud.AZURE, ISSUER, subject))
        role = AccountRole.COME_IN_AS
        key = f'{identity.asset}|{role.value}|{program.key}'
        self._builder.grant(Grant(key, program.key, role, identity.asset, by.owner, by.origin))
        return asset.key, key

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
        scope = registry_scope(self._place.scope(group), name)
        ours = self._place.ours(scope)
        registry = ours.asset if ours else self._existing_registry(group, name, by)
        key = f'{registry}|{role.value}|{identity.principal.key}'
        self._builder.grant(
            Grant(key, identity.principal.key, role, registry, by.owner, by.origin),
        )
        verb = role.value.partition('.')[2]
        self._place.declare(
            group,
            f'{identity.logical}/{verb}/{group}/{name}',
            'azure-native:authorization:RoleAssignment',
            key,
            {
                'scope': scope,
                'roleAssignmentName': str(uuid.uuid5(_NAMES, f'{scope} {ROLES[role]} {identity.principal.key}')),
                'roleDefinitionId': role_definition_id(self._place.subscription(group), ROLES[role]),
                'principalId': identity.principal.address,
                # Without it Azure looks the principal up, and does not find one that is seconds old.
                'principalType': 'ServicePrincipal',
            },
            by,
            intents=[key],
            depends_on=[identity.logical, *([ours.resource] if ours else [])],
            # Azure knows one assignment of a role to somebody at a place, whatever its name.
            options=Options(delete_before_replace=True, aliases=(f'{identity.earlier}-{verb}-{group}-{name}',)),
        )

    def _existing_registry(self, group: str, name: str, by: By) -> str:
        address, kind = f'{group}/{name}', AssetKind.REGISTRY
        key = f'azure:{kind.value}:{address}'
        # Whoever sees all of a resource group sees it too.
        around = self._place.ours(self._place.scope(group))
        within = around.asset if around else None
        self._builder.asset(Asset(key, kind, Cloud.AZURE, address, by.owner, by.origin, within=within, managed=False))
        return key

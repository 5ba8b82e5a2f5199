"""The pool of a project through which tokens of GitHub come, and who they are there.

A token is known by the *number* of its repository and its environment, mapped into one attribute: numbers stay when
a repository is renamed or moved, and both forms of a subject that GitHub sends carry them. Only tokens of one owner
are accepted at all.
"""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Final

from cpg_infra.abstraction import By, MachineAccount
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.github_names import subject_by_names
from cpg_infra.driver.organisation_cloud import OrganisationCloud
from cpg_infra.plan import AccountRole, Principal, PrincipalKind
from cpg_infra.plugins.google.project import PluginProject

ISSUER: Final = 'https://token.actions.githubusercontent.com'


class Pool:
    """Pool and provider of one project."""

    ATTRIBUTE: ClassVar[str] = 'attribute.repository_environment'

    def __init__(
        self,
        organisation: OrganisationCloud,
        name: str,
        project: GithubFederation.Project,
        federation: GithubFederation,
        component: str,
    ) -> None:
        self.organisation = organisation
        self.cloud = organisation.infrastructure
        self.name = name
        self.component = component
        self.location = project.location
        self.settings = federation.pool or GithubFederation.Pool()
        self._number = project.project_number
        self._federation = federation
        self._by = self.by()
        self.project = PluginProject(organisation, name, f'github-wif-{name}', self._by)

    def by(self, *steps: str | int) -> By:
        """The plugin as declarer, because of the value at `steps` of the project's entry."""
        said = self.organisation.by(self.component, 'github_wif', 'projects', self.name)
        return By(said.owner, (*said.origin, *steps)) if steps else said

    @property
    def path(self) -> str:
        """What Google calls the pool; it wants the project's number."""
        return f'projects/{self._number}/locations/global/workloadIdentityPools/{self.settings.name}'

    @property
    def provider_path(self) -> str:
        """What a workflow must name to come in."""
        return f'{self.path}/providers/{self.settings.provider}'

    @cached_property
    def condition(self) -> str:
        """What every token must fulfil."""
        if self._federation.owner_id is not None:
            return f'assertion.repository_owner_id == "{self._federation.owner_id}"'
        return f'assertion.repository_owner == "{self._owner}"'

    @property
    def _owner(self) -> str:
        """The owner of every repository (the rules see to it that there is one)."""
        found = [each.github_repo for project in self._federation.projects.values() for each in project.repositories]
        if self._federation.pam_broker is not None:
            found.append(self._federation.pam_broker.github_repo)
        return found[0].partition('/')[0] if found else ''

    @property
    def mapping(self) -> dict[str, str]:
        """What becomes of the claims of a token."""
        return {
            'google.subject': 'assertion.sub',
            self.ATTRIBUTE: 'assertion.repository_id + "/" + assertion.environment',
        }

    def declare(self) -> None:
        """Make pool and provider, unless they exist without us. They are never deleted: their ids come back late."""
        self._made: list[str] = []
        if not self.settings.manage:
            return
        apis = self.project.enable('iam', 'iamcredentials', 'sts')
        pool = self.cloud.raw(
            f'{self.name}-github-pool',
            'gcp:iam/workloadIdentityPool:WorkloadIdentityPool',
            f'{self.name}/{self.settings.name}',
            {'project': self.name, 'workloadIdentityPoolId': self.settings.name, 'displayName': 'GitHub'},
            self._by,
            depends_on=apis,
            options=PROTECTED,
        )
        provider = self.cloud.raw(
            f'{self.name}-github-provider',
            'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider',
            f'{self.name}/{self.settings.name}/{self.settings.provider}',
            {
                'project': self.name,
                'workloadIdentityPoolId': self.settings.name,
                'workloadIdentityPoolProviderId': self.settings.provider,
                'displayName': 'GitHub Actions',
                'attributeMapping': self.mapping,
                'attributeCondition': self.condition,
                'oidc': {'issuerUri': ISSUER},
            },
            self._by,
            depends_on=[pool.name],
            options=PROTECTED,
        )
        self._made.append(provider.name)

    def let_in(
        self, account: MachineAccount, github_repo: str, repository_id: int | None, environment: str, by: By
    ) -> None:
        """Let jobs in an environment of a repository come in as `account`, and nobody else."""
        principal = self._principal(github_repo, repository_id, environment)
        self.cloud.grant(principal, AccountRole.COME_IN_AS, account, by)

    def _principal(self, github_repo: str, repository_id: int | None, environment: str) -> Principal:
        if repository_id is not None:
            address = f'principalSet://iam.googleapis.com/{self.path}/{self.ATTRIBUTE}/{repository_id}/{environment}'
        else:
            subject = subject_by_names(github_repo, environment)
            address = f'principal://iam.googleapis.com/{self.path}/subject/{subject}'
        key = f'{self.cloud.cloud.value}:federated:github/{github_repo}/{environment}'
        principal = self.cloud.builder.principal(
            Principal(key, PrincipalKind.FEDERATED, self.cloud.cloud, address),
        )
        if self._made:
            # A policy that names a pool which is not there yet is refused.
            self.cloud.state.made_by[key] = self._made[0]
        return principal

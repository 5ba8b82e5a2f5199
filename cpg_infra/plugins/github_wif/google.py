"""An account on Google Cloud for each repository and environment, and the registries it may use."""

from __future__ import annotations

from collections.abc import Iterable

from cpg_infra.abstraction import By, Registry
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.github_names import deployer_id
from cpg_infra.plan import RegistryRole
from cpg_infra.plugins.github_wif.environments import Environments
from cpg_infra.plugins.github_wif.pool import Pool

_HOST_END = '-docker.pkg.dev'


class GoogleAccounts:
    """The accounts in the project of a pool."""

    def __init__(self, pool: Pool, environments: Environments) -> None:
        self._pool = pool
        self._cloud = pool.cloud
        self._environments = environments

    def declare(self, repositories: Iterable[GithubFederation.Repository]) -> None:
        """Make the accounts of `repositories`."""
        for place, repository in enumerate(repositories):
            for number, environment in enumerate(repository.environments):
                by = self._pool.by('repositories', place, 'environments', number)
                self._pair(repository, environment, by)

    def _pair(self, repository: GithubFederation.Repository, environment: GithubFederation.Environment, by: By) -> None:
        cloud, pool = self._cloud, self._pool
        identifier = environment.account_id or deployer_id(pool.name, repository.name, environment.name)
        account = cloud.machine_account(
            identifier,
            by,
            project=pool.project.handle,
            logical=f'{pool.name}-{identifier}',
            description=f'{repository.github_repo}, environment {environment.name}',
            # Of somebody else's account of that name we would let in whom we know, and they whom they know.
            adopt=False,
        )
        pool.let_in(account, repository.github_repo, repository.repository_id, environment.name, by)
        pushed = environment.push_registry
        if pushed is not None:
            cloud.grant(account.principal, RegistryRole.WRITE, self._registry(pushed, by), by)
        for read in environment.read_registries:
            if read != pushed:
                cloud.grant(account.principal, RegistryRole.READ, self._registry(read, by), by)
        self._environments.of_google(repository.github_repo, environment.name, pool.provider_path, account, by)

    def _registry(self, place: str, by: By) -> Registry:
        project, region, name = self._pool.name, self._pool.location, place
        if '/' in place:
            host, project, name = place.split('/')
            region = host.removesuffix(_HOST_END)
        # An account may read registries of one name in several projects.
        return self._cloud.existing_registry(name, project, region, by, label=f'{project}-{region}-{name}')

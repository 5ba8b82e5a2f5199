"""The environments of repositories on GitHub, and the variables by which a workflow finds its account.

What nobody declared of an environment (reviewers, timers, branches) stays as it is on GitHub. None of the variables is
a secret. The token that writes them is the provider's own, from its environment: it is in no plan and no state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cpg_infra.abstraction import By, MachineAccount
from cpg_infra.config.github import GithubFederation
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import ORGANISATION_WIDE, Options, Owner, Value
from cpg_infra.plugins.declaring import declare

_GUARDS: Final = ('canAdminsBypass', 'deploymentBranchPolicy', 'preventSelfReview', 'reviewers', 'waitTimer')


class Environments:
    """What is written on GitHub. An environment that acts on two clouds is made once."""

    def __init__(self, infrastructure: Infrastructure, federation: GithubFederation, component: str) -> None:
        self._infrastructure = infrastructure
        self._owner = Owner(ORGANISATION_WIDE, None, component)
        self._guards = _guards_of(federation)
        self._made: dict[str, str | None] = {}

    def of_google(self, github_repo: str, environment: str, provider: str, account: MachineAccount, by: By) -> None:
        """The environment, and what its jobs need to come in as `account`."""
        values = {'WIF_PROVIDER': provider, 'WIF_SERVICE_ACCOUNT': account.principal.address}
        self.write(github_repo, environment, values, by)

    def write(self, github_repo: str, environment: str, variables: Mapping[str, Value], by: By) -> None:
        """The environment, and variables in it."""
        by = By(self._owner, by.origin)
        repository = github_repo.partition('/')[2]
        begin = _key(github_repo, environment)
        if begin not in self._made:
            self._made[begin] = self._environment(begin, repository, environment, by)
        needed = self._made[begin]
        for name, value in variables.items():
            declare(
                self._infrastructure,
                f'{begin}/{name}',
                'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable',
                f'{github_repo}/{environment}/{name}',
                {'repository': repository, 'environment': environment, 'variableName': name, 'value': value},
                by,
                depends_on=[needed] if needed else [],
            )

    def _environment(self, begin: str, repository: str, environment: str, by: By) -> str | None:
        guard = self._guards.get(begin)
        if guard is not None and guard.by_hand:
            return None
        declared = _inputs(guard)
        name = f'{begin}/environment'
        declare(
            self._infrastructure,
            name,
            'github:index/repositoryEnvironment:RepositoryEnvironment',
            f'{repository}/{environment}',
            {'repository': repository, 'environment': environment, **declared},
            by,
            # Deleting an environment would take the secrets with it that others put there.
            options=Options(retain=True, ignore_changes=tuple(key for key in _GUARDS if key not in declared)),
        )
        return name


def _key(github_repo: str, environment: str) -> str:
    # GitHub minds the case of neither name. No repository has a slash in its name, so no two pairs have one key.
    return f'github/{github_repo.partition("/")[2]}/{environment}'.lower()


def _guards_of(federation: GithubFederation) -> dict[str, GithubFederation.Guard]:
    repositories = [each for project in federation.projects.values() for each in project.repositories]
    if federation.azure is not None:
        repositories += federation.azure.repositories
    return {
        _key(repository.github_repo, environment.name): environment.guard
        for repository in repositories
        for environment in repository.environments
        if environment.guard is not None
    }


def _inputs(guard: GithubFederation.Guard | None) -> dict[str, Value]:
    if guard is None:
        return {}
    inputs: dict[str, Value] = {}
    if guard.teams or guard.users:
        inputs['reviewers'] = [{'teams': sorted(guard.teams), 'users': sorted(guard.users)}]
    if guard.wait_minutes is not None:
        inputs['waitTimer'] = guard.wait_minutes
    if guard.protected_branches:
        inputs['deploymentBranchPolicy'] = {'protectedBranches': True, 'customBranchPolicies': False}
    return inputs

"""`github_wif.yaml`: which GitHub workflows may act on our clouds without a key.

The model checks shape only; what takes two values to see is in `rules.federation`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cpg_infra.config.base import FrozenDict, Model, resolve_nested

GithubRepository = Annotated[str, Field(pattern=r'^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$')]
AccountId = Annotated[str, Field(pattern=r'^[a-z][a-z0-9-]{4,28}[a-z0-9]$')]
RegistryPlace = Annotated[str, Field(pattern=r'^([A-Za-z0-9._:()-]+/){0,2}[A-Za-z0-9][A-Za-z0-9-]*$')]
PoolId = Annotated[str, Field(pattern=r'^[a-z0-9-]{4,32}$')]


class GithubFederation(Model):
    """Which GitHub workflows may act on our clouds without a key. In a file of its own, `github_wif.yaml`."""

    class Guard(Model):
        """What a job must wait for before it may use the environment."""

        teams: tuple[int, ...] = Field(default=(), description='Ids of the teams that may approve.')
        users: tuple[int, ...] = Field(default=(), description='Ids of the people who may approve.')
        wait_minutes: int | None = Field(default=None, ge=1, le=43_200, description='Minutes that a job waits.')
        protected_branches: bool = Field(default=False, description='Only jobs on protected branches may use it.')
        by_hand: bool = Field(
            default=False,
            description='The environment exists and is guarded by hand: it is not written, only its variables are.',
        )

    class Environment(Model):
        """An environment of a repository, and what its jobs may do."""

        name: str = Field(description='Name of the environment on GitHub.', min_length=1, max_length=255)
        push_registry: RegistryPlace | None = Field(
            default=None,
            description='Registry that jobs push images to: a name, for one beside the accounts, or '
            '`<location>-docker.pkg.dev/<project>/<name>` on Google and `<resource group>/<name>` on Azure.',
        )
        read_registries: tuple[RegistryPlace, ...] = Field(
            default=(), description='Registries that jobs pull from, written likewise.'
        )
        account_id: AccountId | None = Field(
            default=None, description='Id of the account, where it must not follow from the names.'
        )
        guard: GithubFederation.Guard | None = Field(
            default=None,
            description='What a job must wait for. What is not given here is left as it is on GitHub.',
        )

    class Repository(Model):
        """A repository whose jobs act on our clouds."""

        name: str = Field(description='What we call it; begins the ids of its accounts.', min_length=1)
        github_repo: GithubRepository = Field(description='Its name on GitHub, `<owner>/<name>`.')
        repository_id: int | None = Field(
            default=None,
            ge=1,
            description='Its number on GitHub, which stays when it is renamed. Without it only tokens that name the '
            'repository are accepted.',
        )
        subject: Literal['names', 'ids'] = Field(
            default='names',
            description='What the subject of its tokens is made of; `ids` for repositories that were created, renamed '
            'or moved after 2026-06-18. Azure needs to know, and Google where there is no `repository_id`.',
        )
        environments: tuple[GithubFederation.Environment, ...] = Field(description='Its environments.')

    class Project(Model):
        """A Google project with a pool, and the repositories whose accounts are there."""

        project_number: int = Field(ge=1, description='Number of the project.')
        location: str = Field(description='Location of the registries that are named without one.')
        repositories: tuple[GithubFederation.Repository, ...] = Field(default=(), description='The repositories.')

    class PamBroker(Model):
        """The workflow that asks for temporary access, as the account `pam-broker` of the common project."""

        github_repo: GithubRepository = Field(description='Its repository on GitHub, `<owner>/<name>`.')
        repository_id: int | None = Field(default=None, ge=1, description='Number of the repository on GitHub.')
        environment: str = Field(description='Environment of the workflow.', min_length=1, max_length=255)
        project: str | None = Field(
            default=None,
            description='Project whose pool the workflow comes through; the common one, else the only one.',
        )

    class Pool(Model):
        """The pool through which tokens of GitHub come, one in each project."""

        name: PoolId = Field(default='github-pool', description='Id of the pool.')
        provider: PoolId = Field(default='github-provider', description='Id of the provider in it.')
        manage: bool = Field(
            default=True, description='Make pool and provider. When false they exist, and are only referred to.'
        )

    class Azure(Model):
        """The same on Azure: an identity for each repository and environment."""

        resource_group: str = Field(description='Resource group of the identities and of registries without a place.')
        region: str | None = Field(default=None, description='Region of the identities; the organisation’s else.')
        transition: bool = Field(
            default=False,
            description='Accept both forms of a subject: Azure compares it letter by letter.',
        )
        repositories: tuple[GithubFederation.Repository, ...] = Field(default=(), description='The repositories.')

    projects: FrozenDict[str, GithubFederation.Project] = Field(description='The Google projects, by id.')
    owner_id: int | None = Field(
        default=None,
        ge=1,
        description='Number of the owner of the repositories on GitHub; without it the owner’s name is compared, which '
        'somebody else may have one day.',
    )
    pool: GithubFederation.Pool | None = Field(
        default=None, description='The pool of each project; made as `github-pool` without this section.'
    )
    pam_broker: GithubFederation.PamBroker | None = Field(
        default=None, description='The workflow that asks for temporary access.'
    )
    azure: GithubFederation.Azure | None = Field(default=None, description='The same on Azure.')


resolve_nested(GithubFederation)

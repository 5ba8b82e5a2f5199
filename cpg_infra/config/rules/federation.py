"""GitHub federation: two pairs never share an account, and no pair is let in twice or by chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cpg_infra.config.diagnostics import Path, Severity, organisation_path
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.github_names import SUBJECT_BYTES, deployer_id, subject_by_ids, subject_by_names
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole

PLUGIN = 'github_wif'
_AT = organisation_path('github_wif')
_GOOGLE_REGISTRY = re.compile(r'([a-z0-9-]+-docker\.pkg\.dev/[a-z0-9:.-]+/)?[a-z][a-z0-9-]*')
_AZURE_REGISTRY = re.compile(r'([A-Za-z0-9._()-]+/)?[A-Za-z0-9]{5,50}')
_TRIAL_REGISTRY = re.compile(r'.*(dev|tmp|test)')
_GUARDED_BY_CUSTOM = 'production'


@dataclass(frozen=True, slots=True)
class _Pair:
    """A repository and one of its environments, where they are declared; `place` is a project, or Azure."""

    place: str
    repository: GithubFederation.Repository
    environment: GithubFederation.Environment
    path: Path

    @property
    def on_azure(self) -> bool:
        return self.path[2] == 'azure'

    @property
    def key(self) -> tuple[bool, str, str]:
        """GitHub minds the case of neither name."""
        return self.on_azure, self.repository.github_repo.lower(), self.environment.name.lower()

    @property
    def account(self) -> str:
        return self.environment.account_id or deployer_id(self.place, self.repository.name, self.environment.name)


def _pairs(federation: GithubFederation) -> Iterator[_Pair]:
    for path, place, repository in _repositories(federation):
        for number, environment in enumerate(repository.environments):
            yield _Pair(place, repository, environment, (*path, 'environments', number))


def _repositories(federation: GithubFederation) -> Iterator[tuple[Path, str, GithubFederation.Repository]]:
    for name, project in federation.projects.items():
        for number, repository in enumerate(project.repositories):
            yield (*_AT, 'projects', name, 'repositories', number), name, repository
    if federation.azure is not None:
        for number, repository in enumerate(federation.azure.repositories):
            yield (*_AT, 'azure', 'repositories', number), federation.azure.resource_group, repository


def the_plugin_is_enabled(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """What nobody reads has no effect."""
    if whole.is_broken('organisation', 'plugins_enabled'):
        return
    if organisation.github_wif is not None and PLUGIN not in organisation.plugins_enabled:
        yield whole.finding(
            'plugin-not-enabled',
            _AT,
            f'has no effect: {PLUGIN!r} is not among plugins_enabled',
            key=True,
            severity=Severity.WARNING,
        )


def a_pair_is_declared_once(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """GitHub has one environment of a name in a repository, with one account in its variables."""
    federation = organisation.github_wif
    if federation is None:
        return
    first: dict[tuple[bool, str, str], Path] = {}
    broker = federation.pam_broker
    if broker is not None:
        first[False, broker.github_repo.lower(), broker.environment.lower()] = (*_AT, 'pam_broker')
    for pair in _pairs(federation):
        before = first.setdefault(pair.key, pair.path)
        if before != pair.path:
            yield whole.finding(
                'declared-twice',
                pair.path,
                f'{pair.repository.github_repo} and its environment {pair.environment.name!r} are declared twice; '
                f'first at {whole.sources.locate(before) or "another place"}',
                suggestion='one account for the pair, in one project, can be let into registries of others',
            )


def accounts_are_not_shared(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Of two repositories with one account each could do what the other may."""
    federation = organisation.github_wif
    if federation is None:
        return
    first: dict[tuple[bool, str, str], _Pair] = {}
    for pair in _pairs(federation):
        before = first.setdefault((pair.on_azure, pair.place, pair.account), pair)
        if before is not pair:
            yield whole.finding(
                'shared-account',
                pair.path,
                f'the account {pair.account!r} is also that of {before.repository.github_repo} '
                f'and its environment {before.environment.name!r}',
                at=(*pair.path, 'account_id') if pair.environment.account_id else None,
                suggestion='give one of them another account_id',
            )


def numbers_are_of_one_repository(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Tokens are told apart by the number of their repository."""
    federation = organisation.github_wif
    if federation is None:
        return
    named = [(path, each.github_repo, each.repository_id) for path, _, each in _repositories(federation)]
    if (broker := federation.pam_broker) is not None:
        named.append(((*_AT, 'pam_broker'), broker.github_repo, broker.repository_id))
    names: dict[int, str] = {}
    numbers: dict[str, int] = {}
    for path, github_repo, number in named:
        if number is None:
            continue
        other = names.setdefault(number, github_repo)
        if other.lower() != github_repo.lower():
            yield whole.finding(
                'repository-id', (*path, 'repository_id'), f'{number} is also the number of {other}: whose is it?'
            )
        elif numbers.setdefault(github_repo.lower(), number) != number:
            yield whole.finding(
                'repository-id',
                (*path, 'repository_id'),
                f'{github_repo} has the number {numbers[github_repo.lower()]} elsewhere',
            )


def subjects_are_sound(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A subject is compared as a text: its parts must be told apart, and all of it must arrive."""
    federation = organisation.github_wif
    if federation is None:
        return
    named = [((*pair.path, 'name'), pair.repository.github_repo, pair.repository.repository_id, pair.environment.name)
             for pair in _pairs(federation)]  # fmt: skip
    if (broker := federation.pam_broker) is not None:
        path = (*_AT, 'pam_broker', 'environment')
        named.append((path, broker.github_repo, broker.repository_id, broker.environment))
    for path, github_repo, repository_id, environment in named:
        if ':' in environment or not environment.isprintable():
            yield whole.finding(
                'environment-name', path, f'{environment!r} would not be one part of the subject of a token'
            )
            continue
        subjects = [subject_by_names(github_repo, environment)]
        if federation.owner_id is not None and repository_id is not None:
            subjects.append(subject_by_ids(federation.owner_id, repository_id, environment))
        for subject in subjects:
            if (size := len(subject.encode())) > SUBJECT_BYTES:
                yield whole.finding(
                    'long-subject',
                    path,
                    f'the subject {subject} has {size} bytes; a token with more than {SUBJECT_BYTES} is refused',
                    suggestion='use a shorter name for the environment',
                )


def repositories_have_one_owner(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Pools accept one owner, and environments are written as one."""
    federation = organisation.github_wif
    if federation is None:
        return
    places = [((*path, 'github_repo'), repository.github_repo) for path, _, repository in _repositories(federation)]
    if federation.pam_broker is not None:
        places.append(((*_AT, 'pam_broker', 'github_repo'), federation.pam_broker.github_repo))
    owner = places[0][1].partition('/')[0] if places else ''
    for path, github_repo in places:
        other = github_repo.partition('/')[0]
        if other.lower() != owner.lower():
            yield whole.finding(
                'another-owner', path, f'belongs to {other}, and the first repository to {owner}: one owner is accepted'
            )


def identities_are_stated(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Names can be given away; numbers stay. And Azure compares letters, so it must be told which form comes."""
    federation = organisation.github_wif
    if federation is None:
        return
    if federation.owner_id is None:
        yield whole.finding(
            'no-owner-id',
            _AT,
            'owner_id is missing: the name of the owner is compared, which somebody else may have one day',
            severity=Severity.WARNING,
        )
    for path, _, repository in _repositories(federation):
        on_azure = path[2] == 'azure'
        by_ids = repository.subject == 'ids'
        needed = by_ids or (on_azure and federation.azure is not None and federation.azure.transition)
        if repository.repository_id is None and needed:
            yield whole.finding(
                'no-repository-id', path, f'{repository.github_repo}: subjects made of ids need the repository_id'
            )
        elif repository.repository_id is None and not on_azure:
            yield whole.finding(
                'no-repository-id',
                path,
                f'{repository.github_repo}: without a repository_id only the subject '
                f'repo:{repository.github_repo}:environment:… is accepted, which is not sent after a rename',
                severity=Severity.WARNING,
            )
        if on_azure and needed and federation.owner_id is None:
            yield whole.finding('no-owner-id', path, 'subjects made of ids need the owner_id')
    broker = federation.pam_broker
    if broker is not None and broker.repository_id is None:
        yield whole.finding(
            'no-repository-id',
            (*_AT, 'pam_broker'),
            f'{broker.github_repo}: without a repository_id only the subject that names it is accepted',
            severity=Severity.WARNING,
        )


def production_is_guarded(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Whoever may push a branch may run a job in an environment without a guard."""
    federation = organisation.github_wif
    if federation is None:
        return
    for pair in _pairs(federation):
        registry = pair.environment.push_registry
        if registry is None or _TRIAL_REGISTRY.fullmatch(registry) or _is_guarded(pair.environment):
            continue
        by_custom = pair.environment.name == _GUARDED_BY_CUSTOM
        yield whole.finding(
            'unguarded-environment',
            (*pair.path, 'push_registry'),
            f'{pair.environment.name!r} pushes to {registry}, and '
            + ('no guard is declared: it is as safe as it was made by hand' if by_custom else 'has no guard'),
            severity=Severity.WARNING if by_custom else Severity.ERROR,
            suggestion='declare a guard: teams, users, protected_branches, or by_hand',
        )


def _is_guarded(environment: GithubFederation.Environment) -> bool:
    guard = environment.guard
    return guard is not None and bool(guard.teams or guard.users or guard.protected_branches or guard.by_hand)


def registries_are_places(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Each cloud has its own way to name a registry."""
    federation = organisation.github_wif
    if federation is None:
        return
    for pair in _pairs(federation):
        pattern = _AZURE_REGISTRY if pair.on_azure else _GOOGLE_REGISTRY
        wanted = '<resource group>/<name>' if pair.on_azure else '<location>-docker.pkg.dev/<project>/<name>'
        pushed = pair.environment.push_registry
        named = [] if pushed is None else [((*pair.path, 'push_registry'), pushed)]
        named += [((*pair.path, 'read_registries', n), each) for n, each in enumerate(pair.environment.read_registries)]
        for path, registry in named:
            if not pattern.fullmatch(registry):
                yield whole.finding('registry-place', path, f'{registry!r} is no name, and not of the form {wanted}')


def the_broker_has_a_pool(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The workflow of the broker comes through the pool of some project."""
    federation = organisation.github_wif
    if federation is None or federation.pam_broker is None:
        return
    project = federation.pam_broker.project
    path = (*_AT, 'pam_broker')
    if project is not None and project not in federation.projects:
        yield whole.finding(
            'unknown-project',
            (*path, 'project'),
            f'no project {project!r} in github_wif.projects',
            suggestion=whole.near(project, federation.projects),
        )
    elif project is None and broker_project(organisation, common_project(whole, organisation)) is None:
        yield whole.finding(
            'unknown-project', path, 'the common project has no pool, so the key project must say which one serves'
        )


def common_project(whole: Whole, organisation: CPGInfrastructureConfig) -> str | None:
    """The Google project of the common dataset."""
    common = whole.datasets.get(organisation.common_dataset)
    return common.gcp.project if common is not None and common.gcp is not None else None


def broker_project(organisation: CPGInfrastructureConfig, common: str | None) -> str | None:
    """The project whose pool the broker's workflow comes through; None when nothing says which."""
    federation = organisation.github_wif
    if federation is None or federation.pam_broker is None:
        return None
    if federation.pam_broker.project is not None:
        return federation.pam_broker.project
    if common in federation.projects:
        return common
    return next(iter(federation.projects)) if len(federation.projects) == 1 else None


def azure_is_there(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Identities on Azure need a subscription."""
    federation = organisation.github_wif
    if federation is None or federation.azure is None or organisation.azure is not None:
        return
    if not whole.is_broken('organisation', 'azure'):
        yield whole.finding(
            'missing-section', (*_AT, 'azure'), "the section 'azure' of the organisation is missing", key=True
        )


def guards_agree(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """An environment that acts on two clouds is one environment, with one guard."""
    federation = organisation.github_wif
    if federation is None:
        return
    guards: dict[tuple[str, str], GithubFederation.Guard] = {}
    for pair in _pairs(federation):
        guard = pair.environment.guard
        if guard is not None and guards.setdefault(pair.key[1:], guard) != guard:
            yield whole.finding(
                'guards-differ', (*pair.path, 'guard'), 'the same environment has another guard on the other cloud'
            )


RULES_WITH_ORGANISATION = (
    the_plugin_is_enabled,
    a_pair_is_declared_once,
    accounts_are_not_shared,
    numbers_are_of_one_repository,
    subjects_are_sound,
    repositories_have_one_owner,
    identities_are_stated,
    production_is_guarded,
    registries_are_places,
    the_broker_has_a_pool,
    azure_is_there,
    guards_agree,
)

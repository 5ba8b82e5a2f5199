"""The traps of GitHub federation, each said where it is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.config.github_names import deployer_id
from tests.config.building import azure, findings

Plain = dict[str, Any]
GUARD = {'teams': [41]}
NAMES = st.sampled_from(['a', 'a-img-b', 'a-img-dev', 'b', 'a.b', 'a_b', 'cpg-flow-align-genotype', '1kg'])
ENVIRONMENTS = st.sampled_from(['c', 'b-img-c', 'dev', 'development', 'dev-img-dev', 'prod', 'production'])


def repository(name: str = 'aligner', *environments: Plain, **changes: Any) -> Plain:
    number = sum(name.encode())
    return {
        'name': name,
        'github_repo': f'lantern/{name}',
        'repository_id': number,
        'environments': list(environments or [{'name': 'development'}]),
        **changes,
    }


def said(
    *repositories: Plain, more: Plain | None = None, organisation: Plain | None = None, **changes: Any
) -> list[str]:
    """What is said of repositories in the common project, of those in another one (`more`), and of the rest."""
    projects = {'common-project': {'project_number': 1, 'location': 'r1', 'repositories': list(repositories)}}
    if more is not None:
        projects['other-project'] = {'project_number': 2, 'location': 'r1', 'repositories': [more]}
    federation = {'owner_id': 9, 'projects': projects, **changes}
    return findings(plugins_enabled=['github_wif'], github_wif=federation, **(organisation or {}))


def test_a_sound_file_gives_no_cause_for_a_remark() -> None:
    assert said(repository()) == []


def test_a_file_that_no_plugin_reads_has_no_effect() -> None:
    assert findings(github_wif={'owner_id': 9, 'projects': {}}) == [
        "warning: github_wif: has no effect: 'github_wif' is not among plugins_enabled"
    ]


def test_two_repositories_never_share_an_account() -> None:
    pinned = {'name': 'development', 'account_id': 'aligner-img-dev-deployer'}
    assert said(repository(), repository('caller', pinned)) == [
        (
            "github_wif.projects.common-project.repositories[1].environments[0]: the account 'aligner-img-dev-deployer' is "
            "also that of lantern/aligner and its environment 'development' (give one of them another account_id)"
        )
    ]


@pytest.mark.parametrize(
    ('one', 'other'),
    [
        # Names that today's truncation makes one.
        ('cpg-flow-align-genotype-and-call', 'cpg-flow-align-genotype-and-cull'),
        # A character that an id cannot have, against another one, and against a hyphen.
        ('a.b', 'a_b'),
        ('a.b', 'a-b'),
        ('1kg', '2kg'),
    ],
)
def test_names_that_are_cut_or_changed_stay_apart(one: str, other: str) -> None:
    assert said(repository(one, repository_id=1), repository(other, repository_id=2)) == []


@given(st.lists(st.tuples(NAMES, ENVIRONMENTS), unique=True, min_size=1, max_size=8))
def test_pairs_that_would_share_an_account_are_always_told(pairs: list[tuple[str, str]]) -> None:
    """Readable names can run into each other, as `a-img-b` in `c` and `a` in `b-img-c` do: that is never silent."""
    listed = [
        repository(name, {'name': environment}, github_repo=f'lantern/{number}', repository_id=number + 1)
        for number, (name, environment) in enumerate(pairs)
    ]
    ids = [deployer_id('common-project', *pair) for pair in pairs]
    shared = [finding for finding in said(*listed) if ' is also that of ' in finding]
    assert len(shared) == len(ids) - len(set(ids))


def test_a_pair_is_declared_once_whatever_its_case() -> None:
    second = repository('aligner', {'name': 'Development', 'account_id': 'another'}, github_repo='Lantern/Aligner')
    assert said(repository(), more=second) == [
        (
            'github_wif.projects.other-project.repositories[0].environments[0]: Lantern/Aligner and its environment '
            "'Development' are declared twice; first at another place (one account for the pair, in one project, can be "
            'let into registries of others)'
        )
    ]


def test_the_environment_of_the_broker_is_not_that_of_a_repository_too() -> None:
    broker = {'github_repo': 'lantern/aligner', 'environment': 'development', 'repository_id': sum(b'aligner')}
    [finding] = said(repository(), pam_broker={**broker, 'project': 'common-project'})
    assert 'lantern/aligner and its environment' in finding
    assert 'declared twice' in finding


def test_a_number_is_of_one_repository_and_a_repository_has_one_number() -> None:
    assert said(
        repository(),
        repository('caller', repository_id=sum(b'aligner')),
        repository('other', {'name': 'production'}, github_repo='lantern/aligner', repository_id=5),
    ) == [
        (
            f'github_wif.projects.common-project.repositories[1].repository_id: {sum(b"aligner")} is also the number of '
            'lantern/aligner: whose is it?'
        ),
        (
            'github_wif.projects.common-project.repositories[2].repository_id: lantern/aligner has the number '
            f'{sum(b"aligner")} elsewhere'
        ),
    ]


@pytest.mark.parametrize('name', ['a:b', 'a\nb'])
def test_an_environment_is_one_part_of_a_subject(name: str) -> None:
    [finding] = said(repository('aligner', {'name': name}))
    assert 'environments[0].name' in finding
    assert 'would not be one part of the subject of a token' in finding


def test_a_subject_must_arrive_whole() -> None:
    longest = 127 - len('repo:lantern/aligner:environment:')
    assert said(repository('aligner', {'name': 'é' + 'e' * (longest - 2), 'account_id': 'aligner'})) == []
    [finding] = said(repository('aligner', {'name': 'é' + 'e' * (longest - 1), 'account_id': 'aligner'}))
    assert 'has 128 bytes; a token with more than 127 is refused (use a shorter name for the environment)' in finding


def test_one_owner_is_accepted() -> None:
    [finding] = said(repository(), repository('caller', github_repo='stranger/caller'))
    assert finding.endswith('belongs to stranger, and the first repository to lantern: one owner is accepted')


def test_without_numbers_names_are_compared_with_a_warning() -> None:
    assert said(repository(repository_id=None), owner_id=None) == [
        (
            'warning: github_wif: owner_id is missing: the name of the owner is compared, which somebody else may have one '
            'day'
        ),
        (
            'warning: github_wif.projects.common-project.repositories[0]: lantern/aligner: without a repository_id only '
            'the subject repo:lantern/aligner:environment:… is accepted, which is not sent after a rename'
        ),
    ]


def test_subjects_made_of_numbers_need_them() -> None:
    [finding] = said(repository(repository_id=None, subject='ids'))
    assert finding.endswith('lantern/aligner: subjects made of ids need the repository_id')


@pytest.mark.parametrize('guard', [GUARD, {'users': [1]}, {'protected_branches': True}, {'by_hand': True}])
def test_who_pushes_to_a_production_registry_is_guarded(guard: Plain) -> None:
    pushing = {'name': 'release', 'push_registry': 'images'}
    assert said(repository('aligner', {**pushing, 'guard': guard})) == []
    for none in (None, {'wait_minutes': 5}):
        [finding] = said(repository('aligner', {**pushing, 'guard': none}))
        assert finding.endswith(
            "push_registry: 'release' pushes to images, and has no guard (declare a guard: teams, users, "
            'protected_branches, or by_hand)'
        )


def test_the_name_production_is_only_a_custom() -> None:
    [finding] = said(repository('aligner', {'name': 'production', 'push_registry': 'images'}))
    assert finding.startswith('warning: ')
    assert 'no guard is declared: it is as safe as it was made by hand' in finding


@pytest.mark.parametrize('registry', ['images-dev', 'us-docker.pkg.dev/other/images-test'])
def test_a_registry_of_trials_needs_no_guard(registry: str) -> None:
    assert said(repository('aligner', {'name': 'development', 'push_registry': registry})) == []


def test_a_registry_is_named_as_its_cloud_names_it() -> None:
    [finding] = said(repository('aligner', {'name': 'development', 'read_registries': ['group/images-dev']}))
    assert finding.endswith(
        "read_registries[0]: 'group/images-dev' is no name, and not of the form "
        '<location>-docker.pkg.dev/<project>/<name>'
    )


def test_the_broker_comes_through_some_pool() -> None:
    broker = {'github_repo': 'lantern/access', 'environment': 'pam', 'repository_id': 3}
    assert said(repository(), pam_broker=broker) == []
    [finding] = said(repository(), more=repository('caller'), pam_broker=broker)
    assert finding == (
        'github_wif.pam_broker: the common project has no pool, so the key project must say which one serves'
    )
    assert said(repository(), more=repository('caller'), pam_broker={**broker, 'project': 'other-projekt'}) == [
        (
            "github_wif.pam_broker.project: no project 'other-projekt' in github_wif.projects (did you mean "
            "'other-project'?)"
        )
    ]


def on_azure(*repositories: Plain, **changes: Any) -> Plain:
    return {'resource_group': 'ci', 'repositories': list(repositories), **changes}


def test_azure_needs_the_section_of_the_organisation() -> None:
    assert said(azure=on_azure()) == ["github_wif.azure: the section 'azure' of the organisation is missing"]
    assert said(azure=on_azure(repository()), organisation={'azure': azure()}) == []


def test_in_transition_azure_needs_both_numbers() -> None:
    found = said(
        azure=on_azure(repository(repository_id=None), transition=True), owner_id=None, organisation={'azure': azure()}
    )
    assert sorted(finding.rpartition(': ')[2] for finding in found) == [
        'subjects made of ids need the owner_id',
        'subjects made of ids need the repository_id',
        'the name of the owner is compared, which somebody else may have one day',
    ]


def test_an_environment_has_one_guard_on_all_clouds() -> None:
    guarded = repository('aligner', {'name': 'development', 'guard': GUARD})
    other = repository('aligner', {'name': 'development', 'guard': {'users': [1]}})
    [finding] = said(guarded, azure=on_azure(other), organisation={'azure': azure()})
    assert finding.endswith('guard: the same environment has another guard on the other cloud')

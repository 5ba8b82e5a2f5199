from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cpg_infra.config import ConfigurationError, load
from cpg_infra.config.revision import GitRevision
from tests.config.building import FILES, USERS_YAML, faults, write


def git(folder: Path, *arguments: str) -> None:
    who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', '-c', 'commit.gpgsign=false']
    subprocess.run(['git', '-C', str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, 'init', '--quiet')
    return tmp_path


def commit(repository: Path) -> None:
    git(repository, 'add', '--all')
    git(repository, 'commit', '--quiet', '--message', 'x')


def said(folder: Path, revision: str = 'HEAD') -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(GitRevision(folder, revision))
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


@pytest.mark.parametrize('folder', ['', 'deploy/production'])
def test_a_revision_loads_as_the_folder_did(repository: Path, folder: str) -> None:
    here = write(repository / folder)
    commit(repository)
    then = load(here)
    (here / 'users.yaml').write_text('broken: [')
    assert faults(here) != []
    loaded = load(GitRevision(here, 'HEAD'))
    assert (loaded.organisation, loaded.datasets) == (then.organisation, then.datasets)
    path = ('dataset', 'alpha', 'gcp', 'project')
    assert loaded.sources.locate(path) == then.sources.locate(path)


def test_a_folder_that_is_gone_is_read_from_the_revision(repository: Path) -> None:
    here = write(repository / 'deploy')
    commit(repository)
    here.rename(repository / 'elsewhere')
    assert list(load(GitRevision(here, 'HEAD')).datasets) == ['common', 'alpha', 'beta']


def test_faults_are_located_as_in_the_folder(repository: Path) -> None:
    here = write(repository, {'alpha/members.yaml': 'analysis: [anna]\n'})
    commit(repository)
    assert said(here) == faults(here) == [
        "alpha/members.yaml:1:12: alpha.members.analysis: no user 'anna' (did you mean 'ana'?)",
    ]  # fmt: skip


def test_links_are_followed_inside_the_folder_only(repository: Path) -> None:
    here = write(
        repository / 'deploy', {'users.yaml': None, 'shared/people.yaml': USERS_YAML, 'alpha/members.yaml': None}
    )
    (repository / 'people.yaml').write_text('analysis: []\n')
    (here / 'users.yaml').symlink_to('shared/people.yaml')
    (here / 'alpha/members.yaml').symlink_to('../../people.yaml')
    (here / 'datasets/beta/members.yaml').symlink_to('nothing')
    commit(repository)
    assert said(here) == faults(here) == [
        'alpha/members.yaml: a link that leads out of the folder is not followed',
        'datasets/beta/members.yaml: a link that leads nowhere',
    ]  # fmt: skip


def test_a_link_to_a_folder_is_followed_too(repository: Path) -> None:
    here = write(repository, dict.fromkeys(name for name in FILES if name.startswith('alpha/')))
    write(here / 'real', dict.fromkeys(name for name in FILES if not name.startswith('alpha/')))
    (here / 'alpha').symlink_to('real/alpha')
    commit(repository)
    assert load(GitRevision(here, 'HEAD')).datasets == load(here).datasets


def test_an_unknown_revision_is_told(repository: Path) -> None:
    commit(write(repository))
    assert said(repository, 'nowhere') == [f"{repository}: git knows no revision 'nowhere'"]
    assert said(repository, '--help') == [f"{repository}: git knows no revision '--help'"]


def test_a_folder_that_is_not_in_the_revision_is_told(repository: Path) -> None:
    commit(write(repository))
    assert said(repository / 'none') == [f"{repository}/none: cannot read the folder: it is not in revision 'HEAD'"]


def test_a_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    [message] = said(tmp_path)
    assert message.startswith(f'{tmp_path}: git failed: not a git repository')


def test_without_git_there_is_a_word_about_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    assert said(tmp_path) == [f'{tmp_path}: the program git is not installed']

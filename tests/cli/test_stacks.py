from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.running import BETTA, DATE, FOLDER, Ran, configuration, run
from tests.config.building import CPG_TOML, MEMBERS_YAML, PRODUCTION_YAML, USERS_YAML, with_line

PER_DATASET = f'stacks = "per-dataset"\n{CPG_TOML}'
ONE_MORE = with_line(MEMBERS_YAML, '  - bao\n', '  - bao\n  - id: chen\n')
CHEN = '\nchen:\n  clouds:\n    gcp: {id: chen@example.org}\n'

TEXT = """\
lantern on 2026-06-01 (per-dataset): 4 stacks, {all} resources

level  stack       resources  after
    0  foundation  {0:>9}
    1  alpha-gcp   {1:>9}  foundation
    2  beta-gcp    {2:>9}  alpha-gcp, foundation
    3  common-gcp  {3:>9}  alpha-gcp, beta-gcp, foundation
"""


def stacks(*arguments: str) -> Ran:
    return run('stacks', FOLDER, '--date', DATE, *arguments)


def write(changes: Mapping[str, str] | None = None) -> Path:
    """The small configuration, deployed as several stacks; every version of it knows the same people."""
    return configuration({'cpg.toml': PER_DATASET, 'users.yaml': USERS_YAML + CHEN, **(changes or {})})


def commit(folder: Path) -> None:
    who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', '-c', 'commit.gpgsign=false']
    for arguments in (['init', '--quiet'], ['add', '--all'], ['commit', '--quiet', '--message', 'x']):
        subprocess.run(['git', '-C', str(folder), *who, *arguments], check=True, capture_output=True)


def names(ran: Ran) -> list[str]:
    assert ran.status == 0, ran.err
    return [row['stack'] for row in json.loads(ran.out)['include']]


def test_a_single_stack_is_called_all() -> None:
    configuration()
    assert stacks('--format', 'matrix') == (0, '{"include": [{"stack": "all", "level": 0}]}\n', '')
    assert names(stacks('--format', 'matrix', '--dataset', 'alpha')) == ['all']


def test_the_text_says_what_runs_after_what() -> None:
    write()
    rows = json.loads(stacks('--format', 'json').out)['stacks']
    counts = [row['resources'] for row in rows]
    assert stacks() == (0, TEXT.format(*counts, all=f'{sum(counts):,}'), '')


def test_json_says_what_stacks_tell_each_other() -> None:
    write()
    whole = json.loads(stacks('--format', 'json').out)
    assert (whole['date'], whole['mode'], whole['on_paper']) == (DATE, 'per-dataset', [])
    alpha, beta = whole['stacks'][1:3]
    assert ['alpha-gcp-hail-batch-user-full', 'identity'] in alpha['gives']
    assert ['alpha-gcp-hail-batch-user-full', 'identity'] in beta['reads']
    assert (beta['level'], beta['after']) == (2, ['alpha-gcp', 'foundation'])


def test_one_dataset_is_its_stacks_at_their_levels() -> None:
    write()
    ran = stacks('--format', 'matrix', '--dataset', 'beta')
    assert json.loads(ran.out) == {'include': [{'stack': 'beta-gcp', 'level': 2}]}


def test_since_a_revision_only_stacks_with_something_new_are_listed() -> None:
    folder = write()
    commit(folder)
    assert names(stacks('--changed', 'HEAD', '--format', 'matrix')) == []
    assert stacks('--changed', 'HEAD').out == (
        'lantern on 2026-06-01 (per-dataset): 0 stacks with something new since HEAD, 0 resources\n'
    )
    (folder / 'alpha/members.yaml').write_text(ONE_MORE, encoding='utf-8')
    # alpha uses beta, so its people are in beta's lists.
    assert names(stacks('--changed', 'HEAD', '--format', 'matrix')) == ['alpha-gcp', 'beta-gcp', 'common-gcp']
    assert names(stacks('--changed', 'HEAD', '--format', 'matrix', '--dataset', 'beta')) == ['beta-gcp']


def test_a_folder_may_be_the_base_and_what_is_gone_is_named() -> None:
    shutil.move(write(), 'before')
    alone = with_line(PRODUCTION_YAML, '  depends_on:\n    - beta\n', '')
    kept, _, _ = alone.partition('beta:')
    folder = write({'production.yaml': kept})
    shutil.rmtree(folder / 'datasets')
    ran = stacks('--changed', 'before')
    assert ran.status == 0
    assert 'No longer there: beta-gcp\n' in ran.out
    whole = json.loads(stacks('--changed', 'before', '--format', 'json').out)
    assert (whole['base'], whole['removed']) == ('before', ['beta-gcp'])
    assert {row['stack']: row['change'] for row in whole['stacks']} == {
        'alpha-gcp': 'changed',
        'common-gcp': 'changed',
    }


def test_another_division_into_stacks_is_all_new() -> None:
    shutil.move(configuration(), 'before')
    write()
    whole = json.loads(stacks('--changed', 'before', '--format', 'json').out)
    assert {row['change'] for row in whole['stacks']} == {'added'}
    assert whole['removed'] == ['all']


def test_a_revision_that_is_not_there_is_one_sentence() -> None:
    commit(write())
    assert stacks('--changed', 'nope') == (1, '', "lantern: git knows no revision 'nope'\n1 fault\n")


def test_a_folder_outside_of_a_repository_has_no_revisions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('GIT_CEILING_DIRECTORIES', str(tmp_path.parent))
    write()
    status, out, err = stacks('--changed', 'HEAD')
    assert (status, out) == (1, '')
    assert err.startswith('lantern: git failed: not a git repository')


def test_a_fault_of_the_base_is_said_to_be_there() -> None:
    folder = configuration({'production.yaml': BETTA})
    commit(folder)
    shutil.copytree(folder, 'before')
    configuration()
    status, out, err = stacks('--changed', 'HEAD')
    assert (status, out) == (1, '')
    assert err.splitlines()[0] == 'in revision HEAD:'
    assert err.splitlines()[1].startswith('lantern/production.yaml:8:7: alpha.depends_on')
    status, out, err = stacks('--changed', 'before')
    assert (status, out) == (1, '')
    assert err.startswith('before/production.yaml:8:7: alpha.depends_on')


def test_an_unknown_dataset_is_wrong_usage() -> None:
    write()
    status, out, err = stacks('--dataset', 'alhpa')
    assert (status, out) == (2, '')
    assert "no dataset 'alhpa' (did you mean 'alpha'?)" in err


def test_two_writers_of_one_policy_are_a_fault() -> None:
    there = with_line(PER_DATASET, 'project = "lantern-notebooks"', 'project = "lantern-beta"')
    people = 'tmp-main-read-access: [ana]\n'
    write({'cpg.toml': there, 'datasets/beta/members.yaml': people})
    ran = stacks()
    assert (ran.status, ran.out) == (1, '')
    assert 'the policy of gcp projects project lantern-beta is written by two stacks' in ran.err

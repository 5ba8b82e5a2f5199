"""One stack per dataset: in order, side by side, and only those that have anything new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.folders import Ran, Site
from tests.end_to_end.test_commands import once
from tests.simulated_cloud.faults import Do, Fault, write_faults
from tests.simulated_cloud.journal import Journal

STACKS = ['production-foundation', 'production-alpha-gcp', 'production-beta-gcp', 'production-common-gcp']


@pytest.fixture(scope='session')
def deployed_shards(shared_folder: Path, pulumi_cli: Path) -> Site:
    """A site of four stacks that `up` deployed. To look at; whoever changes it takes `site`."""
    root = shared_folder / 'shards'

    def deploy() -> None:
        site = Site.begin(root, pulumi_cli, datasets=('alpha', 'beta'), stacks='per-dataset')
        ran = site.run('up', '--jobs', '2', '--format', 'json')
        assert ran.status == 0, ran.out[-3000:] + ran.err
        assert statuses(ran) == dict.fromkeys(STACKS, 'done')

    once(shared_folder / 'shards.done', deploy)
    return Site(root, pulumi_cli)


@pytest.fixture
def site(deployed_shards: Site, tmp_path: Path) -> Site:
    """The deployed site, for one test alone."""
    return deployed_shards.copy(tmp_path / 'site')


def statuses(ran: Ran) -> dict[str, str]:
    """What became of each stack."""
    return {each['stack']: each['status'] for each in ran.events[-1]['stacks']}


def write(site: Site, **how: Any) -> None:
    site.write(**{'datasets': ('alpha', 'beta'), 'stacks': 'per-dataset', **how})


def test_a_person_in_one_dataset_touches_only_the_stacks_that_tell_of_them(site: Site) -> None:
    write(site, analysis=('bao', 'chen'))
    ran = site.run('up', '--format', 'json', '--detailed-exitcode')
    assert ran.status == 2
    assert statuses(ran) == {
        'production-foundation': 'unchanged',
        'production-alpha-gcp': 'done',
        'production-beta-gcp': 'unchanged',
        'production-common-gcp': 'done',
    }
    assert site.run('up').out == ''.join(f'{stack}: unchanged\n' for stack in STACKS)


def test_a_stack_that_fails_stops_those_after_it_and_no_others(site: Site) -> None:
    write_faults(site.cloud, Fault(Do.FAIL, method='Update', name='alpha-.*', times=0))
    write(site, analysis=('bao', 'chen'))
    ran = site.run('up')
    assert ran.status == 1
    assert 'production-alpha-gcp: failed: ' in ran.out
    assert 'production-common-gcp: not run (it comes after alpha-gcp)' in ran.out
    assert 'run the same command again: what is done stays done' in ran.out
    write_faults(site.cloud)
    again = site.run('up', '--format', 'json')
    assert again.status == 0
    assert statuses(again)['production-common-gcp'] == 'done'


def test_who_could_not_be_let_in_elsewhere_keeps_what_they_had_until_a_run_does(site: Site) -> None:
    write_faults(site.cloud, Fault(Do.FAIL, method='Update', name='alpha-gcp-data-manager-group-members', times=0))
    write(site, analysis=(), managers=('ana', 'bao'))
    assert site.run('up').status == 1
    assert [bao_is_in(site, name) for name in ('analysis', 'data-manager')] == [True, False]
    write_faults(site.cloud)
    ran = site.run('up', '--format', 'json')
    assert statuses(ran) == {stack: 'done' if stack == STACKS[1] else 'unchanged' for stack in STACKS}
    assert [bao_is_in(site, name) for name in ('analysis', 'data-manager')] == [False, True]


def bao_is_in(site: Site, group: str) -> bool:
    groups = Journal(site.cloud / 'cpg.jsonl').things()
    members = groups[f'cpg:google:GroupMembers gcp alpha-{group}@groups.lantern.example.org']['inputs']['members']
    return 'bao@lantern.example.org' in members


def test_one_dataset_can_be_deployed_alone(site: Site) -> None:
    write(site, analysis=('bao', 'chen'))
    ran = site.run('up', '--dataset', 'alpha', '--format', 'json')
    assert statuses(ran) == {'production-alpha-gcp': 'done'}
    assert site.run('up', '--dataset', 'alhpa').status == 2


def test_everything_is_not_made_a_second_time_as_one_stack(site: Site) -> None:
    write(site, stacks='single')
    ran = site.run('up')
    assert ran.status == 1
    assert 'all would be made twice' in ran.err
    assert site.writes() == []


def test_the_stack_of_a_dataset_that_went_is_named_and_can_be_destroyed(site: Site) -> None:
    write(site, datasets=('alpha',), memberships=1000, grants=1000)
    assert site.run('preview').out.splitlines()[-1].startswith('production-beta-gcp: no dataset of this plan')
    refused = site.run('destroy', '--dataset', 'beta', '--format', 'json')
    assert refused.status == 1
    reasons = refused.events[-1]['refusals']
    named = [reason.rpartition('--allow-destroy ')[2].strip("'") for reason in reasons]
    ran = site.run('destroy', '--dataset', 'beta', *(option for urn in named for option in ('--allow-destroy', urn)))
    assert ran.status == 0, ran.out
    assert {call.method for call in site.writes()} == {'Delete'}
    assert 'no dataset of this plan' not in site.run('preview').out

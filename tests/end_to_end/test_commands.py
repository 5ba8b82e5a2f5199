"""The commands on the real engine and the simulated cloud: from nothing to deployed, and what is refused."""

from __future__ import annotations

import dataclasses
import fcntl
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cpg_infra.cli.planning import make_plan
from cpg_infra.engine.automation.failures import RefusedError
from cpg_infra.engine.automation.neighbours import missing, refuse_second
from cpg_infra.engine.automation.project import find_project
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Run
from cpg_infra.engine.stacks import Shard
from cpg_infra.engine.stacks.placement import WHOLE
from tests.end_to_end.folders import PASSPHRASE, Elsewhere, Site
from tests.end_to_end.organisations import TODAY

MEMBERS = 'alpha-gcp-analysis-group-members'
BUCKET = 'gcp:storage/bucket:Bucket'


def once(done: Path, make: Callable[[], None]) -> None:
    """Let whoever comes first make something, whatever the number of workers."""
    with done.with_name(f'{done.name}.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()


@pytest.fixture(scope='session')
def deployed_site(shared_folder: Path, pulumi_cli: Path) -> Site:
    """A site that `up` deployed. To look at; whoever changes it takes `site`."""
    root = shared_folder / 'commands'

    def deploy() -> None:
        ran = Site.begin(root, pulumi_cli).run('up', '--format', 'json')
        assert ran.status == 0, ran.err
        assert [each['status'] for each in ran.events[-1]['stacks']] == ['done']

    once(shared_folder / 'commands.done', deploy)
    return Site(root, pulumi_cli)


@pytest.fixture
def site(deployed_site: Site, tmp_path: Path) -> Site:
    """The deployed site, for one test alone."""
    return deployed_site.copy(tmp_path / 'site')


def test_a_preview_of_a_stack_that_is_not_there_makes_nothing(tmp_path: Path, pulumi_cli: Path) -> None:
    site = Site.begin(tmp_path / 'site', pulumi_cli)
    ran = site.run('preview', '--format', 'json', '--detailed-exitcode')
    assert ran.status == 2
    assert ran.events[-1]['stacks'][0]['steps'].keys() == {'create'}
    assert site.writes() == []
    assert list((site.root / 'state').iterdir()) == []


def test_what_was_deployed_is_left_alone(site: Site) -> None:
    ran = site.run('up', '--detailed-exitcode')
    assert (ran.status, ran.out) == (0, 'production: unchanged\n')
    again = site.run('preview', '--all', '--detailed-exitcode')
    assert again.status == 0
    assert 'production: no changes' in again.out
    assert site.writes() == []


def test_a_person_who_comes_is_previewed_saved_and_deployed_as_previewed(site: Site) -> None:
    site.write(analysis=('bao', 'chen'))
    file = str(site.root / 'preview.json')
    previewed = site.run('preview', '--save', file, '--detailed-exitcode')
    assert previewed.status == 2
    assert f'~ update  {MEMBERS}: + chen@lantern.example.org' in previewed.out
    assert 'chen' not in Path(file).read_text(encoding='utf-8')
    ran = site.run('up', '--plan', file, '--detailed-exitcode')
    assert ran.status == 2
    assert {call.name for call in site.writes()} >= {MEMBERS}
    wrote = len(site.writes())
    again = site.run('up', '--plan', file)
    assert again.status == 1
    assert 'its state was changed since the preview' in again.out
    site.write(analysis=('bao', 'dara'))
    other = site.run('up', '--plan', file)
    assert other.status == 1
    assert 'the plan is not the one that was previewed' in other.out
    assert len(site.writes()) == wrote


def test_who_gets_another_role_has_at_each_moment_what_both_give(site: Site) -> None:
    both = {'ana@lantern.example.org', 'bao@lantern.example.org'}
    before = len(moments(site))
    # They change places, so whichever list were written first, somebody would be in none.
    site.write(analysis=('ana',), managers=('bao',))
    ran = site.run('up', '--detailed-exitcode')
    assert ran.status == 2, ran.out + ran.err
    since = moments(site)[before:]
    assert [sorted((analysis | managers) & both) for analysis, managers in since] == [sorted(both)] * len(since)
    assert [members & both for members in since[-1]] == [{'ana@lantern.example.org'}, {'bao@lantern.example.org'}]
    writes = Counter(call.name for call in site.writes() if call.type == 'cpg:google:GroupMembers')
    assert writes == {MEMBERS: 2, 'alpha-gcp-data-manager-group-members': 2}
    assert site.run('up').out == 'production: unchanged\n'


def moments(site: Site) -> list[tuple[set[str], set[str]]]:
    """Who was in the groups for analysis and for data managers, after each change of the cloud's lists."""
    groups = [
        f'cpg:google:GroupMembers gcp alpha-{name}@groups.lantern.example.org' for name in ('analysis', 'data-manager')
    ]
    now: dict[str, set[str]] = {key: set() for key in groups}
    found = []
    for line in (site.cloud / 'cpg.jsonl').read_text(encoding='utf-8').splitlines():
        entry = json.loads(line)
        if entry['key'] in now:
            now[entry['key']] = set(entry['value']['inputs']['members'])
            found.append((now[groups[0]], now[groups[1]]))
    return found


def test_too_many_people_removed_at_once_is_refused_before_anything_is_touched(site: Site) -> None:
    site.write(analysis=(), memberships=0)
    ran = site.run('up')
    assert ran.status == 1
    assert '1 memberships would be removed and one run may remove 0: bao@lantern.example.org' in ran.out
    assert 'blast_radius.max_removed_memberships' in ran.out
    assert site.writes() == []


def test_a_dataset_goes_only_when_each_thing_that_holds_data_was_named(site: Site) -> None:
    removed = make_plan(str(site.folder), TODAY).plan
    site.write(datasets=(), memberships=1000, grants=1000)
    left = {each.name for each in make_plan(str(site.folder), TODAY).plan.resources}
    removed = dataclasses.replace(removed, resources=tuple(each for each in removed.resources if each.name not in left))
    refused = site.run('up', '--format', 'json')
    assert refused.status == 1
    reasons = refused.events[-1]['refusals']
    assert all('it holds data or is protected' in reason for reason in reasons)
    assert site.writes() == []
    named = [reason.rpartition('--allow-destroy ')[2].strip("'") for reason in reasons]
    kept = [each for each in removed.resources if each.options.protect]
    assert len(kept) > 5
    assert sorted(named) == sorted(site.urn(each.type, each.name) for each in kept)
    allowed = [option for urn in named for option in ('--allow-destroy', urn)]
    mistyped = site.run('up', *allowed, '--allow-destroy', site.urn(BUCKET, 'alpha-*'))
    assert mistyped.status == 1
    assert 'nothing of this name would be deleted or replaced' in mistyped.out
    assert site.writes() == []
    ran = site.run('up', *allowed)
    assert ran.status == 0, ran.out
    things = (site.cloud / 'gcp.jsonl').read_text(encoding='utf-8')
    assert '"bucket small-alpha-main"' in things
    deleted = {call.name for call in site.writes() if call.method == 'Delete'}
    assert 'alpha-gcp-analysis-group' in deleted
    assert deleted == {each.name for each in removed.resources if not each.options.retain}
    assert deleted.isdisjoint(each.name for each in kept)


def test_destroying_is_refused_whole(site: Site) -> None:
    ran = site.run('destroy', '--format', 'json')
    assert ran.status == 1
    reasons = ran.events[-1]['refusals']
    assert any('small' in reason and 'holds data' in reason for reason in reasons)
    assert any('memberships would be removed' in reason for reason in reasons)
    assert site.writes() == []


def test_a_wrong_passphrase_is_refused_and_nothing_is_encrypted_anew(site: Site) -> None:
    state = site.root / 'state' / '.pulumi' / 'stacks' / 'small' / 'production.json'
    before = state.read_bytes()
    for command in (('preview', '--all'), ('up', '--all'), ('refresh',), ('destroy',)):
        ran = site.run(*command, PULUMI_CONFIG_PASSPHRASE='another one')
        assert ran.status == 1
        assert 'the passphrase is not that of the stack production' in ran.out + ran.err
    assert state.read_bytes() == before


def test_what_was_changed_by_hand_is_shown_taken_over_and_put_right(site: Site) -> None:
    from tests.simulated_cloud.journal import Journal

    journal = Journal(site.cloud / 'gcp.jsonl')
    with journal.transaction() as transaction:
        key = 'bucket small-alpha-main'
        bucket = dict(transaction.get(key) or {})
        transaction.put(key, {**bucket, 'inputs': {**bucket['inputs'], 'requesterPays': True}})
    shown = site.run('refresh', '--preview', '--detailed-exitcode')
    assert shown.status == 2
    assert 'changed by hand alpha-gcp-main-bucket' in shown.out
    assert site.run('refresh').status == 0
    assert site.run('up', '--detailed-exitcode').status == 2
    assert [call.name for call in site.writes()] == ['alpha-gcp-main-bucket']


def test_an_export_has_the_state_and_no_secret_in_clear(site: Site) -> None:
    ran = site.run('export')
    exported = json.loads(ran.out)['production']
    assert len(exported['deployment']['resources']) > 150
    assert 'plaintext' not in ran.out
    assert site.run('export', '--stack', 'prodction').err.endswith(
        'there is no stack prodction in file://'
        f"{site.root}/state; the project has production (did you mean 'production'?)\n"
    )


def test_a_stack_of_a_mistyped_name_is_not_made_beside_the_one_that_was_meant(site: Site) -> None:
    said = f"there is no stack prodction in file://{site.root}/state, and the project has production (did you mean 'production'?)"
    for command in ('preview', 'up'):
        ran = site.run(command, '--stack', 'prodction')
        assert (ran.status, ran.out) == (1, '')
        assert f'{said}; --create makes a new one beside what is there\nnothing was changed\n' in ran.err
    told = site.run('up', '--stack', 'prodction', '--format', 'json')
    assert (told.status, told.events[-1]['kind']) == (1, 'unknown-stack')
    for arguments in (('refresh',), ('refresh', '--preview'), ('destroy',)):
        ran = site.run(*arguments, '--stack', 'prodction')
        assert ran.status == 1
        assert "the project has production (did you mean 'production'?)" in ran.err
    assert site.writes() == []
    assert site.run('preview', '--stack', 'prodction', '--create').status == 0


def test_where_stacks_are_no_files_the_engine_says_which_there_are(
    site: Site, pulumi_cli: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in site.environment().items():
        monkeypatch.setenv(name, value)
    backend = Elsewhere(f'file://{site.root / "state"}', 'a test')
    shards = (Shard(WHOLE, make_plan(str(site.folder), TODAY).plan),)
    cli = PulumiCli(str(pulumi_cli))
    meant = Run(backend, find_project(site.folder), 'production', shards)
    refuse_second(meant, shards, cli, is_meant=False)
    mistyped = dataclasses.replace(meant, base='prodction')
    with pytest.raises(RefusedError, match=r"the project has production \(did you mean 'production'\?\); --create"):
        refuse_second(mistyped, shards, cli, is_meant=False)
    refuse_second(mistyped, shards, cli, is_meant=True)
    assert str(missing(mistyped, cli)).endswith("the project has production (did you mean 'production'?)")


def test_nothing_secret_is_in_events_or_logs(site: Site) -> None:
    site.write(analysis=('bao', 'chen'))
    ran = site.run('up', '--format', 'json')
    assert ran.status == 0
    assert PASSPHRASE not in ran.out + ran.err
    # The members' cache is a secret input; its content names people.
    assert 'chen@lantern' not in ran.out + ran.err
    assert {event['event'] for event in ran.events} <= {
        'phase', 'phase-over', 'began', 'done', 'diagnostic', 'note', 'stack', 'result',
    }  # fmt: skip

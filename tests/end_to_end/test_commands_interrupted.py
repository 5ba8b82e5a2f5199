"""Commands that are interrupted, locked out, or stopped: nothing is lost, and nobody is left behind.

Where a moment counts, the cloud holds one thing that is being made until the test lets it go on.
"""

from __future__ import annotations

import json
import os
import pwd
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cpg_infra.cli.planning import make_plan
from cpg_infra.engine.automation.failures import StackLockedError
from cpg_infra.engine.automation.project import find_project
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.stack import Place, opened
from cpg_infra.plan import Plan
from cpg_infra.plan.values import refs_of
from tests.end_to_end.folders import Elsewhere, Site
from tests.end_to_end.organisations import TODAY
from tests.simulated_cloud.faults import Do, Fault, held, release, write_faults
from tests.simulated_cloud.journal import births
from tests.simulated_cloud.launchers import left_behind

SLOW = 'common-gcp-archive-bucket'
BUDGET = 'common-gcp-gcp-monthly-budget'
PATIENCE = 300.0
"""Seconds for what takes a few on an idle machine."""


@pytest.fixture
def site(tmp_path: Path, pulumi_cli: Path) -> Site:
    """A site with nothing deployed, whose cloud holds one bucket while it is being made."""
    site = Site.begin(tmp_path / 'site', pulumi_cli, datasets=())
    hold(site, SLOW)
    return site


def hold(site: Site, name: str) -> None:
    """Let the cloud hold a thing while it is being made."""
    write_faults(site.cloud, Fault(Do.HOLD, method='Create', name=name))


class Running:
    """A command on its way. What it says goes to files: reading it waits for nobody."""

    def __init__(self, site: Site, *arguments: str) -> None:
        self.site = site
        self._out, self._err = site.root / 'out', site.root / 'err'
        with self._out.open('w') as out, self._err.open('w') as err:
            self.process = subprocess.Popen(site.command(*arguments), env=site.environment(), stdout=out, stderr=err)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that happens while it works."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, (self.out, self.err)
            assert time.monotonic() < deadline, (self.out, self.err)
            time.sleep(0.02)

    def ends(self) -> int:
        """Its exit status."""
        return self.process.wait(timeout=PATIENCE)

    @property
    def out(self) -> str:
        return self._out.read_text(encoding='utf-8')

    @property
    def err(self) -> str:
        return self._err.read_text(encoding='utf-8')

    @property
    def engine(self) -> int:
        """The engine that works on the stack, by the lock that it holds."""
        (lock,) = locks_of(self.site).glob('*.json')
        return int(json.loads(lock.read_text(encoding='utf-8'))['pid'])


def begun(site: Site, *arguments: str, slow: str = SLOW) -> Running:
    """A command that is making the slow thing."""
    running = Running(site, *arguments)
    running.wait_until(lambda: held(site.cloud) == {slow})
    return running


def begun_alone(site: Site, *arguments: str, slow: str = SLOW) -> Running:
    """A command that is making the slow thing and nothing else, nor will before it: a kill then has one outcome."""
    running = begun(site, *arguments, slow=slow)
    planned = make_plan(str(site.folder), TODAY).plan
    others = {each.name for each in planned.resources} - depending_on(planned, slow)
    running.wait_until(lambda: in_state(site) == (others, [slow]))
    return running


def depending_on(plan: Plan, name: str) -> set[str]:
    """What cannot be made before it, itself too."""
    found = {name}
    for each in plan.resources:
        needed = {*each.depends_on, *(ref.resource for ref in refs_of(each.inputs))}
        if needed & found:
            found.add(each.name)
    return found


def in_state(site: Site) -> tuple[set[str], list[str]]:
    """The logical names of what is made, and of what is being made."""
    try:
        latest = json.loads((stacks_of(site) / 'production.json').read_bytes())['checkpoint']['latest']
    except (OSError, ValueError):
        # It is being written.
        return set(), []
    things = [each['urn'] for each in latest.get('resources') or () if not each['type'].startswith('pulumi:')]
    pending = [each['resource']['urn'] for each in latest.get('pending_operations') or ()]
    return {urn.rpartition('::')[2] for urn in things}, [urn.rpartition('::')[2] for urn in pending]


def stacks_of(site: Site) -> Path:
    return site.root / 'state' / '.pulumi' / 'stacks' / 'small'


def locks_of(site: Site) -> Path:
    return site.root / 'state' / '.pulumi' / 'locks' / 'organization' / 'small' / 'production'


def made(site: Site) -> list[str]:
    return sorted(call.name for call in site.writes() if call.method == 'Create' and not call.error)


def check_repaired(site: Site) -> None:
    """The next run was the last one that was needed: nothing is missing, nothing was made a second time.

    Our own provider may be asked again: it adopts what it finds.
    """
    assert site.run('up').out == 'production: unchanged\n'
    resources = make_plan(str(site.folder), TODAY).plan.resources
    assert in_state(site) == ({each.name for each in resources}, [])
    asked = Counter(made(site))
    assert asked.keys() == {each.name for each in resources}
    adopted = {each.name for each in resources if each.type.startswith('cpg:')}
    assert {name for name, count in asked.items() if count > 1} - adopted == set()
    assert {key for key, count in births(site.cloud / 'gcp.jsonl').items() if count > 1} <= {'counter'}


def test_a_signal_lets_what_is_in_flight_finish_and_the_next_run_continues(site: Site) -> None:
    running = begun(site, 'up')
    running.process.send_signal(signal.SIGTERM)
    running.wait_until(lambda: 'stopping: what is in flight is finished and saved' in running.err)
    release(site.cloud)
    assert running.ends() == 1
    assert 'production: failed: stopped' in running.out
    assert left_behind(site.cloud) == []
    things, pending = in_state(site)
    assert (SLOW in things, pending) == (True, [])
    assert sorted(things) == made(site)
    assert site.run('up').status == 0
    check_repaired(site)


def test_a_killed_engine_is_recognised_and_repaired(site: Site) -> None:
    running = begun_alone(site, 'up')
    os.kill(running.engine, signal.SIGKILL)
    assert running.ends() == 1
    assert 'the engine was killed (signal 9)' in running.out
    assert left_behind(site.cloud) == []
    assert in_state(site)[1] == [SLOW]
    write_faults(site.cloud)
    ran = site.run('up')
    assert 'is cleared: that process is gone' in ran.err
    assert f'the last run was killed while it worked on 1 of the resources, which are repaired: {SLOW}' in ran.err
    assert ran.status == 0, ran.out
    check_repaired(site)


@pytest.mark.parametrize('slow', [SLOW, 'common-gcp-analysis-group'], ids=['named by us', 'named by the cloud'])
def test_what_a_killed_engine_had_made_without_knowing_is_taken_over(site: Site, slow: str) -> None:
    """The cloud makes it after all: the state says only that somebody was about to."""
    kill_when_made(site, slow)
    assert site.run('up').status == 0
    check_repaired(site)


def test_a_person_is_told_of_what_nobody_can_find_again(site: Site) -> None:
    """Budgets have no names of their own: the next run cannot tell whether there is one."""
    kill_when_made(site, BUDGET)
    ran = site.run('up')
    assert ran.status == 0, ran.out
    assert f'{BUDGET} may have been made by the run that was killed and is made again: delete the budget' in ran.err


def kill_when_made(site: Site, slow: str) -> None:
    """Kill the engine of an `up` after the cloud made a thing and before the engine heard of it."""
    hold(site, slow)
    running = begun_alone(site, 'up', slow=slow)
    # The provider goes on when its engine is stopped, and nobody hears of it.
    os.kill(running.engine, signal.SIGSTOP)
    release(site.cloud)
    running.wait_until(lambda: slow in made(site))
    os.kill(running.engine, signal.SIGKILL)
    assert running.ends() == 1
    assert left_behind(site.cloud) == []
    assert in_state(site)[1] == [slow]


def test_when_the_command_itself_is_killed_the_next_one_finishes(site: Site) -> None:
    running = begun(site, 'up')
    # Much else is being made; but not the one thing that nobody could find again.
    running.wait_until(lambda: BUDGET in in_state(site)[0])
    engine = running.engine
    running.process.kill()
    running.ends()
    release(site.cloud)
    # It has nobody to tell, and nobody who runs its program; what is in flight it finishes and saves all the same.
    deadline = time.monotonic() + PATIENCE
    while Path(f'/proc/{engine}').exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    things, pending = in_state(site)
    assert (SLOW in things, pending) == (True, [])
    assert sorted(things) == made(site)
    assert left_behind(site.cloud, PATIENCE) == []
    assert site.run('up').status == 0
    check_repaired(site)


def test_a_stack_that_somebody_works_on_is_left_alone_and_they_are_named(site: Site) -> None:
    running = begun(site, 'up')
    for command in ('up', 'refresh', 'destroy'):
        second = site_run_beside(site, command)
        assert second.returncode == 1
        assert (
            f'locked by {user()}@{socket.gethostname()} (process {running.engine}) since '
            in second.stderr + second.stdout
        )
        assert 'pulumi cancel --yes organization/small/production' in second.stderr + second.stdout
    release(site.cloud)
    assert running.ends() == 0, running.out
    check_repaired(site)


def test_where_locks_cannot_be_looked_at_the_engine_says_who_holds_the_stack(
    site: Site, pulumi_cli: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in site.environment().items():
        monkeypatch.setenv(name, value)
    place = Place(Elsewhere(f'file://{site.root / "state"}', 'a test'), find_project(site.folder), 'production')
    notes: list[object] = []
    # Nothing is being written: a file that another run is writing may be half there.
    running = begun_alone(site, 'up')
    with opened(PulumiCli(str(pulumi_cli)), place, lambda told: notes.append(told.get('message'))) as stack:
        # A program of nothing: had it run, it would have deleted everything.
        with pytest.raises(StackLockedError, match=rf'by {user()}@\S+ \(process {running.engine}\) since '):
            pytest.fail(f'it worked on the stack: {stack.up(lambda: None)}')
        release(site.cloud)
        assert running.ends() == 0, running.out
        check_repaired(site)
        abandoned = {'pid': 2**22 + 1, 'username': user(), 'hostname': socket.gethostname()}
        lock = locks_of(site) / 'a.json'
        lock.write_text(json.dumps({**abandoned, 'timestamp': '2026-11-22T10:00:00Z'}), encoding='utf-8')
        assert stack.refresh().error is None
        assert [each for each in notes if 'is cleared: that process is gone' in str(each)]
    assert left_behind(site.cloud) == []


def test_a_lock_of_another_machine_is_not_ours_to_clear(site: Site) -> None:
    locks_of(site).mkdir(parents=True)
    lock = {'pid': 4, 'username': 'ana', 'hostname': 'elsewhere', 'timestamp': '2026-11-22T10:00:00Z'}
    (locks_of(site) / 'a.json').write_text(json.dumps(lock), encoding='utf-8')
    ran = site.run('up')
    assert ran.status == 1
    assert 'locked by ana@elsewhere (process 4) since 2026-11-22T10:00:00Z' in ran.err
    assert site.writes() == []


def site_run_beside(site: Site, command: str = 'up') -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        site.command(command), env=site.environment(), capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def user() -> str:
    return pwd.getpwuid(os.getuid()).pw_name

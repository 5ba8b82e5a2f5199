"""Commands that are interrupted, locked out, or stopped: nothing is lost, and nobody is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.folders import Site
from tests.simulated_cloud.faults import Do, Fault, calls, write_faults
from tests.simulated_cloud.launchers import left_behind


@pytest.fixture
def site(tmp_path: Path, pulumi_cli: Path) -> Site:
    """A site with nothing deployed, whose cloud is slow."""
    site = Site.begin(tmp_path / 'site', pulumi_cli, datasets=())
    write_faults(site.cloud, Fault(Do.DELAY, method='Create', seconds=0.2, times=0))
    return site


def begun(site: Site, *arguments: str) -> subprocess.Popen[str]:
    """A command that is on its way: it has made something and is making more."""
    process = subprocess.Popen(
        site.command(*arguments), env=site.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not any(call.method == 'Create' and not call.preview for call in calls(site.cloud)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def wait_until_only(site: Site, name: str) -> None:
    """Wait until this is being made and nothing else is, nor will be before it: a kill then has one outcome."""
    state = site.root / 'state' / '.pulumi' / 'stacks' / 'small' / 'production.json'
    deadline = time.monotonic() + 120
    seen = 0
    while seen < 10:
        assert time.monotonic() < deadline
        seen = seen + 1 if in_flight(state) == [name] else 0
        time.sleep(0.1)


def in_flight(state: Path) -> list[str]:
    try:
        latest = json.loads(state.read_bytes())['checkpoint']['latest']
    except (OSError, ValueError):
        # It is being written.
        return []
    return [each['resource']['urn'].rpartition('::')[2] for each in latest.get('pending_operations') or ()]


def made(site: Site) -> list[str]:
    return sorted(call.name for call in site.writes() if call.method == 'Create' and not call.error)


def test_a_signal_lets_what_is_in_flight_finish_and_the_next_run_continues(site: Site) -> None:
    process = begun(site, 'up')
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert 'stopping: what is in flight is finished and saved' in err
    assert 'production: failed: stopped' in out
    assert left_behind(site.cloud) == []
    first = made(site)
    write_faults(site.cloud)
    assert site.run('up').status == 0
    assert len(made(site)) == len(set(made(site))) > len(first)


def test_a_killed_engine_is_recognised_and_repaired(site: Site) -> None:
    slow = 'common-gcp-archive-bucket'
    write_faults(site.cloud, Fault(Do.DELAY, method='Create', name=slow, seconds=120))
    process = begun(site, 'up')
    wait_until_only(site, slow)
    subprocess.run(['pkill', '-KILL', '-P', str(process.pid), '-x', 'pulumi'], check=True)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert 'the engine was killed (signal 9)' in out
    assert left_behind(site.cloud) == []
    write_faults(site.cloud)
    ran = site.run('up')
    assert 'is cleared: that process is gone' in ran.err
    assert 'the last run was killed while it worked on' in ran.err
    assert ran.status == 0, ran.out
    assert site.run('up').out == 'production: unchanged\n'
    assert len(made(site)) == len(set(made(site)))


def test_a_stack_that_somebody_works_on_is_left_alone_and_they_are_named(site: Site) -> None:
    write_faults(site.cloud, Fault(Do.DELAY, method='Create', name='common-gcp-archive-bucket', seconds=8))
    process = begun(site, 'up')
    second = site_run_beside(site)
    assert second.returncode == 1
    assert f'locked by {_user()}@{socket.gethostname()} (process ' in second.stderr
    assert 'pulumi cancel --yes organization/small/production' in second.stderr
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out


def test_a_lock_of_another_machine_is_not_ours_to_clear(site: Site) -> None:
    locks = site.root / 'state' / '.pulumi' / 'locks' / 'organization' / 'small' / 'production'
    locks.mkdir(parents=True)
    lock = {'pid': 4, 'username': 'ana', 'hostname': 'elsewhere', 'timestamp': '2026-11-22T10:00:00Z'}
    (locks / 'a.json').write_text(json.dumps(lock), encoding='utf-8')
    ran = site.run('up')
    assert ran.status == 1
    assert 'locked by ana@elsewhere (process 4) since 2026-11-22T10:00:00Z' in ran.err
    assert site.writes() == []


def site_run_beside(site: Site) -> subprocess.CompletedProcess[str]:
    return subprocess.run(site.command('up'), env=site.environment(), capture_output=True, text=True, check=False)


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name

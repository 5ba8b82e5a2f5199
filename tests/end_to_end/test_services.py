"""Groups, Hail Batch and metamist as they are in practice, under the real engine: slow, refusing, changed by hand.

The provider is the one of this distribution; the services are doubles on this machine, the groups those of the
simulated cloud.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cpg_infra.plan import Plan, Value
from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import in_services
from tests.services import Fault, LocalServices, World
from tests.simulated_cloud.launchers import PIDS
from tests.simulated_cloud.surroundings import environment, services

ANALYSIS = 'alpha-analysis@groups.lantern.example.org'
MEMBERS = 'alpha-gcp-analysis-group-members'
BILLING = 'alpha-gcp-batch-billing-project'
METAMIST = 'metamist-project-alpha'
BAO = 'bao@lantern.example.org'
STRANGER = 'stranger@elsewhere.example.org'


class Served:
    """A deployment and its services."""

    def __init__(self, deployment: Deployment, running: LocalServices, **settings: str) -> None:
        self.deployment = deployment
        self.services = running
        deployment.use_providers(own=True)
        deployment.more_environment = {**environment(running), **settings}

    @property
    def world(self) -> World:
        return self.services.world

    def people(self) -> set[str]:
        """Who is in the group, groups left out."""
        return {each for each in self.world.members(ANALYSIS) if not each.endswith('@groups.lantern.example.org')}

    def written(self, pattern: str) -> Counter[str]:
        """How often each writing call was made."""
        return Counter(self.services.wrote(pattern))


@pytest.fixture
def served(nothing_deployed: Deployment) -> Iterator[Served]:
    """Nothing is deployed."""
    with services(nothing_deployed.cloud) as running:
        running.world.hail['gcp'].people += [f'{name}-b' for name in ('ana', 'bao', 'chen', 'dara')]
        yield Served(nothing_deployed, running)


@pytest.fixture
def deployed(served: Served) -> Served:
    """Everything is deployed."""
    outcome = served.deployment.up(in_services())
    assert outcome.is_sound, outcome.errors
    served.services.calls.clear()
    return served


def test_groups_that_abort_throttle_lag_and_are_half_there_still_get_each_member_once(served: Served) -> None:
    aborted = {'error': {'code': 409, 'status': 'ABORTED', 'message': 'The operation was aborted.'}}
    there = {
        'error': {'code': 409, 'status': 'ALREADY_EXISTS', 'message': f'Error(4003): Member {BAO} already exists.'}
    }
    world = served.world
    world.google.lag = 3
    world.google.slow_operations = 2
    served.services.faults += [
        Fault('/memberships$', 'POST', times=2, status=409, body=aborted),
        # It was added, and says so: this one is no failure.
        Fault('/memberships$', 'POST', nth=1, times=1, status=409, body=there, after=True),
        Fault('/memberships$', 'GET', times=2, status=503),
        Fault('/groups:lookup', 'GET', times=2, status=429, headers={'Retry-After': '0.05'}),
        Fault('/groups/v1/groups/', 'PATCH', times=2, status=503),
    ]
    # Who asks for the group too early is told that there is none.
    world.google.invisible[ANALYSIS] = 2
    outcome = served.deployment.up(in_services())
    assert outcome.errors == []
    assert outcome.is_sound
    assert served.people() == {BAO}
    there_now = [member['address'] for group in world.google.groups.values() for member in group['members'].values()]
    assert Counter(there_now)[BAO] == 1
    assert served.deployment.up(in_services()).steps == Counter()


def test_a_group_that_goes_on_aborting_is_an_error_and_the_next_run_adds_the_one_who_is_missing(
    served: Served,
) -> None:
    aborted = {'error': {'code': 409, 'status': 'ABORTED', 'message': 'The operation was aborted.'}}
    fault = Fault('/memberships$', 'POST', times=10_000, status=409, body=aborted)
    served.services.faults.append(fault)
    served.deployment.more_environment['CPG_PATIENCE'] = '1'
    failed = served.deployment.up(in_services())
    assert any('The operation was aborted' in error for error in failed.errors)
    assert served.people() == set()
    served.services.faults.clear()
    resumed = served.deployment.up(in_services())
    assert resumed.is_sound
    # In the state without the one who is missing, or not begun when another list failed.
    assert [op for op, name in resumed.steps if name == MEMBERS] in (['update'], ['create'])
    assert served.people() == {BAO}
    assert served.deployment.up(in_services()).steps == Counter()


def test_when_our_provider_is_killed_the_next_run_adds_who_is_missing_and_nobody_twice(served: Served) -> None:
    # Whoever is added first waits for ever; by then the provider is gone.
    served.services.faults.append(Fault('/memberships$', 'POST', delay=600))
    over = threading.Event()
    killing = threading.Thread(target=kill_own_provider, args=(served, over))
    killing.start()
    failed = served.deployment.up(in_services())
    over.set()
    killing.join()
    assert failed.raised is not None
    served.services.faults.clear()
    resumed = served.deployment.up(in_services())
    assert resumed.errors == []
    assert resumed.is_sound
    assert served.people() == {BAO}
    assert set(served.written('/users/.*/create$').values()) == {1}
    assert served.deployment.made_more_than_once() == set()
    assert served.deployment.up(in_services()).steps == Counter()


def kill_own_provider(served: Served, over: threading.Event) -> None:
    while not served.services.wrote('/memberships$'):
        if over.wait(0.02):
            return
    for pid in map(int, (served.deployment.cloud / PIDS).read_text(encoding='utf-8').split()):
        with suppress(FileNotFoundError, ProcessLookupError):
            if b'pulumi-resource-cpg' in Path(f'/proc/{pid}/cmdline').read_bytes():
                os.kill(pid, signal.SIGKILL)


def test_a_hail_user_that_takes_long_is_waited_for_and_its_identity_reaches_what_needs_it(served: Served) -> None:
    served.world.hail['gcp'].activates_after = 5
    assert served.deployment.up(in_services()).is_sound
    users = served.world.hail['gcp'].users
    assert {user['state'] for user in users.values()} == {'active'}
    assert users['alpha-full']['hail_identity'] in served.world.metamist.projects['alpha']['members']


def test_a_hail_user_that_does_not_become_active_in_time_is_finished_by_the_next_run_and_not_made_again(
    served: Served,
) -> None:
    hail = served.world.hail['gcp']
    hail.activates_after = -1
    served.deployment.more_environment['CPG_HAIL_USER_TIMEOUT'] = '0.5'
    failed = served.deployment.up(in_services())
    assert any('was still creating after 0.5 s (cpg:hailUserTimeout)' in error for error in failed.errors)
    assert 'alpha' not in served.world.metamist.projects, 'nothing that needs the identity went on without it'
    for user in hail.users.values():
        user['reads_left'] = 0
    resumed = served.deployment.up(in_services())
    assert resumed.errors == []
    assert resumed.is_sound
    assert set(served.written('/users/.*/create$').values()) == {1}
    assert served.deployment.up(in_services()).steps == Counter()


def test_a_billing_project_that_was_deleted_earlier_is_an_error_that_says_what_to_do(served: Served) -> None:
    served.world.hail['gcp'].projects['alpha'] = {'status': 'deleted', 'users': [], 'limit': None}
    failed = served.deployment.up(in_services())
    assert list(failed.failed) == [('create', BILLING)]
    assert any(
        'the billing project alpha was deleted, and Hail never gives a name again' in each for each in failed.errors
    )
    assert served.world.hail['gcp'].projects['alpha']['users'] == []


def test_what_metamist_refuses_is_said_and_the_next_run_finishes(served: Served) -> None:
    served.world.metamist.creators.clear()
    failed = served.deployment.up(in_services())
    assert list(failed.failed) == [('create', METAMIST)]
    assert any('does not have access to create a project' in error for error in failed.errors)
    assert served.world.metamist.projects == {}
    served.world.metamist.creators.append('deployer@lantern.example.org')
    served.services.faults.append(Fault('/members$', 'PATCH', status=403, body={'detail': 'not now'}))
    half = served.deployment.up(in_services())
    assert any('not now' in error for error in half.errors)
    finished = served.deployment.up(in_services())
    assert finished.is_sound
    # A failure stops what had not begun, so there may be more to do than this.
    assert [op for op, name in finished.steps if name == METAMIST] == ['update']
    assert served.world.metamist.projects['alpha']['members'][BAO]
    assert len(served.written('PUT /metamist/api/v1/project')) == 1


def test_an_empty_member_list_is_refused_before_metamist_hears_of_it(deployed: Served) -> None:
    before = dict(deployed.world.metamist.projects['alpha']['members'])
    nobody = with_inputs(in_services(), METAMIST, members={'reader': [], 'writer': []})
    refused = deployed.deployment.up(nobody)
    assert any('name nobody, which would lock everybody out' in error for error in refused.errors)
    assert deployed.services.wrote('/metamist/') == []
    assert deployed.world.metamist.projects['alpha']['members'] == before


def with_inputs(plan: Plan, name: str, **inputs: Value) -> Plan:
    changed = (
        dataclasses.replace(each, inputs={**each.inputs, **inputs}) if each.name == name else each
        for each in plan.resources
    )
    return dataclasses.replace(plan, resources=tuple(changed))


def add_by_hand(served: Served) -> None:
    """Somebody adds a stranger everywhere."""
    world = served.world
    group = next(name for name, each in world.google.groups.items() if each['email'] == ANALYSIS)
    world.member(group, STRANGER)
    world.hail['gcp'].projects['alpha']['users'].append('dara-b')
    world.metamist.projects['alpha']['members'][STRANGER] = ['reader']
    key = 'policy bucket small-alpha-main-analysis'
    policy = served.deployment.things()[key]
    roles = {role: [*members, f'user:{STRANGER}'] for role, members in policy['roles'].items()}
    served.deployment.put(key, {**policy, 'roles': roles})


def test_people_added_by_hand_are_seen_everywhere_and_removed_where_we_alone_say_who_is_in(deployed: Served) -> None:
    add_by_hand(deployed)
    seen = deployed.deployment.preview_refresh()
    assert seen.is_sound
    # metamist tells nobody who is in a project. A group keeps whom others added: it is said, and no change.
    assert {step for step in seen.done if step[0] == 'update'} == {
        ('update', BILLING),
        ('update', 'alpha-gcp-main-analysis-bucket-read'),
    }
    assert [each for each in seen.warnings if 'not declared' in each] == [
        f'{ANALYSIS} has members that are not declared, and keeps them: {STRANGER}'
    ]
    assert deployed.services.wrote() == []
    assert deployed.deployment.refresh().is_sound
    repaired = deployed.deployment.up(in_services())
    assert repaired.is_sound
    assert repaired.done == Counter({('update', BILLING): 1, ('update', 'alpha-gcp-main-analysis-bucket-read'): 1})
    assert deployed.people() == {BAO, STRANGER}
    assert 'dara-b' not in deployed.world.hail['gcp'].projects['alpha']['users']
    assert STRANGER not in str(deployed.deployment.things()['policy bucket small-alpha-main-analysis'])


def test_an_authoritative_group_loses_who_was_added_by_hand_and_metamist_with_its_next_change(served: Served) -> None:
    assert served.deployment.up(in_services(groups_authoritative=True)).is_sound
    add_by_hand(served)
    seen = served.deployment.preview_refresh()
    assert ('update', MEMBERS) in seen.done
    assert served.deployment.refresh().is_sound
    with_chen = {'data-manager': ['ana'], 'analysis': ['bao', 'chen']}
    repaired = served.deployment.up(in_services(with_chen, groups_authoritative=True))
    assert repaired.is_sound
    assert served.people() == {BAO, 'chen@lantern.example.org'}
    members = served.world.metamist.projects['alpha']['members']
    assert 'chen@lantern.example.org' in members
    assert STRANGER not in members

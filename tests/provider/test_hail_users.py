"""`cpg:hail:User`: made once, waited for, never deleted."""

from __future__ import annotations

import threading
import time

import pytest

from tests.provider.conftest import settings
from tests.provider.engine import UNKNOWN, Failed, Provider
from tests.services import Fault, LocalServices

TYPE = 'cpg:hail:User'
NEWS = {'username': 'shallow-test', 'url': 'https://auth.hail.example.org', 'cloud': 'gcp'}


@pytest.mark.parametrize('wants', [True, False, None])
def test_a_user_is_made_whatever_the_service_wants_to_know(
    provider: Provider, services: LocalServices, wants: bool | None
) -> None:
    services.world.hail['gcp'].wants_developer = wants
    held = provider.create(TYPE, NEWS)
    assert held.id == 'gcp/shallow-test'
    assert held.outputs['identity'] == services.world.hail['gcp'].users['shallow-test']['hail_identity']
    assert provider.diff(held, NEWS) == {}
    provider.create(TYPE, {**NEWS, 'username': 'deep-test'})
    assert len(services.wrote()) == (3 if wants is False else 2), 'what a service refused once it is not sent again'


def test_a_refusal_for_another_reason_is_told(provider: Provider, services: LocalServices) -> None:
    services.faults.append(Fault('create', times=2, status=400, body='the name is too long'))
    with pytest.raises(Failed, match='the Hail user shallow-test is not made: HTTP 400: the name is too long'):
        provider.create(TYPE, NEWS)


def test_the_identity_is_waited_for(provider: Provider, services: LocalServices) -> None:
    services.world.hail['gcp'].activates_after = 4
    assert provider.create(TYPE, NEWS).outputs['identity']
    assert provider.said.of('status')[0] == 'the Hail user shallow-test is creating'


def test_an_empty_identity_is_never_stored(provider: Provider, services: LocalServices) -> None:
    services.world.hail['gcp'].activates_after = -1
    provider.configure(**{**settings(services), 'hailUserTimeout': '0.5'})
    with pytest.raises(Failed, match=r'was still creating after 0\.5 s \(cpg:hailUserTimeout\)') as failed:
        provider.create(TYPE, NEWS)
    held = failed.value.held
    assert held is not None
    assert held.id == 'gcp/shallow-test'
    assert held.outputs == NEWS
    assert provider.diff(held, NEWS) == {'identity': 'add'}
    assert provider.update(held, NEWS, preview=True).outputs['identity'] == UNKNOWN
    services.world.hail['gcp'].users['shallow-test'] |= {'state': 'active', 'hail_identity': 'late@example.org'}
    assert provider.update(held, NEWS).outputs['identity'] == 'late@example.org'
    assert len(services.wrote()) == 1


def test_a_stopped_run_does_not_wait_and_the_next_one_does(provider: Provider, services: LocalServices) -> None:
    provider.configure(**{**settings(services), 'hailUserTimeout': '600'})
    hail = services.world.hail['gcp']
    hail.activates_after = -1

    def stop() -> None:
        while 'shallow-test' not in hail.users:
            time.sleep(0.01)
        # The user is being made, and nobody waits for it yet: that counts too.
        provider.cancel()

    stopping = threading.Thread(target=stop)
    stopping.start()
    with pytest.raises(Failed, match='was still creating when the run was stopped') as failed:
        provider.create(TYPE, NEWS)
    stopping.join()
    assert failed.value.held is not None
    hail.users['shallow-test']['reads_left'] = 3
    assert provider.update(failed.value.held, NEWS).outputs['identity']


def test_a_user_who_exists_is_taken_over(provider: Provider, services: LocalServices) -> None:
    services.world.hail['gcp'].users['shallow-test'] = {'state': 'active', 'hail_identity': 'old@example.org'}
    assert provider.create(TYPE, NEWS).outputs['identity'] == 'old@example.org'
    assert not services.wrote()


def test_a_create_whose_answer_was_lost_is_not_repeated(provider: Provider, services: LocalServices) -> None:
    services.faults.append(Fault('create', after=True, drop=True))
    assert provider.create(TYPE, NEWS).outputs['identity']


def test_a_deleted_user_is_told_with_what_helps(provider: Provider, services: LocalServices) -> None:
    services.world.hail['gcp'].users['shallow-test'] = {'state': 'deleted', 'hail_identity': 'old@example.org'}
    with pytest.raises(Failed, match='is deleted: its name stays taken') as failed:
        provider.create(TYPE, NEWS)
    assert failed.value.held is None


def test_a_user_who_was_made_but_cannot_be_read_is_in_the_state(provider: Provider, services: LocalServices) -> None:
    services.faults.append(Fault('users/shallow-test$', 'GET', nth=2, times=99, status=500, body='oh'))
    with pytest.raises(Failed, match=r'HTTP 500: oh\. Run again') as failed:
        provider.create(TYPE, NEWS)
    assert failed.value.held is not None


def test_a_missing_permission_is_told(provider: Provider, services: LocalServices) -> None:
    services.world.hail['gcp'].tokens.clear()
    with pytest.raises(Failed, match='does not accept the token for gcp, or its owner lacks the permission: HTTP 401'):
        provider.create(TYPE, NEWS)


def test_names_and_clouds_replace_and_addresses_update(provider: Provider) -> None:
    held = provider.create(TYPE, NEWS)
    assert provider.diff(held, {**NEWS, 'username': 'other'}) == {'username': 'update_replace'}
    assert provider.diff(held, {**NEWS, 'cloud': 'azure'}) == {'cloud': 'update_replace'}
    moved = {**NEWS, 'url': 'https://internal.hail.example.org/auth'}
    assert provider.diff(held, moved) == {'url': 'update'}
    assert provider.update(held, moved, preview=True).outputs['identity'] == UNKNOWN
    assert provider.update(held, moved).outputs['identity'] == held.outputs['identity']


def test_an_internal_address_gets_the_second_header(provider: Provider, services: LocalServices) -> None:
    provider.create(TYPE, {**NEWS, 'url': 'https://internal.hail.example.org/auth'})
    assert {call['headers'].get('X-Hail-Internal-Authorization') for call in services.calls} == {'Bearer hail-token'}
    services.calls.clear()
    provider.create(TYPE, {**NEWS, 'username': 'deep-test'})
    assert {call['headers'].get('X-Hail-Internal-Authorization') for call in services.calls} == {None}


def test_a_preview_makes_no_call(provider: Provider, services: LocalServices) -> None:
    assert provider.create(TYPE, NEWS, preview=True).outputs == {**NEWS, 'identity': UNKNOWN}
    assert not services.calls


def test_users_are_never_deleted(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    services.calls.clear()
    provider.delete(held)
    assert not services.calls
    assert provider.said.of('info') == ['the Hail user shallow-test stays: users are never deleted']


def test_a_refresh_and_an_import_read_the_user(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    assert provider.read(held) == held
    assert provider.import_(TYPE, 'gcp/shallow-test@https://auth.hail.example.org') == held
    services.world.hail['gcp'].users['shallow-test'] |= {'state': 'creating', 'hail_identity': None, 'reads_left': -1}
    found = provider.read(held)
    assert found is not None
    assert 'identity' not in found.outputs
    services.world.hail['gcp'].users.clear()
    assert provider.read(held) is None
    with pytest.raises(Failed, match='an import names <cloud>/<name>@<address of the service>'):
        provider.import_(TYPE, 'shallow-test')


def test_faults_of_inputs_have_a_place(provider: Provider) -> None:
    assert provider.check(TYPE, {**NEWS, 'username': 'Shallow_Test', 'cloud': 'aws'}) == {
        'username': 'has other characters than lower-case letters, digits and single inner hyphens',
        'cloud': 'must be one of gcp, azure',
    }
    assert provider.check(TYPE, {**NEWS, 'username': UNKNOWN}) == {}

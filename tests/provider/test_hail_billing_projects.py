"""`cpg:hail:BillingProject`: read back after every create, closed in the end, never destroyed."""

from __future__ import annotations

import pytest

from tests.provider.engine import UNKNOWN, Failed, Provider
from tests.services import Fault, LocalServices

TYPE = 'cpg:hail:BillingProject'
BASE = {'name': 'shallow', 'url': 'https://batch.hail.example.org', 'cloud': 'gcp'}


def inputs(*users: str, **more: object) -> dict[str, object]:
    return {**BASE, 'users': list(users), **more}


@pytest.fixture(autouse=True)
def _people(services: LocalServices) -> None:
    services.world.hail['gcp'].people = ['ann', 'ben', 'cleo']


def test_a_project_is_made_with_its_users_and_its_limit(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ben', 'ann', limit=100))
    assert held.id == 'gcp/shallow'
    assert held.outputs == {**inputs('ben', 'ann', limit=100), 'status': 'open'}
    assert services.world.hail['gcp'].projects['shallow'] == {
        'status': 'open',
        'users': ['ben', 'ann'],
        'limit': 100,
    }
    assert provider.diff(held, inputs('ann', 'ben', limit=100)) == {}
    assert provider.read(held) == held


def test_an_update_removes_before_it_adds(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann', 'ben', limit=100))
    assert provider.diff(held, inputs('ben', 'cleo')) == {
        'users[0]': 'delete', 'users[1]': 'add', 'limit': 'delete',
    }  # fmt: skip
    services.calls.clear()
    held = provider.update(held, inputs('ben', 'cleo'))
    assert [call.rpartition('/v1alpha')[2] for call in services.wrote()] == [
        '/billing_projects/shallow/users/ann/remove',
        '/billing_limits/shallow/edit',
        '/billing_projects/shallow/users/cleo/add',
    ]
    assert held.outputs == {**inputs('ben', 'cleo'), 'status': 'open'}
    assert services.world.hail['gcp'].projects['shallow']['limit'] is None


def test_a_create_over_an_existing_project_takes_nobody_away_and_the_next_update_shows_it(
    provider: Provider, services: LocalServices
) -> None:
    services.world.hail['gcp'].projects['shallow'] = {'status': 'open', 'users': ['cleo'], 'limit': 5}
    held = provider.create(TYPE, inputs('ann'))
    assert services.world.hail['gcp'].projects['shallow']['users'] == ['cleo', 'ann']
    assert 'has users that are not declared: cleo; the next update removes them' in provider.said.of('warning')[0]
    assert provider.diff(held, inputs('ann')) == {'users[1]': 'delete'}
    provider.update(held, inputs('ann'))
    assert services.world.hail['gcp'].projects['shallow']['users'] == ['ann']


def test_an_update_does_not_remove_whom_no_preview_has_shown(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann'))
    services.world.hail['gcp'].projects['shallow']['users'].append('cleo')
    held = provider.update(held, inputs('ann', 'ben'))
    assert held.outputs['users'] == ['ann', 'ben', 'cleo']
    assert provider.diff(held, inputs('ann', 'ben')) == {'users[2]': 'delete'}


def test_a_closed_project_is_opened_again(provider: Provider, services: LocalServices) -> None:
    services.world.hail['gcp'].projects['shallow'] = {'status': 'closed', 'users': [], 'limit': None}
    held = provider.create(TYPE, inputs('ann'))
    assert held.outputs['status'] == 'open'
    services.world.hail['gcp'].projects['shallow']['status'] = 'closed'
    found = provider.read(held)
    assert found is not None
    assert provider.diff(found, inputs('ann')) == {'status': 'update'}
    assert provider.update(found, inputs('ann')).outputs['status'] == 'open'


def test_a_deleted_project_stays_deleted_and_that_is_an_error(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann'))
    services.world.hail['gcp'].projects['shallow']['status'] = 'deleted'
    assert provider.read(held) is None
    with pytest.raises(Failed, match='the billing project shallow was deleted, and Hail never gives a name again'):
        provider.create(TYPE, inputs('ann'))


def test_older_services_that_refuse_what_is_so_already_are_understood(
    provider: Provider, services: LocalServices
) -> None:
    hail = services.world.hail['gcp']
    hail.old = True
    hail.projects['shallow'] = {'status': 'open', 'users': [], 'limit': None}
    services.faults.append(Fault('users/ann/add', after=True, status=403, body='already member'))
    held = provider.create(TYPE, inputs('ann', 'ben'))
    services.faults.append(Fault('users/ben/remove', after=True, status=403, body='not member'))
    assert provider.update(held, inputs('ann')).outputs['users'] == ['ann']


def test_one_unknown_user_does_not_stop_the_others(provider: Provider, services: LocalServices) -> None:
    with pytest.raises(Failed) as failed:
        provider.create(TYPE, inputs('nobody', 'ann', 'noone', 'ben'))
    assert failed.value.reasons == [
        'nobody is not added to shallow: HTTP 403: Unknown user nobody.',
        'noone is not added to shallow: HTTP 403: Unknown user noone.',
    ]
    held = failed.value.held
    assert held is not None
    assert held.outputs['users'] == ['ann', 'ben']
    assert provider.diff(held, inputs('nobody', 'ann', 'noone', 'ben')) == {'users[0]': 'add', 'users[2]': 'add'}


def test_a_limit_that_is_refused_does_not_stop_the_users(provider: Provider, services: LocalServices) -> None:
    services.faults.append(Fault('billing_limits', status=403, body='no'))
    with pytest.raises(Failed, match='the limit of shallow is not changed'):
        provider.create(TYPE, inputs('ann', limit=1))
    assert services.world.hail['gcp'].projects['shallow']['users'] == ['ann']


def test_deleting_removes_the_users_then_closes(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann', 'ben'))
    services.calls.clear()
    provider.delete(held)
    assert [call.rpartition('/')[2] for call in services.wrote()] == ['remove', 'remove', 'close']
    assert services.world.hail['gcp'].projects['shallow'] == {'status': 'closed', 'users': [], 'limit': None}
    provider.delete(held)
    assert len(services.wrote()) == 3


def test_a_project_whose_users_cannot_be_removed_stays_open(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann', 'ben'))
    services.faults.append(Fault('users/ann/remove', status=403, body='no'))
    with pytest.raises(Failed, match=r'ann is not removed.*stays open'):
        provider.delete(held)
    assert services.world.hail['gcp'].projects['shallow']['status'] == 'open'


def test_a_project_with_running_batches_says_so(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs())
    services.world.hail['gcp'].projects['shallow']['running'] = True
    with pytest.raises(Failed, match='is not closed: HTTP 403: Billing project shallow has open or running batches'):
        provider.delete(held)


def test_a_project_that_cannot_be_seen_is_an_error_not_gone(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann'))
    services.world.hail['gcp'].projects.clear()
    with pytest.raises(Failed, match='the billing project shallow does not exist, or the token may not see it'):
        provider.read(held)


def test_an_import_reads_users_and_limit(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, inputs('ann', limit=7))
    assert provider.import_(TYPE, 'gcp/shallow@https://batch.hail.example.org') == held


def test_names_and_clouds_replace_and_addresses_update(provider: Provider) -> None:
    held = provider.create(TYPE, inputs())
    assert provider.diff(held, {**inputs(), 'name': 'deep'}) == {'name': 'update_replace'}
    assert provider.diff(held, {**inputs(), 'cloud': 'azure'}) == {'cloud': 'update_replace'}
    assert provider.diff(held, {**inputs(), 'url': 'https://batch.example.org'}) == {'url': 'update'}


def test_a_preview_makes_no_call(provider: Provider, services: LocalServices) -> None:
    planned = provider.create(TYPE, inputs('ann', UNKNOWN), preview=True)
    assert planned.outputs == {**inputs('ann', UNKNOWN), 'status': 'open'}
    assert provider.update(planned, inputs('ben'), preview=True).outputs['users'] == ['ben']
    assert not services.calls


def test_faults_of_inputs_have_a_place(provider: Provider) -> None:
    assert provider.check(TYPE, {**inputs('ann', ' '), 'limit': -1}) == {
        'users[1]': 'is empty',
        'limit': 'is below 0',
    }
    assert provider.check(TYPE, inputs(limit='much')) == {'limit': 'must be a number'}

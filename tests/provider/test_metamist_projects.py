"""`cpg:metamist:Project`: its members are replaced as a whole, so never by nobody and never without ourselves."""

from __future__ import annotations

import pytest

from tests.provider.conftest import settings
from tests.provider.engine import UNKNOWN, Failed, Provider
from tests.services import Fault, LocalServices, identity_token

TYPE = 'cpg:metamist:Project'
US = 'deployer@example.org'
NEWS: dict[str, object] = {
    'name': 'shallow',
    'dataset': 'shallow',
    'members': {'reader': ['Ann@example.org', 'ben@example.org'], 'writer': ['ann@example.org'], 'contributor': []},
}


def members(services: LocalServices, name: str = 'shallow') -> dict[str, set[str]]:
    found = services.world.metamist.projects[name]['members']
    return {member: set(roles) for member, roles in found.items()}


def test_a_project_is_made_with_its_members(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    assert (held.id, held.outputs) == ('shallow', NEWS)
    assert list(services.world.metamist.projects) == ['shallow'], 'no project for tests is made along with it'
    assert members(services) == {
        'ann@example.org': {'reader', 'writer'},
        'ben@example.org': {'reader'},
        US: {'project_admin', 'project_member_admin'},
    }
    assert provider.diff(held, NEWS) == {}
    assert provider.read(held) == held


def test_our_own_other_roles_are_kept(provider: Provider, services: LocalServices) -> None:
    metamist = services.world.metamist
    metamist.creators, metamist.member_admins = [], []
    roles = ['data_manager', 'project_member_admin', 'reader']
    metamist.projects['shallow'] = {'id': 1, 'dataset': 'shallow', 'members': {US: roles}}
    held = provider.create(TYPE, NEWS)
    assert members(services)[US] == {'data_manager', 'project_member_admin'}
    provider.update(held, {**NEWS, 'members': {'reader': [US]}})
    assert members(services) == {US: {'data_manager', 'project_member_admin', 'reader'}}


def test_members_are_not_set_when_our_roles_would_be_lost(provider: Provider, services: LocalServices) -> None:
    provider.configure(**{**settings(services), 'metamistToken': identity_token(None)})
    services.world.metamist.projects['shallow'] = {
        'id': 1, 'dataset': 'shallow', 'members': {'': ['project_member_admin']},
    }  # fmt: skip
    with pytest.raises(Failed, match=r'our own roles \(project_member_admin\) would be lost'):
        provider.create(TYPE, NEWS)
    assert not services.wrote()


def test_an_update_sends_everybody_at_once(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    news = {**NEWS, 'members': {'reader': ['ben@example.org'], 'writer': ['cleo@example.org']}}
    assert provider.diff(held, news) == {'members.reader[0]': 'delete', 'members.writer[0]': 'update'}
    services.calls.clear()
    assert provider.update(held, news).outputs == news
    assert services.wrote() == ['PATCH /metamist/api/v1/project/shallow/members']
    assert set(members(services)) == {'ben@example.org', 'cleo@example.org', US}


def test_absent_members_are_left_alone(provider: Provider, services: LocalServices) -> None:
    news = {'name': 'shallow', 'dataset': 'shallow'}
    held = provider.create(TYPE, news)
    assert services.wrote() == ['PUT /metamist/api/v1/project/']
    assert provider.diff(held, NEWS) == {'members': 'add'}
    held = provider.update(held, NEWS)
    before = members(services)
    assert provider.diff(held, news) == {'members': 'delete'}
    provider.update(held, news)
    assert members(services) == before


def test_an_empty_list_is_refused(provider: Provider) -> None:
    empty: dict[str, list[str]] = {'reader': [], 'writer': [], 'contributor': []}
    reason = 'name nobody, which would lock everybody out; leave the key out instead'
    assert provider.check(TYPE, {**NEWS, 'members': empty}) == {'members': reason}
    assert provider.check(TYPE, {**NEWS, 'members': {}}) == {'members': reason}
    assert provider.check(TYPE, {**NEWS, 'members': {**empty, 'reader': [UNKNOWN]}}) == {}
    assert provider.check(TYPE, {**NEWS, 'members': {**empty, 'reader': UNKNOWN}}) == {}


def test_a_project_that_exists_is_taken_over_and_keeps_its_dataset(provider: Provider, services: LocalServices) -> None:
    services.world.metamist.projects['shallow-test'] = {'id': 1, 'dataset': 'shallow-test', 'members': {}}
    news = {**NEWS, 'name': 'shallow-test'}
    held = provider.create(TYPE, news)
    assert held.outputs['dataset'] == 'shallow-test'
    assert 'cannot move it to shallow' in provider.said.of('warning')[0]
    assert provider.diff(held, news) == {}
    assert not services.wrote('/project/$')


def test_a_name_that_is_taken_is_told_by_what_is_there_not_by_the_500(
    provider: Provider, services: LocalServices
) -> None:
    services.faults.append(Fault('project/$', 'PUT', after=True, drop=True))
    held = provider.create(TYPE, NEWS)
    assert held.outputs == NEWS
    services.faults.append(Fault('project/$', 'PUT', status=500, body={'detail': 'broken'}))
    with pytest.raises(Failed, match='is not made, or exists and is not shown to us: HTTP 500: broken'):
        provider.create(TYPE, {**NEWS, 'name': 'deep'})


def test_somebody_who_may_not_create_is_told(provider: Provider, services: LocalServices) -> None:
    services.world.metamist.creators = []
    with pytest.raises(Failed, match='is not made; the caller must be a project creator: HTTP 403') as failed:
        provider.create(TYPE, NEWS)
    assert failed.value.held is None


def test_a_project_whose_members_are_refused_is_in_the_state_without_them(
    provider: Provider, services: LocalServices
) -> None:
    services.world.metamist.member_admins = []
    with pytest.raises(Failed, match='the members of shallow are not set; the project is unknown, or the role missing') as failed:  # fmt: skip
        provider.create(TYPE, NEWS)
    held = failed.value.held
    assert held is not None
    assert held.outputs == {'name': 'shallow', 'dataset': 'shallow'}
    assert provider.diff(held, NEWS) == {'members': 'add'}
    services.world.metamist.member_admins = [US]
    assert provider.update(held, NEWS).outputs == NEWS


def test_a_failed_read_is_an_error_never_no_project(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    services.faults.append(Fault('project/all', times=99, status=500, body={'detail': 'broken'}))
    with pytest.raises(Failed, match=r'the projects of metamist are not readable: HTTP 500 after \d+ tries: broken'):
        provider.read(held)


def test_a_project_that_is_not_shown_is_not_gone(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    services.world.metamist.projects.clear()
    with pytest.raises(Failed, match=r'metamist does not show the project shallow to us\. Projects are never'):
        provider.read(held)
    with pytest.raises(Failed, match='does not show the project shallow'):
        provider.update(held, {**NEWS, 'members': {'reader': [US]}})


def test_an_import_knows_no_members(provider: Provider, services: LocalServices) -> None:
    provider.create(TYPE, NEWS)
    held = provider.import_(TYPE, 'shallow')
    assert held is not None
    assert held.inputs == {'name': 'shallow', 'dataset': 'shallow'}
    assert provider.import_(TYPE, 'shallow@https://metamist.example.org') is not None
    assert provider.import_(TYPE, 'nothing') is None


def test_projects_are_never_deleted(provider: Provider, services: LocalServices) -> None:
    held = provider.create(TYPE, NEWS)
    services.calls.clear()
    provider.delete(held)
    assert not services.calls
    assert provider.said.of('info') == [
        'the metamist project shallow and its members stay: projects are never deleted'
    ]  # fmt: skip


def test_a_name_replaces_and_the_rest_updates(provider: Provider) -> None:
    held = provider.create(TYPE, NEWS)
    assert provider.diff(held, {**NEWS, 'name': 'deep'}) == {'name': 'update_replace'}
    assert provider.diff(held, {**NEWS, 'dataset': 'deep'}) == {'dataset': 'update'}
    assert provider.diff(held, {**NEWS, 'url': 'https://metamist.example.org'}) == {'url': 'add'}
    assert provider.update(held, {**NEWS, 'dataset': 'deep'}).outputs['dataset'] == 'shallow'


def test_a_preview_makes_no_call(provider: Provider, services: LocalServices) -> None:
    assert provider.create(TYPE, NEWS, preview=True).outputs == NEWS
    assert not services.calls


def test_the_address_and_the_audience_come_from_the_project_or_the_provider(
    provider: Provider, services: LocalServices
) -> None:
    services.world.metamist.audience = 'metamist'
    provider.create(TYPE, {**NEWS, 'url': 'https://metamist.example.org/', 'audience': 'metamist'})
    provider.configure(**{**settings(services), 'metamistUrl': ''})
    assert provider.check(TYPE, NEWS) == {
        'url': 'is needed: neither the project nor the provider (cpg:metamistUrl) has it'
    }  # fmt: skip

"""`cpg:google:GroupMembers`, from nothing to nothing, with every trap of Google's on the way."""

from __future__ import annotations

import pytest

from tests.provider.conftest import settings
from tests.provider.engine import UNKNOWN, Failed, Held, Provider
from tests.services import Fault, LocalServices

TYPE = 'cpg:google:GroupMembers'
GROUP = 'readers@groups.example.org'
ANN, BEN, CLEO = 'ann@example.org', 'ben@example.org', 'cleo@example.org'


def inputs(*members: str, **more: object) -> dict[str, object]:
    return {'group': GROUP, 'members': list(members), 'authoritative': False, **more}


def test_members_are_added_and_remembered_as_added(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN))
    assert held.id == GROUP
    assert held.outputs == {**inputs(ANN, BEN), 'added': [ANN, BEN], 'undeclared': []}
    assert services.world.members(GROUP) == {ANN, BEN}
    assert provider.diff(held, inputs(ANN, BEN)) == {}


def test_a_diff_makes_no_call_and_sees_neither_order_nor_case(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN))
    before = len(services.calls)
    assert provider.diff(held, inputs('BEN@example.org', ANN, ANN)) == {}
    assert provider.diff(held, inputs(BEN, CLEO)) == {'members[0]': 'delete', 'members[1]': 'add'}
    assert provider.diff(held, inputs(CLEO, BEN)) == {'members[0]': 'update'}
    assert provider.diff(held, {**inputs(ANN, BEN), 'group': 'other@groups.example.org'}) == {'group': 'update_replace'}
    assert provider.diff(held, {**inputs(ANN, BEN), 'group': GROUP.upper()}) == {}
    assert provider.diff(held, inputs(ANN, BEN, authoritative=True)) == {'authoritative': 'update'}
    assert provider.diff(held, inputs(ANN, BEN, allowExternalMembers='true')) == {'allowExternalMembers': 'add'}
    assert len(services.calls) == before


def test_a_preview_makes_no_call(provider: Provider, services: LocalServices) -> None:
    planned = provider.create(TYPE, inputs(ANN, UNKNOWN), preview=True)
    assert planned.outputs == {**inputs(ANN, UNKNOWN), 'added': UNKNOWN, 'undeclared': UNKNOWN}
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN))
    before = len(services.calls)
    assert provider.update(held, inputs(BEN), preview=True).outputs['added'] == UNKNOWN
    assert provider.update(held, inputs(ANN), preview=True).outputs['added'] == [ANN]
    assert len(services.calls) == before


def test_an_update_removes_before_it_adds_and_touches_nobody_who_stays(
    provider: Provider, services: LocalServices
) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN))
    services.calls.clear()
    held = provider.update(held, inputs(BEN, CLEO))
    assert [call.partition(' ')[0] for call in services.wrote()] == ['DELETE', 'POST']
    assert services.world.members(GROUP) == {BEN, CLEO}
    assert held.outputs['added'] == [BEN, CLEO]


def test_somebody_who_was_there_before_is_not_removed(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP, 'Ann@Example.org')
    held = provider.create(TYPE, inputs(ANN, BEN))
    assert held.outputs['added'] == [BEN]
    held = provider.update(held, inputs())
    assert services.world.members(GROUP) == {ANN}
    assert held.outputs == {**inputs(), 'added': [], 'undeclared': [ANN]}
    assert provider.said.of('warning') == [f'{GROUP} has members that are not declared, and keeps them: {ANN}']
    assert provider.diff(held, inputs()) == {}


def test_undeclared_members_are_named_once(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP, CLEO)
    held = provider.create(TYPE, inputs(ANN))
    provider.update(held, inputs(BEN))
    assert len(provider.said.of('warning')) == 1


def test_an_authoritative_list_removes_everybody_else_but_owners(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP, CLEO, owners=('boss@example.org',))
    held = provider.create(TYPE, inputs(ANN, authoritative=True))
    assert services.world.members(GROUP) == {ANN, 'boss@example.org'}
    assert held.outputs['undeclared'] == ['boss@example.org']
    assert provider.diff(held, inputs(ANN, authoritative=True)) == {}


def test_absent_members_are_left_alone(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP, CLEO)
    only_setting = {'group': GROUP, 'allowExternalMembers': 'true'}
    held = provider.create(TYPE, only_setting)
    assert services.wrote() == [f'PATCH /settings/groups/v1/groups/{GROUP}']
    assert not services.called('memberships')
    assert provider.read(held) == held
    provider.delete(held)
    assert services.world.members(GROUP) == {CLEO}


def test_a_list_that_is_withdrawn_leaves_members_and_remembers_who_was_added(
    provider: Provider, services: LocalServices
) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN))
    services.calls.clear()
    assert provider.diff(held, {'group': GROUP}) == {'members': 'delete'}
    held = provider.update(held, {'group': GROUP})
    assert held.outputs == {'group': GROUP, 'added': [ANN], 'undeclared': []}
    assert not services.wrote()
    held = provider.update(held, inputs())
    assert services.world.members(GROUP) == set()


def test_an_empty_list_differs_from_none(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, {'group': GROUP})
    assert provider.diff(held, inputs()) == {'members': 'add'}


def test_the_setting_is_written_only_when_it_differs(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.world.group('outside@groups.example.org', allowExternalMembers='true')
    held = provider.create(TYPE, inputs(allowExternalMembers='true'))
    provider.create(TYPE, {**inputs(allowExternalMembers='true'), 'group': 'outside@groups.example.org'})
    assert services.wrote('settings') == [f'PATCH /settings/groups/v1/groups/{GROUP}']
    assert provider.diff(held, inputs(allowExternalMembers='true')) == {}
    assert provider.diff(held, inputs()) == {}


def test_outside_members_are_added_after_the_setting_allows_them(provider: Provider, services: LocalServices) -> None:
    services.world.google.only_inside = 'example.org'
    services.world.group(GROUP)
    provider.create(TYPE, inputs('guest@example.net', allowExternalMembers='true'))
    assert services.world.members(GROUP) == {'guest@example.net'}


def test_a_group_may_be_named_by_its_name(provider: Provider, services: LocalServices) -> None:
    name = services.world.group(GROUP)
    held = provider.create(TYPE, {**inputs(ANN, allowExternalMembers='true'), 'group': name})
    assert held.id == name
    assert services.world.members(GROUP) == {ANN}
    assert services.called(f'settings/groups/v1/groups/{GROUP}')


def test_one_bad_member_does_not_stop_the_others(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.world.google.only_inside = 'example.org'
    news = inputs('one@example.net', ANN, 'two@example.net', BEN)
    with pytest.raises(Failed) as failed:
        provider.create(TYPE, news)
    assert len(failed.value.reasons) == 2
    assert 'one@example.net is not added: HTTP 400' in failed.value.message
    assert services.world.members(GROUP) == {ANN, BEN}
    held = failed.value.held
    assert held is not None
    assert held.outputs['members'] == held.outputs['added'] == [ANN, BEN]
    assert provider.diff(held, news) == {'members[0]': 'add', 'members[2]': 'add'}
    services.world.google.only_inside = None
    assert provider.update(held, news).outputs['members'] == news['members']


def test_a_removal_that_fails_is_tried_again_also_when_a_refresh_forgot_the_failure(
    provider: Provider, services: LocalServices
) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN))
    services.faults.append(Fault('memberships', 'DELETE', status=400, body={'error': {'message': 'no'}}))
    with pytest.raises(Failed) as failed:
        provider.update(held, inputs(BEN, CLEO))
    assert services.world.members(GROUP) == {ANN, BEN, CLEO}
    after = failed.value.held
    assert after is not None
    assert after.outputs['members'] == [BEN, CLEO]
    assert after.outputs['added'] == [ANN, BEN, CLEO]
    assert provider.diff(Held(TYPE, GROUP, inputs(BEN, CLEO), after.outputs), inputs(BEN, CLEO)) != {}
    provider.update(after, inputs(BEN, CLEO))
    assert services.world.members(GROUP) == {BEN, CLEO}


def test_aborted_and_already_there_are_told_apart(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    aborted = {'error': {'code': 409, 'status': 'ABORTED', 'message': 'The operation was aborted.'}}
    services.faults.append(Fault('memberships$', 'POST', times=3, status=409, body=aborted))
    held = provider.create(TYPE, inputs(ANN))
    assert len(services.wrote()) == 4
    assert held.outputs['added'] == [ANN]


def test_somebody_whom_a_lagging_list_hides_is_taken_for_there_and_not_for_ours(
    provider: Provider, services: LocalServices
) -> None:
    services.world.member(services.world.group(GROUP), ANN, hidden=5)
    held = provider.create(TYPE, inputs(ANN))
    assert held.outputs['members'] == [ANN]
    assert held.outputs['added'] == []


def test_an_add_whose_answer_was_lost_is_ours(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.faults.append(Fault('memberships$', 'POST', drop=True, after=True))
    held = provider.create(TYPE, inputs(ANN))
    assert services.world.members(GROUP) == {ANN}
    assert held.outputs['added'] == [ANN]


def test_an_aborted_storm_ends_with_the_final_error(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    body = {'error': {'status': 'ABORTED', 'message': 'The operation was aborted.'}}
    services.faults.append(Fault('memberships$', 'POST', times=1000, status=409, body=body))
    with pytest.raises(Failed, match=r'HTTP 409 after \d+ tries: The operation was aborted'):
        provider.create(TYPE, inputs(ANN))


@pytest.mark.parametrize(
    ('status', 'body'),
    [
        (503, None),
        (429, None),
        (403, {'error': {'code': 403, 'message': 'slow down', 'errors': [{'reason': 'quotaExceeded'}]}}),
    ],
)
def test_throttling_is_waited_for(provider: Provider, services: LocalServices, status: int, body: object) -> None:
    services.world.group(GROUP)
    services.faults.append(Fault('.', nth=1, times=2, status=status, body=body, headers={'Retry-After': '0.01'}))
    services.faults.append(Fault('settings', times=2, status=status, body=body))
    services.faults.append(Fault('memberships', times=2, status=status, body=body))
    provider.create(TYPE, inputs(ANN, allowExternalMembers='true'))
    assert services.world.members(GROUP) == {ANN}


def test_a_refusal_is_not_tried_again(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    body = {'error': {'code': 403, 'status': 'PERMISSION_DENIED', 'message': 'The caller does not have permission'}}
    services.faults.append(Fault('memberships$', 'POST', times=9, status=403, body=body))
    with pytest.raises(Failed, match='The caller does not have permission'):
        provider.create(TYPE, inputs(ANN))
    assert len(services.wrote()) == 1


def test_a_failed_read_is_an_error_never_an_empty_list(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN))
    services.faults.append(Fault('memberships$', 'GET', times=9, status=500, body={'error': {'message': 'oh'}}))
    with pytest.raises(Failed, match='HTTP 500: oh'):
        provider.read(held)
    with pytest.raises(Failed) as failed:
        provider.update(held, inputs(BEN))
    assert failed.value.held is None
    assert services.world.members(GROUP) == {ANN}


def test_a_later_page_that_fails_is_an_error_too(provider: Provider, services: LocalServices) -> None:
    services.world.google.page = 2
    services.world.group(GROUP, ANN, BEN, CLEO)
    services.faults.append(Fault('memberships$', 'GET', nth=2, status=400, body={'error': {'message': 'bad token'}}))
    with pytest.raises(Failed, match='bad token'):
        provider.create(TYPE, inputs(ANN))


def test_all_pages_are_read(provider: Provider, services: LocalServices) -> None:
    services.world.google.page = 2
    services.world.group(GROUP, *(f'p{number}@example.org' for number in range(7)))
    held = provider.create(TYPE, inputs(ANN))
    assert len(held.outputs['undeclared']) == 7


def test_operations_that_are_not_done_are_polled(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.world.google.slow_operations = 3
    held = provider.create(TYPE, inputs(ANN))
    assert len(services.called('operations/')) == 3
    provider.update(held, inputs())
    assert services.world.members(GROUP) == set()


def test_operations_that_cannot_be_asked_for_are_told_by_their_effect(
    provider: Provider, services: LocalServices
) -> None:
    services.world.group(GROUP)
    services.world.google.slow_operations = 1
    services.world.google.operations_are_readable = False
    held = provider.create(TYPE, inputs(ANN))
    provider.update(held, inputs())
    assert services.world.members(GROUP) == set()


def test_an_operation_that_ends_aborted_is_started_again(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    body = {'done': True, 'error': {'code': 10, 'message': 'aborted'}}
    services.faults.append(Fault('memberships$', 'POST', status=200, body=body))
    assert provider.create(TYPE, inputs(ANN)).outputs['added'] == [ANN]


def test_a_group_and_a_member_made_a_moment_ago_are_waited_for(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.world.google.invisible[GROUP] = 3
    services.world.google.unknown[ANN] = 3
    held = provider.create(TYPE, inputs(ANN, BEN))
    assert held.outputs['members'] == [ANN, BEN]
    tried = [call['body']['preferredMemberKey']['id'] for call in services.calls if call['method'] == 'POST']
    assert tried == [ANN, BEN, ANN, ANN, ANN], 'whoever is known does not wait for the others'


def test_a_member_whom_nobody_knows_is_told_in_the_end(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.world.google.unknown['typo@example.org'] = -1
    provider.configure(**{**settings(services), 'patience': '0.6'})
    with pytest.raises(Failed, match=r'typo@example.org is not added: HTTP 404') as failed:
        provider.create(TYPE, inputs('typo@example.org', ANN))
    assert failed.value.held is not None
    assert failed.value.held.outputs['members'] == [ANN]


def test_a_group_that_is_not_there_is_an_error_and_nothing_is_stored(
    provider: Provider, services: LocalServices
) -> None:
    provider.configure(**{**settings(services), 'patience': '0.6'})
    with pytest.raises(Failed, match=f'the group {GROUP} is not found: HTTP 404') as failed:
        provider.create(TYPE, inputs(ANN))
    assert failed.value.held is None


def test_removing_somebody_who_has_gone_is_no_error(provider: Provider, services: LocalServices) -> None:
    services.world.google.lag = 3
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN))
    services.calls.clear()
    held = provider.update(held, inputs())
    assert services.wrote(), 'the list did not show the member yet, so it was looked up'
    provider.update(held, inputs(BEN))
    assert services.world.members(GROUP) == {BEN}


def test_a_refresh_sees_members_that_came_and_went(provider: Provider, services: LocalServices) -> None:
    name = services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN))
    services.world.google.groups[name]['members'] = {}
    services.world.member(name, BEN.upper())
    services.world.member(name, CLEO)
    found = provider.read(held)
    assert found is not None
    assert found.inputs['members'] == found.outputs['members'] == [BEN]
    assert found.outputs['undeclared'] == [CLEO]
    assert CLEO in provider.said.of('warning')[0]
    assert provider.diff(found, inputs(ANN, BEN)) == {'members[0]': 'add'}
    held = provider.update(found, inputs(ANN, BEN))
    assert services.world.members(GROUP) == {ANN, BEN, CLEO}
    provider.delete(held)
    assert services.world.members(GROUP) == {CLEO}


def test_a_refresh_of_an_authoritative_list_shows_who_came_and_the_update_removes_them(
    provider: Provider, services: LocalServices
) -> None:
    name = services.world.group(GROUP)
    news = inputs(ANN, authoritative=True)
    held = provider.create(TYPE, news)
    services.world.member(name, CLEO)
    found = provider.read(held)
    assert found is not None
    assert found.outputs['members'] == [ANN, CLEO]
    assert provider.diff(found, news) == {'members[1]': 'delete'}
    provider.update(found, news)
    assert services.world.members(GROUP) == {ANN}


def test_a_list_that_lags_is_not_drift(provider: Provider, services: LocalServices) -> None:
    services.world.google.lag = 5
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN))
    found = provider.read(held)
    assert found is not None
    assert found.outputs == held.outputs


def test_a_group_that_has_gone_is_gone(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN))
    services.world.google.groups.clear()
    assert provider.read(held) is None
    provider.delete(held)


def test_an_import_shows_everybody_and_takes_nobody_for_its_own(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP, ANN, BEN)
    held = provider.import_(TYPE, GROUP)
    assert held is not None
    assert held.inputs == {'group': GROUP, 'members': [ANN, BEN], 'allowExternalMembers': 'false'}
    assert held.outputs['added'] == []
    assert provider.diff(held, inputs(ANN, BEN)) == {}
    provider.delete(provider.update(held, inputs(ANN)))
    assert services.world.members(GROUP) == {ANN, BEN}
    assert provider.import_(TYPE, 'nobody@groups.example.org') is None


def test_deleting_removes_what_was_added(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP, ANN)
    provider.delete(provider.create(TYPE, inputs(ANN, BEN)))
    assert services.world.members(GROUP) == {ANN}


def test_deleting_tells_every_failure(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    held = provider.create(TYPE, inputs(ANN, BEN, CLEO))
    services.faults.append(Fault('memberships', 'DELETE', times=2, status=400, body={'error': {'message': 'no'}}))
    with pytest.raises(Failed, match=r'ann@example.org is not removed.*; ben@example.org is not removed'):
        provider.delete(held)
    provider.delete(held)
    assert services.world.members(GROUP) == set()


@pytest.mark.parametrize('by_name', [True, False])
def test_a_resource_that_takes_a_group_over_keeps_the_access_that_the_old_one_gave(
    provider: Provider, services: LocalServices, by_name: bool
) -> None:
    name = services.world.group(GROUP)
    old = provider.create(TYPE, inputs(ANN, BEN))
    provider.create(TYPE, {**inputs(ANN), 'group': name if by_name else GROUP}, name='it' if by_name else 'renamed')
    provider.delete(old)
    assert services.world.members(GROUP) == {ANN}


def test_a_service_that_does_not_answer_is_not_asked_for_each_member(
    provider: Provider, services: LocalServices
) -> None:
    services.world.group(GROUP)
    services.faults.append(Fault('memberships$', 'POST', nth=2, times=10_000, status=503))
    with pytest.raises(Failed) as failed:
        provider.create(TYPE, inputs(*(f'p{number}@example.org' for number in range(20))))
    assert len(failed.value.reasons) == 19
    assert sum('not tried' in reason for reason in failed.value.reasons) == 18


@pytest.mark.parametrize(
    ('news', 'faults'),
    [
        ({}, {'group': 'is missing'}),
        ({'group': 'nobody'}, {'group': 'is neither an address nor of the form groups/…'}),
        ({'group': GROUP, 'members': 'ann'}, {'members': 'must be a list'}),
        (inputs(ANN, 'ben'), {'members[1]': "'ben' is not an address"}),
        (inputs(GROUP.upper()), {'members[0]': 'a group cannot be a member of itself'}),
        (inputs(allowExternalMembers='yes'), {'allowExternalMembers': 'must be one of true, false'}),
        (inputs(memebrs=[]), {'memebrs': 'is not known here; there are allowExternalMembers, authoritative, group, members'}),
        ({**inputs(), 'authoritative': 'yes'}, {'authoritative': 'must be true or false'}),
        ({'group': UNKNOWN, 'members': [UNKNOWN, ANN], 'allowExternalMembers': UNKNOWN}, {}),
        ({'group': GROUP, 'members': UNKNOWN}, {}),
    ],
)  # fmt: skip
def test_faults_of_inputs_have_a_place(provider: Provider, news: dict[str, object], faults: dict[str, str]) -> None:
    assert provider.check(TYPE, news) == faults

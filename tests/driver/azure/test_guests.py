"""People of other tenants are invited, or looked up."""

from __future__ import annotations

from cpg_infra.engine.stacks import shards_of
from cpg_infra.plan import Plan, Ref
from tests.driver.azure.building import azure_plan, of_type
from tests.organisations import (
    AZURE,
    Plain,
    on_azure,
    user,
    users,
)

INVITING = {**AZURE, 'domains': ['tenant.example.org'], 'invite_guests': {'redirect_url': 'https://start.example.org'}}
INVITATION = 'azuread:index/invitation:Invitation'
VISITOR = 'dara@guest.example.com'


def with_a_guest(section: Plain, **members: Plain) -> Plan:
    """Dara is of another tenant."""
    people = {**users(), 'dara': user('dara', clouds={'azure': {'id': VISITOR}})}
    given = {'analysis': ['ana', 'dara'], **members}
    return azure_plan(on_azure('alpha', members=given), on_azure('beta', members=given), azure=section, users=people)


def test_a_guest_is_invited_once_and_known_by_what_the_invitation_tells() -> None:
    plan = with_a_guest(INVITING)
    (invitation,) = plan.resources_by_type[INVITATION]
    assert invitation.name == f'azure-guest-{VISITOR}'
    assert invitation.owner.dataset == ''
    assert not invitation.options.protect
    assert invitation.inputs == {
        'userEmailAddress': VISITOR,
        'redirectUrl': 'https://start.example.org',
        'message': {'language': 'en-US'},
    }
    ids = {
        each.inputs['memberObjectId']
        for each in plan.resources_by_type['azuread:index/groupMember:GroupMember']
        if VISITOR in each.name
    }
    assert ids == {Ref(invitation.name, 'userId')}
    assert 'getUser' in str(of_type(plan, 'azuread:index/groupMember:GroupMember'))


def test_without_the_key_guests_are_looked_up_as_before() -> None:
    plan = with_a_guest({**AZURE, 'domains': ['tenant.example.org']})
    assert INVITATION not in plan.resources_by_type
    assert f"(('mail', '{VISITOR}'),)" in str(of_type(plan, 'azuread:index/groupMember:GroupMember'))


def test_an_organisation_without_guests_invites_nobody() -> None:
    plan = azure_plan(on_azure('alpha', members={'analysis': ['ana']}), azure=INVITING)
    assert INVITATION not in plan.resources_by_type


def test_an_invitation_is_in_the_stack_before_all_that_name_it() -> None:
    places = {
        each.name: shard.name
        for shard in shards_of(with_a_guest(INVITING), 'per-dataset', 'common')
        for each in shard.deployed
    }
    assert places[f'azure-guest-{VISITOR}'] == 'foundation'

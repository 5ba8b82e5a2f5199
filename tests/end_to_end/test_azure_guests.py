"""Somebody of another tenant is invited, let in, and later only no longer let in."""

from __future__ import annotations

from collections import Counter

from tests.conformance.checker import registered
from tests.end_to_end.azure_organisations import VISITOR, with_a_guest
from tests.end_to_end.harness import Deployment

INVITATION = f'azure-guest-{VISITOR}'


def test_a_guest_is_invited_and_let_in_and_stays_a_guest_when_they_leave(tiny_azure_deployment: Deployment) -> None:
    plan, without = with_a_guest('bao', 'eve'), with_a_guest('bao')
    (membership,) = (each.name for each in registered(plan) if VISITOR in each.name and each.name != INVITATION)
    comes = tiny_azure_deployment.up(plan)
    assert comes.errors == []
    made = {name for (what, name) in comes.done if what == 'create'}
    assert made == {INVITATION, membership}

    things = tiny_azure_deployment.things('azure')
    (guest,) = (
        thing for key, thing in things.items() if key.startswith('user ') and thing['inputs']['mail'] == VISITOR
    )
    assert guest['inputs']['userType'] == 'Guest'
    assert [key for key in things if key.startswith('member ') and key.endswith(f'/{guest["outputs"]["objectId"]}')]
    assert tiny_azure_deployment.up(plan).steps == Counter()

    goes = tiny_azure_deployment.up(without)
    assert goes.errors == []
    after = tiny_azure_deployment.things('azure')
    assert f'user {guest["outputs"]["objectId"]}' in after
    assert not [key for key in after if key.startswith('member ') and guest['outputs']['objectId'] in key]

"""What a killed run was making: how it is found again, and what a person is told of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cpg_infra.engine.automation.ids import IDS, NOT_TOLD, QUESTIONS, Question, id_of
from cpg_infra.engine.automation.repair import not_told, questions, with_taken_over
from cpg_infra.engine.automation.state import State
from cpg_infra.plan import Plan
from tests.engine.automation.building import BUCKET, GROUP, kept, state, urn
from tests.examples import lantern
from tests.plugins.test_inventories import PLANS

ACCOUNT = 'azure-native:storage:StorageAccount'
KEY = 'gcp:serviceaccount/key:Key'
PLANNED: dict[str, Callable[[], Plan]] = {'lantern': lantern.plan, **PLANS}
PROVIDER = kept('pulumi:providers:azure-native', 'own', inputs={'subscriptionId': 'sub-1'})


def killed(*making: dict[str, Any], there: tuple[dict[str, Any], ...] = ()) -> State:
    """The state of a run that was killed while it was making something."""
    return state(*there, pending_operations=[{'type': 'creating', 'resource': each} for each in making])


def making(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {'urn': urn(type_, name), 'type': type_, 'inputs': inputs, **more}


def test_what_was_being_made_is_taken_over_by_the_id_that_its_inputs_tell() -> None:
    there = kept(BUCKET, 'b')
    state = killed(making(BUCKET, 'new', {'name': 'lantern-new'}), there, there=(there,))
    export, urns = with_taken_over(state, {})
    assert urns == (urn(BUCKET, 'new'),)
    assert [each['id'] for each in export['deployment']['resources']] == ['b', 'lantern-new']
    assert 'pending_operations' not in export['deployment']
    json.dumps(export)


def test_what_replaces_a_thing_that_was_deleted_first_takes_its_place() -> None:
    gone = kept(ACCOUNT, 'a', id='old', pendingReplacement=True)
    after = kept(BUCKET, 'b', dependencies=[gone['urn']])
    new = making(ACCOUNT, 'a', {'accountName': 'a', 'resourceGroupName': 'g'}, id='new')
    export, urns = with_taken_over(killed(new, there=(gone, after)), {})
    assert urns == (gone['urn'],)
    assert [each['id'] for each in export['deployment']['resources']] == ['new', 'b']


def test_what_the_cloud_names_itself_is_asked_for() -> None:
    state = killed(making(GROUP, 'g', {'groupKey': {'id': 'g@example.org'}}), making(GROUP, 'h', {}))
    asked = questions(state)
    assert asked == {
        urn(GROUP, 'g'): Question(
            'gcp:cloudidentity/getGroupLookup:getGroupLookup', {'groupKey': {'id': 'g@example.org'}}, '{name}'
        )
    }
    assert asked[urn(GROUP, 'g')].id_in({'name': 'groups/1'}) == 'groups/1'
    export, urns = with_taken_over(state, {urn(GROUP, 'g'): 'groups/1'})
    assert urns == (urn(GROUP, 'g'),)
    assert [each['id'] for each in export['deployment']['resources']] == ['groups/1']
    assert with_taken_over(state, {})[1] == ()


def test_a_thing_on_azure_is_in_the_subscription_of_its_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('ARM_SUBSCRIPTION_ID', 'sub-0')
    inputs = {'accountName': 'lanternmain', 'resourceGroupName': 'lantern'}
    own = making(ACCOUNT, 'own', inputs, provider=f'{PROVIDER["urn"]}::own')
    usual = making(ACCOUNT, 'usual', inputs, provider='urn:pulumi:prod::lantern::pulumi:providers:azure-native::d::1')
    export, _ = with_taken_over(killed(own, usual, there=(PROVIDER,)), {})
    assert [each['id'].split('/')[2] for each in export['deployment']['resources'][1:]] == ['sub-1', 'sub-0']


def test_an_id_that_depends_on_what_is_encrypted_is_not_told() -> None:
    assert id_of(BUCKET, {'name': {'ciphertext': 'v1:abc'}}, None) is None
    assert id_of(ACCOUNT, {'accountName': 'a', 'resourceGroupName': 'g'}, None) is None


def test_a_person_is_told_of_what_nobody_can_find() -> None:
    state = killed(making(KEY, 'k', {}), making(BUCKET, 'b', {'name': 'b'}))
    (told,) = not_told(state)
    assert told == f'k may have been made by the run that was killed and is made again: {NOT_TOLD[KEY]}'


@pytest.mark.parametrize('name', PLANNED)
def test_every_type_is_found_again_or_a_person_is_told_or_our_own_provider_adopts_it(name: str) -> None:
    for resource in PLANNED[name]().resources:
        ways = [resource.type in IDS, resource.type in QUESTIONS, resource.type in NOT_TOLD]
        assert ways.count(True) == (0 if resource.type.startswith(('cpg:', 'dry-run:')) else 1), resource.type


@pytest.mark.parametrize('name', PLANNED)
def test_the_inputs_of_a_plan_tell_the_ids_of_everything_that_has_one(name: str) -> None:
    """Texts that only a deployment knows stand for themselves: that they are there is what matters."""
    for resource in PLANNED[name]().resources:
        inputs = {key: value if isinstance(value, str | dict) else f'<{key}>' for key, value in resource.inputs.items()}
        # The engine names what has no name before it makes it.
        inputs.setdefault('name', resource.name)
        if resource.type in IDS:
            assert id_of(resource.type, inputs, 'sub-1') is not None, resource.name

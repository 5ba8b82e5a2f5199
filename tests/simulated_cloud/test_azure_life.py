"""What becomes of things on Azure when others come and go."""

from __future__ import annotations

import pytest

from tests.simulated_cloud import building_azure as types
from tests.simulated_cloud.building_azure import AzureCloud, rule
from tests.simulated_cloud.world import Refused


def test_ids_are_paths(azure: AzureCloud) -> None:
    made = azure.one_of_each()
    group = f'{types.SUBSCRIPTION}/resourceGroups/small-alpha'
    account = f'{group}/providers/Microsoft.Storage/storageAccounts/smallalpha'
    assert {token: made[token].id for token in (types.ACCOUNT, types.SETTINGS, types.CONTAINER, types.LIFECYCLE)} == {
        types.ACCOUNT: account,
        types.SETTINGS: f'{account}/blobServices/default',
        types.CONTAINER: f'{account}/blobServices/default/containers/main',
        types.LIFECYCLE: f'{account}/managementPolicies/default',
    }
    assert made[types.SECRET].id == f'{group}/providers/Microsoft.KeyVault/vaults/small-alpha/secrets/configuration'


def test_a_thing_is_read_as_it_was_made_and_as_somebody_changed_it(azure: AzureCloud) -> None:
    for token, made in azure.one_of_each().items():
        assert azure.read(token, made.id, **made.properties) == made
    container = azure.journal.things()['container smallalpha/main']
    changed = {**container, 'inputs': {**container['inputs'], 'publicAccess': 'None'}}
    with azure.journal.transaction() as transaction:
        transaction.put('container smallalpha/main', changed)
    seen = azure.read(types.CONTAINER, container['id'])
    assert seen is not None
    assert seen.inputs['publicAccess'] == 'None'


def test_the_ids_of_an_identity_are_made_at_its_creation_and_kept(azure: AzureCloud) -> None:
    made = azure.identity()
    changed = azure.update(types.IDENTITY, made.id, made.properties, **{**made.inputs, 'tags': {'a': 'b'}})
    assert {'principalId', 'clientId', 'tenantId'} <= changed.outputs.keys()
    assert changed.outputs == made.outputs
    azure.delete(types.IDENTITY, made)
    assert azure.identity().outputs['principalId'] != made.outputs['principalId']


def test_a_group_of_resources_takes_everything_with_it(azure: AzureCloud) -> None:
    before = azure.journal.things().keys()
    azure.one_of_each()
    azure.delete(types.RESOURCE_GROUP, azure.resource_group)
    left = {key.partition(' ')[0] for key in azure.journal.things().keys() - before} - {'id', 'counter'}
    # What belongs to the directory or to the subscription, and the name of the vault, which stays taken.
    assert left == {'group', 'invitation', 'member', 'role', 'user', 'deleted-vault'}


def test_an_account_takes_its_containers_and_its_settings_with_it(azure: AzureCloud) -> None:
    made = azure.account()
    container = azure.container()
    azure.settings()
    azure.assignment(azure.group(), container.id)
    azure.delete(types.ACCOUNT, made)
    azure.account()
    assert azure.read(types.CONTAINER, container.id) is None
    azure.settings()


def test_blob_settings_that_go_are_those_of_a_new_account_again(azure: AzureCloud) -> None:
    azure.account()
    made = azure.settings(lastAccessTimeTrackingPolicy={'enable': True})
    by_access = rule(actions={'baseBlob': {'tierToCool': {'daysAfterLastAccessTimeGreaterThan': 30}}})
    azure.delete(types.LIFECYCLE, azure.lifecycle(by_access))
    azure.delete(types.SETTINGS, made)
    with pytest.raises(Refused, match='last access time tracking'):
        azure.lifecycle(by_access)


def test_the_name_of_a_deleted_vault_stays_taken_until_the_vault_is_recovered(azure: AzureCloud) -> None:
    vault, group = azure.vault(), azure.group()
    azure.secret('kept')
    azure.assignment(group, vault.id)
    azure.delete(types.VAULT, vault)
    with pytest.raises(Refused, match=r'Code="ConflictError".*already exists in deleted state'):
        azure.vault()
    azure.vault(createMode='recover')
    things = azure.journal.things()
    assert things['secret small-alpha/configuration']['inputs']['properties'] == {'value': 'kept'}
    assert [key for key in things if key.startswith('assignment ')] == []


def test_purge_protection_and_the_days_of_a_vault_are_for_ever(azure: AzureCloud) -> None:
    made = azure.vault(enablePurgeProtection=True, softDeleteRetentionInDays=7)
    properties = made.inputs['properties']
    for changed in (
        {key: value for key, value in properties.items() if key != 'enablePurgeProtection'},
        {**properties, 'enablePurgeProtection': False},
        {**properties, 'softDeleteRetentionInDays': 8},
    ):
        with pytest.raises(Refused, match='Status=400'):
            azure.update(types.VAULT, made.id, made.properties, **{**made.inputs, 'properties': changed})


def test_a_secret_tells_its_address_and_never_its_value_and_keeps_its_name_when_it_goes(azure: AzureCloud) -> None:
    azure.vault()
    made = azure.secret('first')
    assert made.outputs['properties']['secretUri'] == 'https://small-alpha.vault.azure.net/secrets/configuration'
    assert 'value' not in made.outputs['properties']
    again = azure.update(types.SECRET, made.id, made.properties, **{**made.inputs, 'properties': {'value': 'second'}})
    versions = [each.outputs['properties']['secretUriWithVersion'] for each in (made, again)]
    assert len(set(versions)) == 2
    azure.delete(types.SECRET, again)
    with pytest.raises(Refused, match='currently in a deleted but recoverable state'):
        azure.secret('third')


def test_an_update_of_what_somebody_deleted_makes_it_again(azure: AzureCloud) -> None:
    azure.account()
    made = azure.container()
    with azure.journal.transaction() as transaction:
        transaction.remove('container smallalpha/main')
    assert azure.update(types.CONTAINER, made.id, made.properties, **made.inputs) == made
    assert azure.read(types.CONTAINER, made.id) == made

"""What somebody changed by hand on Azure: what is ours is repaired, what is not ours is not even seen.

Each membership and each assignment is a resource of its own there, so a refresh knows only those that we made. Finding
the others is the business of a reader of its own.
"""

from __future__ import annotations

from collections import Counter

from tests.end_to_end.azure_organisations import tiny
from tests.end_to_end.harness import Deployment
from tests.simulated_cloud.building_azure import READER, definition, guid

AZURE = 'azure'


def keys(deployment: Deployment, kind: str) -> list[str]:
    return sorted(key for key in deployment.things(AZURE) if key.startswith(f'{kind} '))


def resource_of(deployment: Deployment, key: str) -> str:
    """The logical name of what was made under a key."""
    id_ = deployment.things(AZURE)[key]['id']
    return next(str(each['urn'].rpartition('::')[2]) for each in deployment.state() if each['id'] == id_)


def test_a_member_and_a_grant_that_were_taken_away_by_hand_are_given_back(tiny_azure_deployment: Deployment) -> None:
    removed = {kind: keys(tiny_azure_deployment, kind)[0] for kind in ('member', 'assignment')}
    names = {resource_of(tiny_azure_deployment, key) for key in removed.values()}
    before = tiny_azure_deployment.things(AZURE)
    for key in removed.values():
        tiny_azure_deployment.remove(key, AZURE)
    assert tiny_azure_deployment.up(tiny()).steps == Counter()
    assert tiny_azure_deployment.refresh().is_sound
    repaired = tiny_azure_deployment.up(tiny())
    assert repaired.is_sound
    assert repaired.done == Counter({('create', name): 1 for name in names})
    after = tiny_azure_deployment.things(AZURE)
    assert {key: after[key]['inputs'] for key in removed.values()} == {
        key: before[key]['inputs'] for key in removed.values()
    }


def test_a_member_and_a_grant_that_were_added_by_hand_are_not_seen_and_stay(tiny_azure_deployment: Deployment) -> None:
    things = tiny_azure_deployment.things(AZURE)
    stranger = next(
        key.partition(' ')[2]
        for key, thing in things.items()
        if key.startswith('user ') and thing['inputs']['userPrincipalName'].startswith('dara@')
    )
    group = keys(tiny_azure_deployment, 'group')[0].partition(' ')[2]
    by_hand = {
        f'member {group}/{stranger}': {'groupObjectId': group, 'memberObjectId': stranger},
        f'assignment {guid("by hand")}': {
            'scope': things['container smallcommonver/main']['id'],
            'roleDefinitionId': definition(READER),
            'principalId': stranger,
        },
    }
    for key, inputs in by_hand.items():
        tiny_azure_deployment.put(key, {'type': 'by hand', 'id': key, 'inputs': inputs, 'outputs': {}}, AZURE)
    seen = tiny_azure_deployment.refresh()
    assert seen.is_sound
    assert {name for name, changed in seen.changed_keys.items() if changed} == set()
    assert tiny_azure_deployment.up(tiny()).steps == Counter()
    assert by_hand.keys() <= tiny_azure_deployment.things(AZURE).keys()


def test_what_was_changed_by_hand_gets_its_settings_back_and_nothing_is_made_anew(
    tiny_azure_deployment: Deployment,
) -> None:
    changes = {
        'container smallcommonver/main': ('publicAccess', 'Blob'),
        'storage smallcommonver': ('allowSharedKeyAccess', True),
        'blobs smallcommonver': ('isVersioningEnabled', False),
    }
    before = tiny_azure_deployment.things(AZURE)
    names = {resource_of(tiny_azure_deployment, key) for key in changes}
    for key, (name, value) in changes.items():
        thing = before[key]
        assert thing['inputs'][name] != value
        tiny_azure_deployment.put(key, {**thing, 'inputs': {**thing['inputs'], name: value}}, AZURE)
    seen = tiny_azure_deployment.refresh()
    assert seen.is_sound
    assert {name: seen.changed_keys[name] for name in names} == {
        resource_of(tiny_azure_deployment, key): {name} for key, (name, _) in changes.items()
    }
    repaired = tiny_azure_deployment.up(tiny())
    assert repaired.is_sound
    assert repaired.done == Counter({('update', name): 1 for name in names})
    assert tiny_azure_deployment.things(AZURE) == before


def test_a_group_that_was_deleted_by_hand_is_made_again_with_all_that_hung_on_it(
    tiny_azure_deployment: Deployment,
) -> None:
    """A new group has a new id: whatever named the old one is replaced, and nobody keeps access by an id that is gone."""
    lost = next(
        key
        for key, thing in tiny_azure_deployment.things(AZURE).items()
        if key.startswith('group ') and thing['inputs']['displayName'] == 'common-analysis'
    )
    object_id = lost.partition(' ')[2]
    tiny_azure_deployment.remove(lost, AZURE)
    assert tiny_azure_deployment.refresh().is_sound
    repaired = tiny_azure_deployment.up(tiny())
    assert repaired.is_sound, repaired.errors
    assert repaired.done['create', 'common-azure-analysis-group'] == 1
    assert object_id not in str(tiny_azure_deployment.things(AZURE))
    assert tiny_azure_deployment.up(tiny()).steps == Counter()


def test_what_holds_data_stays_when_the_rest_is_destroyed(tiny_azure_deployment: Deployment) -> None:
    outcome = tiny_azure_deployment.destroy(exclude_protected=True)
    assert outcome.errors == []
    things = tiny_azure_deployment.things(AZURE)
    assert {'resourcegroup small-common', 'storage smallcommonver', 'container smallcommonver/main'} <= things.keys()
    # Versions and soft delete protect data: the settings stay with it.
    assert 'blobs smallcommonver' in things
    for kind in ('assignment', 'group', 'member', 'identity', 'role'):
        assert keys(tiny_azure_deployment, kind) == []

"""What somebody changed by hand is seen by a refresh; the next deployment repairs what is ours alone."""

from __future__ import annotations

from collections import Counter

from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import tiny

VIEWER = 'organizations/471147114711/roles/StorageObjectAndBucketViewer'
STRANGER = 'user:stranger@elsewhere.example.org'


def grant_by_hand(deployment: Deployment, thing: str, role: str, member: str) -> None:
    policy = deployment.things()[f'policy {thing}']
    roles = {**policy['roles'], role: [*policy['roles'].get(role, ()), member]}
    deployment.put(f'policy {thing}', {**policy, 'roles': roles})


def test_a_reader_added_to_our_bucket_by_hand_is_seen_and_removed(tiny_deployment: Deployment) -> None:
    grant_by_hand(tiny_deployment, 'bucket small-common-main', VIEWER, STRANGER)
    assert tiny_deployment.up(tiny()).steps == Counter()
    seen = tiny_deployment.refresh()
    assert seen.is_sound
    assert seen.changed_keys['common-gcp-main-bucket-read'] == {'members'}
    repaired = tiny_deployment.up(tiny())
    assert repaired.done == Counter({('update', 'common-gcp-main-bucket-read'): 1})
    assert STRANGER not in tiny_deployment.things()['policy bucket small-common-main']['roles'][VIEWER]


def test_a_grant_that_others_made_on_a_project_is_left_alone(tiny_deployment: Deployment) -> None:
    grant_by_hand(tiny_deployment, 'project small-common', 'roles/browser', STRANGER)
    assert tiny_deployment.refresh().is_sound
    assert tiny_deployment.up(tiny()).steps == Counter()
    assert STRANGER in tiny_deployment.things()['policy project small-common']['roles']['roles/browser']


def test_a_bucket_that_was_changed_by_hand_gets_its_settings_back_and_not_a_new_bucket(
    tiny_deployment: Deployment,
) -> None:
    bucket = tiny_deployment.things()['bucket small-common-main']
    tiny_deployment.put(
        'bucket small-common-main', {**bucket, 'inputs': {**bucket['inputs'], 'versioning': {'enabled': False}}}
    )
    assert tiny_deployment.refresh().is_sound
    repaired = tiny_deployment.up(tiny())
    assert repaired.is_sound
    assert repaired.done == Counter({('update', 'common-gcp-main-bucket'): 1})
    assert tiny_deployment.things()['bucket small-common-main']['inputs'] == bucket['inputs']


def test_a_group_that_was_deleted_by_hand_is_made_again(tiny_deployment: Deployment) -> None:
    tiny_deployment.remove('group common-analysis@groups.lantern.example.org')
    assert tiny_deployment.refresh().is_sound
    repaired = tiny_deployment.up(tiny())
    assert repaired.done['create', 'common-gcp-analysis-group'] == 1
    assert tiny_deployment.up(tiny()).steps == Counter()

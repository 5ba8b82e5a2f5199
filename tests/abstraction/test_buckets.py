"""How buckets keep what is in them: one row per bucket."""

from __future__ import annotations

import pytest

from tests.driver.rich import alpha, rich
from tests.organisations import plan_of

UNDELETE = {'action': {'type': 'Delete'}, 'condition': {'daysSinceNoncurrentTime': 30, 'withState': 'ARCHIVED'}}
EIGHT_DAYS = {'action': {'type': 'Delete'}, 'condition': {'age': 8}}
INCOMPLETE = {'action': {'type': 'Delete'}, 'condition': {'age': 8, 'matchesPrefixes': ['incomplete/']}}
ABORT = {'action': {'type': 'AbortIncompleteMultipartUpload'}, 'condition': {'age': 7}}


def archive_after(days: int) -> dict[str, object]:
    return {'action': {'type': 'SetStorageClass', 'storageClass': 'ARCHIVE'}, 'condition': {'age': days}}


KEPT = (True, [UNDELETE, ABORT], True, True)
TEMPORARY = (False, [EIGHT_DAYS, ABORT], False, False)

TABLE = {
    # suffix: versions, lifecycle, autoclass, soft delete
    'archive': (True, [archive_after(0), UNDELETE, ABORT], False, True),
    'main': KEPT,
    'main-analysis': KEPT,
    'main-web': KEPT,
    'main-upload': KEPT,
    'main-upload-lab': KEPT,
    'main-tmp': TEMPORARY,
    'test-tmp': TEMPORARY,
    'main-upload-db-partner': (False, [INCOMPLETE, ABORT], False, False),
    'test': KEPT,
    'test-analysis': KEPT,
    'test-web': KEPT,
    'test-upload': KEPT,
    'hail': (True, [EIGHT_DAYS, ABORT], False, True),
    'release': KEPT,
}


@pytest.mark.parametrize('suffix', TABLE)
def test_a_bucket_is_what_the_table_says(suffix: str) -> None:
    versions, lifecycle, autoclass, soft_delete = TABLE[suffix]
    expected: dict[str, object] = {
        'name': f'lantern-alpha-{suffix}',
        'project': 'lantern-alpha',
        'location': 'australia-southeast1',
        'labels': {'bucket': f'lantern-alpha-{suffix}'},
        'uniformBucketLevelAccess': True,
        'publicAccessPrevention': 'enforced',
        'requesterPays': suffix == 'release',
        'versioning': {'enabled': versions},
        'lifecycleRules': lifecycle,
    }
    if autoclass:
        expected['autoclass'] = {'enabled': True}
    if not soft_delete:
        expected['softDeletePolicy'] = {'retentionDurationSeconds': 0}
    assert rich().resource_by_name[f'alpha-gcp-{suffix}-bucket'].inputs == expected


def test_the_bucket_of_members_caches_keeps_versions_and_lies_where_the_common_dataset_does() -> None:
    inputs = rich().resource_by_name['common-gcp-lantern-members-group-cache-bucket'].inputs
    assert {key: inputs[key] for key in ('name', 'project', 'location', 'versioning', 'lifecycleRules')} == {
        'name': 'lantern-members-group-cache',
        'project': 'lantern-common',
        'location': 'australia-southeast1',
        'versioning': {'enabled': True},
        'lifecycleRules': [ABORT],
    }
    assert 'autoclass' not in inputs


def test_the_options_of_a_dataset_change_its_buckets() -> None:
    changed = alpha(archive_age=90, autoclass=False, gcp={'project': 'lantern-alpha', 'region': 'us-central1'})
    plan = plan_of(changed)
    assert plan.resource_by_name['alpha-gcp-archive-bucket'].inputs['lifecycleRules'] == [
        archive_after(90),
        UNDELETE,
        ABORT,
    ]
    buckets = [each for each in plan.resources if each.type.endswith(':Bucket') and each.owner.dataset == 'alpha']
    assert {each.inputs['location'] for each in buckets} == {'us-central1'}
    assert [each.name for each in buckets if 'autoclass' in each.inputs] == []

"""Bucket profiles as the inputs of a Google bucket."""

from __future__ import annotations

from cpg_infra.abstraction.handles import Bucket, Project
from cpg_infra.abstraction.specification import BucketProfile, DeleteAfter, LifecycleRule, ToColdStorage
from cpg_infra.plan.values import Value

ABORT_UPLOADS_DAYS = 7
"""Days after which an upload that was never finished is given up."""


def _rule(rule: LifecycleRule) -> Value:
    if isinstance(rule, ToColdStorage):
        return {'action': {'type': 'SetStorageClass', 'storageClass': 'ARCHIVE'}, 'condition': {'age': rule.days}}
    if isinstance(rule, DeleteAfter):
        condition: dict[str, Value] = {'age': rule.days}
        if rule.prefix is not None:
            condition['matchesPrefixes'] = [rule.prefix]
        return {'action': {'type': 'Delete'}, 'condition': condition}
    # The state matters: without it the condition also holds for live objects that were once non-current.
    return {
        'action': {'type': 'Delete'},
        'condition': {'daysSinceNoncurrentTime': rule.days, 'withState': 'ARCHIVED'},
    }


def bucket_inputs(bucket: Bucket, profile: BucketProfile, project: Project, region: str) -> dict[str, Value]:
    """The inputs of `gcp:storage/bucket:Bucket`."""
    inputs: dict[str, Value] = {
        'name': bucket.name,
        'project': project.name,
        'location': region,
        'labels': {'bucket': bucket.name},
        'uniformBucketLevelAccess': True,
        'publicAccessPrevention': 'enforced',
        'requesterPays': profile.requester_pays,
        'versioning': {'enabled': profile.versions},
        'lifecycleRules': [
            *(_rule(rule) for rule in profile.lifecycle),
            {'action': {'type': 'AbortIncompleteMultipartUpload'}, 'condition': {'age': ABORT_UPLOADS_DAYS}},
        ],
    }
    if profile.autoclass:
        inputs['autoclass'] = {'enabled': True}
    if not profile.soft_delete:
        inputs['softDeletePolicy'] = {'retentionDurationSeconds': 0}
    return inputs

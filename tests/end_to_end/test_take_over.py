"""A stack that today's program made is taken over: nothing that it holds is replaced or deleted but what is decided.

The imported state has every project, service, budget, bucket, machine account, key, secret, version, group, registry,
entitlement and blob of the recorded deployment. It has no memberships, no grants and none of the objects of services
without a provider: those change their shape, and how a stack moves to the new one without losing access is a migration
of its own. So a preview creates all of them, and the identities of Hail users are not known to it yet.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pytest

from cpg_infra.engine.survey import leaves_of
from cpg_infra.plan import Plan, Ref, Resource
from tests.end_to_end.harness import Deployment, Outcome
from tests.end_to_end.legacy_state import deploy_recorded
from tests.legacy.deployment import IDENTITY, plan, resources
from tests.legacy.test_names_and_inputs import GONE, NEW

HARMLESS = frozenset({'create', 'update'})


@pytest.fixture
def taken_over(pulumi_cli: Path, tmp_path: Path) -> Deployment:
    """A stack with the imported state, over a cloud that has the same things."""
    deployment = Deployment.begin(tmp_path / 'deployment', pulumi_cli, 'harbour')
    deployment.import_state(deploy_recorded(deployment.cloud))
    return deployment


def lost(outcome: Outcome) -> set[str]:
    """What was deployed and would be deleted, replaced, or anything else but kept and updated."""
    return {name for operation, name in outcome.steps if operation not in HARMLESS}


def planned(name: str) -> Resource:
    return next(resource for resource in plan().resources if resource.name == name)


def needs_a_hail_user(resource: Resource) -> bool:
    users = {each.name for each in plan().resources if each.type == 'cpg:hail:User'}
    return any(isinstance(leaf, Ref) and leaf.resource in users for leaf in leaves_of(resource.inputs))


def cut(whole: Plan, *resources: Resource) -> Plan:
    """A plan of these alone, which wait for nobody."""
    return dataclasses.replace(
        whole, resources=tuple(dataclasses.replace(each, depends_on=()) for each in resources), outputs={}
    )


def test_a_preview_over_todays_state_deletes_the_wheels_groups_and_replaces_nothing(taken_over: Deployment) -> None:
    before = taken_over.things()
    outcome = taken_over.preview(plan())
    assert outcome.errors == []
    assert outcome.is_sound

    assert lost(outcome) == set(GONE)
    assert {step for step in outcome.steps if step[1] in GONE} == {('delete', name) for name in GONE}
    created = {name for operation, name in outcome.steps if operation == 'create'}
    assert created == {each.name for each in plan().resources if each.type not in IDENTITY} | set(NEW)

    updated = {name: outcome.changed_keys[name] for operation, name in outcome.steps if operation == 'update'}
    buckets = {each.name for each in plan().resources if each.type == 'gcp:storage/bucket:Bucket'}
    not_known_yet = {each.name for each in plan().resources if each.type in IDENTITY and needs_a_hail_user(each)}
    assert updated == {
        **{name: {'publicAccessPrevention'} for name in buckets},  # decision 9
        **{name: {'content'} for name in not_known_yet},
        'storage-config-gcp-tide-main': {'content'},  # decision 11
    }
    assert {planned(name).type for name in not_known_yet} == {'gcp:storage/bucketObject:BucketObject'}

    # Every recorded thing was compared: kept as it is, updated in place, or one of the four.
    the_stack_itself = 1
    assert (len(buckets), len(not_known_yet), len(GONE)) == (47, 24, 4)
    assert outcome.counts == {
        'same': 274 + the_stack_itself,
        'update': 72,
        'delete': 4,
        'create': len(created),
    }
    assert len(resources()) == 274 + 72 + 4
    assert taken_over.things() == before


def test_what_would_be_lost_is_seen(taken_over: Deployment) -> None:
    """The other side of the comparison: a bucket that moves, a secret with other bytes, and everything left out."""
    bucket, version = planned('tide-gcp-archive-bucket'), planned('commons-gcp-data-dropbox-server-config-latest')
    kept = planned('tide-gcp-cloudidentity-service')
    moved = dataclasses.replace(bucket, inputs={**bucket.inputs, 'location': 'europe-west1'})
    altered = dataclasses.replace(version, inputs={**version.inputs, 'secretData': '{}'})
    outcome = taken_over.preview(cut(plan(), moved, altered, kept))
    assert outcome.errors == []
    assert lost(outcome) == resources().keys() - {kept.name}
    replaced = Counter(name for operation, name in outcome.steps if operation == 'replace')
    assert replaced == Counter({bucket.name: 1, version.name: 1})

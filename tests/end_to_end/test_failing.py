"""Half-finished runs: what went wrong is said, nothing is lost, and the next run finishes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.end_to_end.harness import Deployment
from tests.end_to_end.organisations import tiny
from tests.simulated_cloud.faults import Call, Do, Fault, write_faults

BUCKET = 'gcp:storage/bucket:Bucket'
BINDING = 'gcp:storage/bucketIAMBinding:BucketIAMBinding'
PLAN = tiny()


@pytest.fixture
def whole(deployed_tiny: Deployment) -> set[str]:
    """What a deployment that nothing disturbed has in its cloud."""
    return keys(deployed_tiny)


def keys(deployment: Deployment) -> set[str]:
    """What is in the cloud. A budget is called by a number, which depends on what else was made before it."""
    return {re.sub(r'^(budget [^/]+)/.*', r'\1', key) for key in deployment.things()}


def made(calls: Iterable[Call]) -> Counter[str]:
    """How often each resource was made."""
    return Counter(call.name for call in calls if call.method == 'Create' and not call.preview and not call.error)


def check_nothing_lost_and_nothing_twice(deployment: Deployment, whole: set[str]) -> None:
    """Everything is there, each was made by one call, and the cloud's own history says the same."""
    assert made(deployment.calls()) == Counter(each.name for each in PLAN.resources)
    assert keys(deployment) == whole
    assert deployment.made_more_than_once() == set()


def test_a_refusal_in_the_middle_is_said_and_the_next_run_makes_what_is_missing(
    nothing_deployed: Deployment, whole: set[str]
) -> None:
    write_faults(
        nothing_deployed.cloud, Fault(Do.FAIL, 'Create', BUCKET, first=3, text='googleapi: Error 500: Backend')
    )
    failed = nothing_deployed.up(PLAN)
    assert failed.errors[0] == '1 error occurred:\n\t* googleapi: Error 500: Backend'
    assert failed.raised is not None
    assert [op for op, _ in failed.failed.elements()] == ['create']
    resumed = nothing_deployed.up(PLAN)
    assert resumed.is_sound
    check_nothing_lost_and_nothing_twice(nothing_deployed, whole)
    assert nothing_deployed.up(PLAN).steps == Counter()


def test_what_the_cloud_throttles_is_tried_again_and_nobody_notices(
    nothing_deployed: Deployment, whole: set[str]
) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.THROTTLE, 'Create', BINDING, times=3))
    assert nothing_deployed.up(PLAN).is_sound
    check_nothing_lost_and_nothing_twice(nothing_deployed, whole)
    assert sum(call.tries - 1 for call in nothing_deployed.calls()) == 3


def test_a_cloud_that_throttles_for_ever_is_an_error_and_not_a_hanging_run(nothing_deployed: Deployment) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.THROTTLE, 'Create', BUCKET, times=0))
    failed = nothing_deployed.up(PLAN)
    assert 'Error 503' in failed.errors[0]
    assert {name for _, name in failed.failed} <= {each.name for each in PLAN.resources if each.type == BUCKET}


def test_an_account_that_was_made_and_not_answered_for_is_taken_over_by_the_next_run(
    nothing_deployed: Deployment,
) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.LOSE, 'Create', 'gcp:serviceaccount/account:Account'))
    assert not nothing_deployed.up(PLAN).is_sound
    assert nothing_deployed.up(PLAN).is_sound
    accounts = [key for key in nothing_deployed.things() if key.startswith('account ') and 'small-common' in key]
    assert accounts == ['account main-upload@small-common.iam.gserviceaccount.com']
    assert nothing_deployed.made_more_than_once() == set()


def test_a_bucket_that_was_made_and_not_answered_for_is_refused_and_the_refusal_names_it(
    nothing_deployed: Deployment,
) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.LOSE, 'Create', BUCKET, 'common-gcp-main-bucket'))
    assert not nothing_deployed.up(PLAN).is_sound
    again = nothing_deployed.up(PLAN)
    assert list(again.failed) == [('create', 'common-gcp-main-bucket')]
    assert 'Error 409: The requested bucket name is not available.' in again.errors[0]


def test_a_group_that_others_do_not_see_yet_fails_what_needs_it_and_the_next_run_finishes(
    nothing_deployed: Deployment, whole: set[str]
) -> None:
    write_faults(
        nothing_deployed.cloud,
        Fault(Do.LAG, 'Create', 'gcp:cloudidentity/group:Group', 'common-gcp-main-read-group', lag=1),
    )
    failed = nothing_deployed.up(PLAN)
    assert 'does not exist., badRequest' in failed.errors[0]
    assert nothing_deployed.up(PLAN).is_sound
    check_nothing_lost_and_nothing_twice(nothing_deployed, whole)


def test_a_thing_that_is_not_ready_stays_in_the_state_and_is_finished_not_made_again(
    nothing_deployed: Deployment,
) -> None:
    write_faults(
        nothing_deployed.cloud, Fault(Do.HALF, 'Create', BUCKET, 'common-gcp-main-bucket', text='not ready yet')
    )
    failed = nothing_deployed.up(PLAN)
    assert 'not ready yet' in '\n'.join(failed.errors)
    again = nothing_deployed.up(PLAN)
    assert again.is_sound
    assert again.steps['update', 'common-gcp-main-bucket'] == 1
    assert nothing_deployed.made_more_than_once() == set()
    assert nothing_deployed.up(PLAN).steps == Counter()


def test_a_provider_that_dies_loses_no_resource_and_makes_none_twice(
    nothing_deployed: Deployment, whole: set[str]
) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.CRASH, 'Create', BUCKET, first=3))
    failed = nothing_deployed.up(PLAN)
    assert failed.raised is not None
    assert 'crashed' in {call.error for call in nothing_deployed.calls()}
    resumed = nothing_deployed.up(PLAN)
    assert resumed.is_sound
    check_nothing_lost_and_nothing_twice(nothing_deployed, whole)

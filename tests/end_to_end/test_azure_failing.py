"""Half-finished runs on Azure: what went wrong is said, nothing is lost, and the next run finishes."""

from __future__ import annotations

import dataclasses
from collections import Counter

from cpg_infra.plan import Plan
from tests.end_to_end.azure_organisations import tiny
from tests.end_to_end.harness import Deployment
from tests.end_to_end.test_failing import made
from tests.simulated_cloud.faults import Do, Fault, write_faults

PLAN = tiny()
ASSIGNMENT = 'azure-native:authorization:RoleAssignment'
CONTAINER = 'azure-native:storage:BlobContainer'
GROUP = 'azuread:index/groupWithoutMembers:GroupWithoutMembers'
UNAVAILABLE = 'Status=503 Code="ServerBusy" Message="The server is busy."'


def each_once() -> Counter[str]:
    return Counter(each.name for each in PLAN.resources)


def test_a_refusal_in_the_middle_is_said_and_the_next_run_makes_what_is_missing(nothing_deployed: Deployment) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.FAIL, 'Create', ASSIGNMENT, first=3, text=UNAVAILABLE))
    failed = nothing_deployed.up(PLAN)
    assert failed.raised is not None
    assert failed.errors[0] == UNAVAILABLE
    assert nothing_deployed.up(PLAN).is_sound
    assert made(nothing_deployed.calls()) == each_once()
    assert nothing_deployed.up(PLAN).steps == Counter()


def test_what_azure_throttles_is_tried_again_and_nobody_notices(nothing_deployed: Deployment) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.THROTTLE, 'Create', ASSIGNMENT, times=3, text=UNAVAILABLE))
    assert nothing_deployed.up(PLAN).is_sound
    assert made(nothing_deployed.calls()) == each_once()


def test_principals_that_are_replicated_late_are_let_in_all_the_same(nothing_deployed: Deployment) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.LAG, 'Create', GROUP, times=0, lag=1_000))
    assert nothing_deployed.up(PLAN).is_sound
    assert made(nothing_deployed.calls()) == each_once()


def without_the_sort_of_principals(plan: Plan) -> Plan:
    """The plan as somebody would write it who has not been bitten yet."""
    return dataclasses.replace(
        plan,
        resources=tuple(
            dataclasses.replace(
                each, inputs={key: value for key, value in each.inputs.items() if key != 'principalType'}
            )
            for each in plan.resources
        ),
    )


def test_without_the_sort_of_a_principal_a_first_deployment_fails(nothing_deployed: Deployment) -> None:
    """The other side of the test before."""
    failed = nothing_deployed.up(without_the_sort_of_principals(PLAN))
    assert {'PrincipalNotFound' in error for error in failed.errors if 'Status=' in error} == {True}


def test_an_assignment_that_was_made_and_not_answered_for_is_refused_and_the_refusal_names_it(
    nothing_deployed: Deployment,
) -> None:
    name = next(each.name for each in PLAN.resources if each.type == ASSIGNMENT)
    write_faults(nothing_deployed.cloud, Fault(Do.LOSE, 'Create', ASSIGNMENT, name, text=UNAVAILABLE))
    assert not nothing_deployed.up(PLAN).is_sound
    again = nothing_deployed.up(PLAN)
    assert list(again.failed) == [('create', name)]
    assert again.errors[0].startswith("cannot create already existing resource '/subscriptions/")


def test_a_container_that_is_not_ready_stays_in_the_state_and_is_finished_not_made_again(
    nothing_deployed: Deployment,
) -> None:
    write_faults(
        nothing_deployed.cloud, Fault(Do.HALF, 'Create', CONTAINER, 'common-azure-main-bucket', text='not ready yet')
    )
    assert 'not ready yet' in '\n'.join(nothing_deployed.up(PLAN).errors)
    again = nothing_deployed.up(PLAN)
    assert again.is_sound
    assert again.steps['update', 'common-azure-main-bucket'] == 1
    assert nothing_deployed.up(PLAN).steps == Counter()


def test_a_provider_that_dies_loses_no_resource_and_makes_none_twice(nothing_deployed: Deployment) -> None:
    write_faults(nothing_deployed.cloud, Fault(Do.CRASH, 'Create', CONTAINER, first=3))
    assert nothing_deployed.up(PLAN).raised is not None
    assert 'crashed' in {call.error for call in nothing_deployed.calls()}
    assert nothing_deployed.up(PLAN).is_sound
    assert made(nothing_deployed.calls()) == each_once()

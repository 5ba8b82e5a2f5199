"""Entitlements of Privileged Access Manager.

Whether Google refuses a group that does not exist here is not documented. The simulated cloud does, as policies do: a
plan that relies on the opposite is not one to rely on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import EPOCH, project_by_number, refuse_unknown_principal, require_api
from tests.simulated_cloud.gcp.names import ENTITLEMENT_ID
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import Refused, World

API: Final = 'privilegedaccessmanager.googleapis.com'
AGENT_ROLE: Final = 'roles/privilegedaccessmanager.serviceAgent'
CALLED: Final = 'Error creating Entitlement: googleapi:'


def _path(inputs: Inputs) -> str:
    return f'{inputs["parent"]}/locations/{inputs["location"]}/entitlements/{inputs["entitlementId"]}'


def _refuse(world: World, inputs: Inputs) -> None:
    parent = inputs['parent'].removeprefix('projects/')
    name = project_by_number(world, parent) or parent
    require_api(world, name, API)
    policy = world.get(f'policy project {name}') or {'roles': {}}
    if not policy['roles'].get(AGENT_ROLE):
        raise Refused(
            f'{CALLED} Error 400: The Privileged Access Manager service agent does not have the role {AGENT_ROLE} on '
            f'{inputs["parent"]}., failedPrecondition'
        )
    for principal in _principals(inputs):
        refuse_unknown_principal(world, principal)


def _principals(inputs: Inputs) -> Iterator[str]:
    """Who may ask, and who approves."""
    for each in inputs['eligibleUsers']:
        yield from each['principals']
    approvals = (inputs.get('approvalWorkflow') or {}).get('manualApprovals') or {}
    for step in approvals.get('steps', ()):
        yield from step['approvers']['principals']


def _outputs(_: World, inputs: Inputs) -> dict[str, Any]:
    return {'name': _path(inputs), 'state': 'AVAILABLE', 'etag': 'e1', 'createTime': EPOCH, 'updateTime': EPOCH}


ENTITLEMENT = Thing(
    'gcp:privilegedaccessmanager/entitlement:entitlement',
    key=lambda inputs: f'entitlement {_path(inputs)}',
    id=lambda inputs, _: _path(inputs),
    required=(
        'eligibleUsers',
        'entitlementId',
        'location',
        'maxRequestDuration',
        'parent',
        'privilegedAccess',
        'requesterJustificationConfig',
    ),
    replaces=frozenset({'entitlementId', 'location', 'parent'}),
    wrong=named('entitlementId', ENTITLEMENT_ID),
    refuse=_refuse,
    outputs=_outputs,
    taken=lambda inputs: f'{CALLED} Error 409: Resource {_path(inputs)!r} already exists, alreadyExists',
)

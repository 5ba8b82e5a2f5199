"""Who has which role at which scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.simulated_cloud.azure.arm import resource
from tests.simulated_cloud.azure.conditions import refuse_condition
from tests.simulated_cloud.azure.lookups import require_scope
from tests.simulated_cloud.azure.principals import principal
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.azure.roles import GUID, MANAGEMENT_GROUP, guid_of, refuse_long_description, require_role
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

ASSIGNMENTS_OF_A_SUBSCRIPTION: Final = 4_000
ASSIGNMENTS_OF_A_MANAGEMENT_GROUP: Final = 500


def _refuse_assignment(world: World, inputs: Inputs) -> None:
    scope, key = inputs['scope'], f'assignment {inputs["roleAssignmentName"]}'
    require_scope(world, scope)
    require_role(world, inputs['roleDefinitionId'], scope)
    _refuse_principal(world, inputs)
    refuse_long_description(inputs)
    if (condition := inputs.get('condition')) is not None:
        if inputs.get('conditionVersion') != '2.0':
            raise refused(400, 'InvalidConditionVersion', 'The only condition version that is supported is 2.0.')
        refuse_condition(condition)
    there = world.get(key)
    if there is not None and any(
        there['inputs'][each].lower() != inputs[each].lower() for each in ('principalId', 'scope')
    ):
        raise refused(
            400,
            'RoleAssignmentUpdateNotPermitted',
            'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
        )
    _refuse_among_others(world, inputs, key)


def _refuse_principal(world: World, inputs: Inputs) -> None:
    """A principal that is new is found at once only by whoever says of what sort it is."""
    wanted = inputs.get('principalType')
    found = principal(world, inputs['principalId'], replicated=wanted is None)
    if found is None:
        raise refused(
            400,
            'PrincipalNotFound',
            f'Principal {inputs["principalId"].replace("-", "")} does not exist in the directory. Check that you have '
            'the correct principal ID. If you are creating this principal and then immediately assigning a role, this '
            'error might be related to a replication delay. In this case, set the role assignment principalType '
            'property to a value, such as ServicePrincipal, User, or Group.',
        )
    if wanted not in {None, found[0]}:
        raise refused(
            400,
            'UnmatchedPrincipalType',
            f"The PrincipalId '{inputs['principalId']}' has type '{found[0]}', which is different from specified "
            f"PrincipalType '{wanted}'.",
        )


def _triple(inputs: Inputs) -> tuple[str, str, str]:
    return inputs['scope'].lower(), guid_of(inputs['roleDefinitionId']), inputs['principalId'].lower()


def _refuse_among_others(world: World, inputs: Inputs, key: str) -> None:
    others = [thing['inputs'] for name, thing in world.of_kind('assignment') if f'assignment {name}' != key]
    if any(_triple(other) == _triple(inputs) for other in others):
        raise refused(409, 'RoleAssignmentExists', 'The role assignment already exists.')
    in_groups = inputs['scope'].lower().startswith(MANAGEMENT_GROUP)
    limit = ASSIGNMENTS_OF_A_MANAGEMENT_GROUP if in_groups else ASSIGNMENTS_OF_A_SUBSCRIPTION
    begin = inputs['scope'] if in_groups else '/'.join(inputs['scope'].split('/')[:3])
    if sum(other['scope'].lower().startswith(begin.lower()) for other in others) >= limit:
        raise refused(
            409,
            'RoleAssignmentLimitExceeded',
            'The role assignment limit for this subscription has been exceeded. The maximum number of role assignments '
            f'allowed is {limit}.',
        )


def _assignment_path(_: World, inputs: Inputs) -> str:
    return f'{inputs["scope"]}/providers/Microsoft.Authorization/roleAssignments/{inputs["roleAssignmentName"]}'


def _wrong_assignment(inputs: Inputs) -> Iterable[tuple[str, str]]:
    yield from named('roleAssignmentName', GUID)(inputs)


def _assignment_shown(world: World, inputs: Inputs) -> Properties:
    found = principal(world, inputs['principalId'])
    return {'principalType': found[0] if found else inputs.get('principalType')}


ASSIGNMENT = resource(
    'azure-native:authorization:RoleAssignment',
    key=lambda inputs: f'assignment {inputs["roleAssignmentName"]}',
    path=_assignment_path,
    required=('principalId', 'roleAssignmentName', 'roleDefinitionId', 'scope'),
    replaces=('principalId', 'roleAssignmentName', 'scope'),
    wrong=_wrong_assignment,
    refuse=_refuse_assignment,
    shown=_assignment_shown,
)

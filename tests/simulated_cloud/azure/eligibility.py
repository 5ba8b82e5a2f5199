"""Access that people may ask for: eligible assignments, and the rules of asking.

There is a policy for each role at each scope, from the start, with a name that the service made up: a policy is never
created, and its name can be looked up by nothing but a listing, for which the provider has no function.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import ArmThing, resource
from tests.simulated_cloud.azure.builtin_roles import BUILTIN
from tests.simulated_cloud.azure.conditions import refuse_condition
from tests.simulated_cloud.azure.lookups import made_up_id, require_scope
from tests.simulated_cloud.azure.principals import principal
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.azure.roles import require_role
from tests.simulated_cloud.kind import Inputs, Made
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

ACTIVATION_HOURS: Final = 24
EXPIRATIONS: Final = {'AfterDuration': 'duration', 'AfterDateTime': 'endDateTime', 'NoExpiration': None}

MUST_END: Final = 'Expiration_Admin_Eligibility'
"""The rule that says whether an eligible assignment must end. By default it must."""


def policy_name(world: World, scope: str, role: str) -> str:
    """What the service calls the policy of a role (its GUID) at a scope: as seeded, else nobody can tell beforehand."""
    seeded = world.get(policy_name_key(scope, role))
    return str(seeded['name']) if seeded else made_up_id('policy', scope.lower(), role.lower())


def policy_name_key(scope: str, role: str) -> str:
    """The key of the name of a policy."""
    return f'policyname {scope}|{role}'.lower()


def _role_of_policy(world: World, scope: str, name: str) -> str | None:
    roles = [*BUILTIN, *(role for role, _ in world.of_kind('role'))]
    return next((role for role in roles if policy_name(world, scope, role) == name), None)


def _rule(world: World, scope: str, role: str, identifier: str) -> Mapping[str, Any]:
    policy = world.get(f'rolepolicy {policy_name(world, scope, role)}')
    rules = policy['inputs'].get('rules') or () if policy else ()
    return next((rule for rule in rules if rule.get('id') == identifier), {})


# Schedules ------------------------------------------------------------------------------------------------


def _refuse(world: World, inputs: Inputs) -> None:
    scope, role = inputs['scope'], inputs['roleDefinitionId']
    require_scope(world, scope)
    require_role(world, role, scope)
    found = principal(world, inputs['principalId'])
    if found is None:
        raise refused(400, 'SubjectNotFound', f"The subject '{inputs['principalId']}' is not found.")
    if found[0] == 'ServicePrincipal':
        raise refused(400, 'InvalidPrincipalType', 'Service principals cannot be eligible for a role.')
    expiration = (inputs.get('scheduleInfo') or {}).get('expiration') or {}
    if expiration.get('type') not in EXPIRATIONS:
        raise refused(400, 'InvalidScheduleInfo', f'Unknown type of expiration {expiration.get("type")!r}.')
    needed = EXPIRATIONS[expiration['type']]
    if needed is not None and not expiration.get(needed):
        raise refused(400, 'InvalidScheduleInfo', f'An expiration {expiration["type"]} needs {needed}.')
    must_end = _rule(world, scope, role.rpartition('/')[2], MUST_END).get('isExpirationRequired', True)
    if needed is None and must_end:
        raise refused(
            400,
            'RoleAssignmentRequestPolicyValidationFailed',
            'The following policy rules failed: ["ExpirationRule"].',
        )
    if inputs.get('condition') is not None:
        if inputs.get('conditionVersion') != '2.0':
            raise refused(400, 'InvalidConditionVersion', 'The only condition version that is supported is 2.0.')
        refuse_condition(inputs['condition'])


def _schedule_key(inputs: Inputs) -> str:
    role = inputs['roleDefinitionId'].rpartition('/')[2]
    return f'eligibility {inputs["scope"]}|{role}|{inputs["principalId"]}'.lower()


def _schedule_path(world: World, inputs: Inputs) -> str:
    name = made_up_id('schedule', world.next_number())
    return f'{inputs["scope"]}/providers/Microsoft.Authorization/roleEligibilitySchedules/{name}'


class _Schedule(ArmThing):
    """A schedule has no name to look for: the service itself says that there is one."""

    def create(self, world: World, inputs: Inputs) -> Made:
        if world.get(self.key(inputs)) is not None:
            raise refused(409, 'RoleAssignmentExists', 'The Role assignment already exists.')
        return super().create(world, inputs)


def _schedule_shown(world: World, inputs: Inputs) -> Properties:
    found = principal(world, inputs['principalId'])
    return {'principalType': found[0] if found else '', 'status': 'Provisioned'}


SCHEDULE = resource(
    'azure-native:authorization:PimRoleEligibilitySchedule',
    as_kind=_Schedule,
    key=_schedule_key,
    path=_schedule_path,
    required=('principalId', 'roleDefinitionId', 'scope'),
    # "This resource cannot be updated. Each change leads to a recreation."
    replaces=(
        'condition',
        'conditionVersion',
        'justification',
        'principalId',
        'roleDefinitionId',
        'scheduleInfo',
        'scope',
        'targetRoleEligibilityScheduleId',
        'targetRoleEligibilityScheduleInstanceId',
        'ticketInfo',
    ),
    refuse=_refuse,
    shown=_schedule_shown,
)


# Policies -------------------------------------------------------------------------------------------------


def _refuse_policy(world: World, inputs: Inputs) -> None:
    scope, name = inputs['scope'], inputs['roleManagementPolicyName']
    require_scope(world, scope)
    if _role_of_policy(world, scope, name) is None:
        raise refused(404, 'RoleManagementPolicyNotFound', f"There is no policy '{name}' at the scope '{scope}'.")
    for rule in inputs.get('rules') or ():
        _refuse_rule(rule)


def _refuse_rule(rule: Mapping[str, Any]) -> None:
    if rule['ruleType'] != 'RoleManagementPolicyExpirationRule' or rule.get('id') != 'Expiration_EndUser_Assignment':
        return
    match = re.fullmatch(r'PT(?:(\d+)H)?(?:(\d+)M)?', rule.get('maximumDuration') or '')
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    if not 30 <= minutes <= ACTIVATION_HOURS * 60:
        raise refused(
            400, 'InvalidPolicyRule', f'An activation lasts between half an hour and {ACTIVATION_HOURS} hours.'
        )


def _policy_path(_: World, inputs: Inputs) -> str:
    name = inputs['roleManagementPolicyName']
    return f'{inputs["scope"]}/providers/Microsoft.Authorization/roleManagementPolicies/{name}'


POLICY = resource(
    'azure-native:authorization:RoleManagementPolicy',
    # A creation changes the policy that is there, and a deletion gives it its first rules back. A second resource for
    # one policy is refused, so that a plan which has two is noticed.
    key=lambda inputs: f'rolepolicy {inputs["roleManagementPolicyName"]}',
    path=_policy_path,
    required=('roleManagementPolicyName', 'scope'),
    replaces=('roleManagementPolicyName', 'scope'),
    refuse=_refuse_policy,
)


def _refuse_policy_assignment(world: World, inputs: Inputs) -> None:
    scope, role = inputs['scope'], (inputs.get('roleDefinitionId') or '').rpartition('/')[2]
    require_scope(world, scope)
    require_role(world, inputs.get('roleDefinitionId') or '', scope)
    name = policy_name(world, scope, role)
    if (inputs.get('policyId') or '').rpartition('/')[2] != name:
        raise refused(404, 'RoleManagementPolicyNotFound', f"The policy of the role at '{scope}' is another one.")
    if inputs['roleManagementPolicyAssignmentName'] != f'{name}_{role}':
        raise refused(404, 'RoleManagementPolicyAssignmentNotFound', 'A policy assignment has the name of both.')


def _policy_assignment_path(_: World, inputs: Inputs) -> str:
    name = inputs['roleManagementPolicyAssignmentName']
    return f'{inputs["scope"]}/providers/Microsoft.Authorization/roleManagementPolicyAssignments/{name}'


POLICY_ASSIGNMENT = resource(
    'azure-native:authorization:RoleManagementPolicyAssignment',
    key=lambda inputs: f'rolepolicyassignment {inputs["roleManagementPolicyAssignmentName"]}',
    path=_policy_assignment_path,
    required=('roleManagementPolicyAssignmentName', 'scope'),
    replaces=('roleManagementPolicyAssignmentName', 'scope'),
    refuse=_refuse_policy_assignment,
)

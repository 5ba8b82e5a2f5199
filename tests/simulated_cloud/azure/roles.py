"""Custom roles, and who has which role at which scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import resource
from tests.simulated_cloud.azure.builtin_roles import BUILTIN
from tests.simulated_cloud.azure.conditions import refuse_condition
from tests.simulated_cloud.azure.lookups import require_scope, subscription_path
from tests.simulated_cloud.azure.principals import principal
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.wire import Properties
from tests.simulated_cloud.world import World

GUID: Final = r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
MANAGEMENT_GROUP: Final = '/providers/microsoft.management/managementgroups/'

ASSIGNMENTS_OF_A_SUBSCRIPTION: Final = 4_000
ASSIGNMENTS_OF_A_MANAGEMENT_GROUP: Final = 500
CUSTOM_ROLES: Final = 5_000
SCOPES: Final = 2_000
CHARACTERS_OF_A_ROLE_NAME: Final = 512
BYTES_OF_A_DESCRIPTION: Final = 2 * 1024


def _refuse_long_description(inputs: Inputs) -> None:
    if len((inputs.get('description') or '').encode()) > BYTES_OF_A_DESCRIPTION:
        raise refused(400, 'DescriptionTooLong', f'A description has at most {BYTES_OF_A_DESCRIPTION} bytes.')


# Definitions ----------------------------------------------------------------------------------------------


def _refuse_definition(world: World, inputs: Inputs) -> None:
    name, key = inputs['roleName'], f'role {inputs["roleDefinitionId"]}'
    others = [(other, thing) for other, thing in world.of_kind('role') if f'role {other}' != key]
    if any(thing['inputs']['roleName'].lower() == name.lower() for _, thing in others) or name in BUILTIN.values():
        raise refused(
            409,
            'RoleDefinitionWithSameNameExists',
            f"A custom role with the name '{name}' already exists in the tenant.",
        )
    if len(others) >= CUSTOM_ROLES:
        raise refused(400, 'RoleDefinitionLimitExceeded', 'The custom role definition limit was exceeded.')
    if not 1 <= len(name) <= CHARACTERS_OF_A_ROLE_NAME:
        raise refused(400, 'InvalidRoleName', f'A role name has up to {CHARACTERS_OF_A_ROLE_NAME} characters.')
    _refuse_long_description(inputs)
    _refuse_scopes(world, inputs)
    for permission in inputs.get('permissions') or ():
        _refuse_permission(permission)


def _refuse_scopes(world: World, inputs: Inputs) -> None:
    scopes = [scope.lower() for scope in inputs.get('assignableScopes') or ()]
    if not 1 <= len(scopes) <= SCOPES:
        raise refused(400, 'InvalidAssignableScopes', f'A role has between 1 and {SCOPES} assignable scopes.')
    if '/' in scopes:
        raise refused(403, 'LinkedInvalidPropertyId', "A custom role cannot be assignable at '/'.")
    if sum(scope.startswith(MANAGEMENT_GROUP) for scope in scopes) > 1:
        raise refused(400, 'InvalidAssignableScopes', 'Only one management group may be among the assignable scopes.')
    if inputs['scope'].lower() not in scopes:
        raise refused(
            400, 'RoleDefinitionScopeMismatch', f"The scope '{inputs['scope']}' is not among the assignable scopes."
        )
    for scope in scopes:
        if not scope.startswith(MANAGEMENT_GROUP):
            require_scope(world, scope)


def _refuse_permission(permission: Mapping[str, Any]) -> None:
    actions, data = ([*(permission.get(key) or ())] for key in ('actions', 'dataActions'))
    if not actions and not data:
        raise refused(400, 'InvalidPermissions', 'A permission without an action.')
    for action in (*actions, *data, *(permission.get('notActions') or ()), *(permission.get('notDataActions') or ())):
        if not re.fullmatch(r'\*|\*/\w+|Microsoft\.\w+(/[\w*]+)+', action):
            raise refused(
                400,
                'InvalidActionOrNotAction',
                f"'{action}' does not match any of the actions supported by the providers.",
            )


def _definition_path(_: World, inputs: Inputs) -> str:
    return f'{inputs["scope"]}/providers/Microsoft.Authorization/roleDefinitions/{inputs["roleDefinitionId"]}'


def _delete_definition(world: World, key: str, _: Inputs) -> None:
    name = key.partition(' ')[2]
    if any(_guid(thing['inputs']['roleDefinitionId']) == name for _, thing in world.of_kind('assignment')):
        raise refused(400, 'RoleDefinitionHasAssignments', 'There are existing role assignments referencing role.')
    world.remove(key)


ROLE = resource(
    'azure-native:authorization:RoleDefinition',
    key=lambda inputs: f'role {inputs["roleDefinitionId"]}',
    path=_definition_path,
    required=('roleDefinitionId', 'roleName', 'scope'),
    replaces=('roleDefinitionId', 'scope'),
    wrong=named('roleDefinitionId', GUID),
    refuse=_refuse_definition,
    deleting=_delete_definition,
)


def _guid(definition: str) -> str:
    return definition.rpartition('/')[2].lower()


def require_role(world: World, definition: str, scope: str) -> None:
    """Raises `Refused` unless there is a role, and it may be assigned at the scope."""
    begin = '/providers/microsoft.authorization/roledefinitions/'
    if begin not in definition.lower():
        raise refused(400, 'InvalidRoleDefinitionId', f"The role definition ID '{definition}' is not valid.")
    if _guid(definition) in BUILTIN:
        return
    role = world.get(f'role {_guid(definition)}')
    if role is None:
        raise refused(
            404, 'RoleDefinitionDoesNotExist', f"The specified role definition with ID '{definition}' does not exist."
        )
    given = role['inputs']
    if not any(f'{scope}/'.lower().startswith(f'{each}/'.lower()) for each in given['assignableScopes']):
        raise refused(
            400, 'RoleDefinitionNotAssignable', f"The role '{given['roleName']}' is not assignable at '{scope}'."
        )


# Assignments ----------------------------------------------------------------------------------------------


def _refuse_assignment(world: World, inputs: Inputs) -> None:
    scope, key = inputs['scope'], f'assignment {inputs["roleAssignmentName"]}'
    require_scope(world, scope)
    require_role(world, inputs['roleDefinitionId'], scope)
    _refuse_principal(world, inputs)
    _refuse_long_description(inputs)
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
    return inputs['scope'].lower(), _guid(inputs['roleDefinitionId']), inputs['principalId'].lower()


def _refuse_among_others(world: World, inputs: Inputs, key: str) -> None:
    others = [thing['inputs'] for name, thing in world.of_kind('assignment') if f'assignment {name}' != key]
    if any(_triple(other) == _triple(inputs) for other in others):
        raise refused(409, 'RoleAssignmentExists', 'The role assignment already exists.')
    in_groups = inputs['scope'].lower().startswith(MANAGEMENT_GROUP)
    limit = ASSIGNMENTS_OF_A_MANAGEMENT_GROUP if in_groups else ASSIGNMENTS_OF_A_SUBSCRIPTION
    begin = inputs['scope'] if in_groups else subscription_path(world)
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

"""Custom roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import resource
from tests.simulated_cloud.azure.builtin_roles import BUILTIN
from tests.simulated_cloud.azure.lookups import require_scope
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import World

GUID: Final = r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
MANAGEMENT_GROUP: Final = '/providers/microsoft.management/managementgroups/'

CUSTOM_ROLES: Final = 5_000
SCOPES: Final = 2_000
CHARACTERS_OF_A_ROLE_NAME: Final = 512
BYTES_OF_A_DESCRIPTION: Final = 2 * 1024


def refuse_long_description(inputs: Inputs) -> None:
    """Raises `Refused` for a description that is too long, of a role or of an assignment."""
    if len((inputs.get('description') or '').encode()) > BYTES_OF_A_DESCRIPTION:
        raise refused(400, 'DescriptionTooLong', f'A description has at most {BYTES_OF_A_DESCRIPTION} bytes.')


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
    refuse_long_description(inputs)
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
    if any(guid_of(thing['inputs']['roleDefinitionId']) == name for _, thing in world.of_kind('assignment')):
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


def guid_of(definition: str) -> str:
    """The GUID at the end of the id of a role."""
    return definition.rpartition('/')[2].lower()


def require_role(world: World, definition: str, scope: str) -> None:
    """Raises `Refused` unless there is a role, and it may be assigned at the scope."""
    begin = '/providers/microsoft.authorization/roledefinitions/'
    if begin not in definition.lower():
        raise refused(400, 'InvalidRoleDefinitionId', f"The role definition ID '{definition}' is not valid.")
    if guid_of(definition) in BUILTIN:
        return
    role = world.get(f'role {guid_of(definition)}')
    if role is None:
        raise refused(
            404, 'RoleDefinitionDoesNotExist', f"The specified role definition with ID '{definition}' does not exist."
        )
    given = role['inputs']
    if not any(f'{scope}/'.lower().startswith(f'{each}/'.lower()) for each in given['assignableScopes']):
        raise refused(
            400, 'RoleDefinitionNotAssignable', f"The role '{given['roleName']}' is not assignable at '{scope}'."
        )

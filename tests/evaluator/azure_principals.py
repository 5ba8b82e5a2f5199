"""Who a role assignment or a membership on Azure is for.

The directory knows everybody by an object id. What is told of an id here is where it comes from: a group or an identity
that is made with it, or a look-up of somebody by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tests.evaluator.resources import Resources, UnreadableError, ref, text
from tests.evaluator.words import Plain

_OBJECT_ID: Final = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')

LOOKED_UP: Final = {
    ('azuread:index/getUser:getUser', 'userPrincipalName'): 'user',
    ('azuread:index/getUser:getUser', 'mail'): 'user',
    ('azuread:index/getGroup:getGroup', 'displayName'): 'group',
    ('azuread:index/getServicePrincipal:getServicePrincipal', 'clientId'): 'serviceAccount',
}
"""What a look-up finds, by the function and by what it is asked with."""

TYPES: Final = {'User': 'user', 'Group': 'group', 'ServicePrincipal': 'serviceAccount'}
"""What an assignment says that a principal is."""


def principal(inputs: Mapping[str, Plain], resources: Resources) -> str:
    """The principal of an assignment. What the assignment says of its kind must be so: Azure refuses another."""
    found = named(inputs['principalId'], resources)
    said = inputs.get('principalType')
    kind = found.split(':', 2)[1]
    if said is None or kind == 'object':
        return found
    if TYPES.get(said) != kind:
        raise UnreadableError(f'{found} is called a {said}, and it is none')
    return found


def named(value: Plain, resources: Resources) -> str:
    """Somebody or a group that is named by an object id."""
    made_by = ref(value)
    if made_by is not None:
        return _made(*made_by, resources)
    if isinstance(value, Mapping) and '$lookup' in value:
        function, arguments, output = value['$lookup']
        kinds = {LOOKED_UP.get((function, key)) for key in arguments}
        if output == 'objectId' and len(arguments) == 1 and kinds != {None}:
            (kind,), (asked,) = kinds, arguments.values()
            return f'azure:{kind}:{text(value) if kind == "serviceAccount" else text(asked)}'
    if isinstance(value, str) and _OBJECT_ID.fullmatch(value):
        return f'azure:object:{value}'
    raise UnreadableError(f'{text(value)} is nobody')


def _made(logical: str, output: str, resources: Resources) -> str:
    resource = resources.by_name.get(logical, {'type': 'nothing'})
    match resource['type'], output:
        case 'azuread:index/groupWithoutMembers:GroupWithoutMembers', 'objectId':
            return f'azure:group:{text(resource["inputs"]["displayName"])}'
        case 'azuread:index/invitation:Invitation', 'userId':
            return f'azure:user:{text(resource["inputs"]["userEmailAddress"])}'
        case 'azure-native:managedidentity:UserAssignedIdentity', 'principalId':
            return f'azure:serviceAccount:«{logical}.{output}»'
        case type_, _:
            raise UnreadableError(f'{output} of {type_} is no object id')

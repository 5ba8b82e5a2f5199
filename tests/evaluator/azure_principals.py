"""Who a role assignment or a membership on Azure is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.evaluator.resources import Resources, UnreadableError, ref, text
from tests.evaluator.words import Plain

KINDS: Final = {
    'azuread:index/groupWithoutMembers:GroupWithoutMembers': 'group',
    'azure-native:managedidentity:UserAssignedIdentity': 'serviceAccount',
    'cpg:hail:User': 'serviceAccount',
    'azuread:index/invitation:Invitation': 'user',
}
"""What the resource is that makes a principal."""

LOOKED_UP: Final = {'getUser': 'user', 'getServicePrincipal': 'serviceAccount', 'getGroup': 'group'}
"""What a look-up finds, by the end of the function's name."""

TYPES: Final = {'User': 'user', 'Group': 'group', 'ServicePrincipal': 'serviceAccount'}
"""What an assignment says that a principal is."""


def principal(inputs: Mapping[str, Plain], resources: Resources) -> str:
    """The principal of an assignment. What the assignment says of its kind counts: Azure refuses a wrong one."""
    said = inputs.get('principalType')
    found = member(inputs['principalId'], resources)
    if said is None:
        return found
    return f'azure:{TYPES.get(said, said)}:{found.split(":", 2)[2]}'


def member(value: Plain, resources: Resources) -> str:
    """A principal that is named by its object id alone."""
    return f'azure:{_kind(value, resources)}:{text(value)}'


def _kind(value: Plain, resources: Resources) -> str:
    made_by = ref(value)
    if made_by is not None:
        type_ = resources.by_name[made_by[0]]['type']
        if type_ not in KINDS:
            raise UnreadableError(f'{type_} is no principal')
        return KINDS[type_]
    if isinstance(value, Mapping) and '$lookup' in value:
        function = value['$lookup'][0].rpartition(':')[2]
        if function in LOOKED_UP:
            return LOOKED_UP[function]
    raise UnreadableError(f'nothing tells what kind of principal {text(value)} is')

"""Groups of Cloud Identity. Who is in them belongs to another service."""

from __future__ import annotations

from typing import Any, Final

from tests.simulated_cloud.gcp.lookups import EPOCH
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.world import Refused, World

CHARACTERS_OF_A_DESCRIPTION: Final = 300


def address(inputs: Inputs) -> str:
    """The group's address."""
    return str(inputs['groupKey']['id']).lower()


def _refuse(world: World, inputs: Inputs) -> None:
    customers = {thing['customer'] for _, thing in world.of_kind('organization')}
    if inputs['parent'].removeprefix('customers/') not in customers:
        raise Refused(
            'Error creating Group: googleapi: Error 403: Error(2028): Permission denied for resource '
            f'{inputs["parent"]} (or it may not exist)., forbidden'
        )
    if len(inputs.get('description') or '') > CHARACTERS_OF_A_DESCRIPTION:
        raise Refused('Error creating Group: googleapi: Error 400: Invalid value for description., badRequest')


def _outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    return {
        'name': f'groups/{world.next_number():015}',
        'createTime': EPOCH,
        'updateTime': EPOCH,
        'additionalGroupKeys': [{'id': address(inputs)}],
    }


GROUP = Thing(
    'gcp:cloudidentity/group:Group',
    key=lambda inputs: f'group {address(inputs)}',
    id=lambda _, outputs: str(outputs['name']),
    required=('groupKey', 'labels', 'parent'),
    replaces=frozenset({'groupKey', 'parent', 'initialGroupConfig'}),
    refuse=_refuse,
    outputs=_outputs,
    taken=lambda inputs: (
        'Error creating Group: googleapi: Error 409: Error(4001): Entity already exists. '
        f'({address(inputs)}), alreadyExists'
    ),
)

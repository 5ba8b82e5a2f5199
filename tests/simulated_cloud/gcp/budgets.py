"""Budgets of a billing account."""

from __future__ import annotations

from typing import Any

from tests.simulated_cloud.gcp.lookups import project_by_number
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.world import Refused, World


def _refuse(world: World, inputs: Inputs) -> None:
    if world.get(f'billing {inputs["billingAccount"]}') is None:
        raise Refused('Error creating Budget: googleapi: Error 403: The caller does not have permission, forbidden')
    for name in (inputs.get('budgetFilter') or {}).get('projects') or ():
        number = name.removeprefix('projects/')
        if project_by_number(world, number) is None:
            raise Refused(
                f'Error creating Budget: googleapi: Error 400: Project number {number!r} is not known., badRequest'
            )
    topic = (inputs.get('allUpdatesRule') or {}).get('pubsubTopic')
    if topic and world.get(f'topic {topic}') is None:
        raise Refused(f'Error creating Budget: googleapi: Error 400: Topic {topic} is not accessible., badRequest')
    if inputs['amount'].get('specifiedAmount') and not isinstance(inputs['amount']['specifiedAmount']['units'], str):
        raise Refused('Error creating Budget: googleapi: Error 400: Invalid value at budget.amount., badRequest')


def _outputs(world: World, inputs: Inputs) -> dict[str, Any]:
    # Nothing about a budget is unique but this: two of one name can be made.
    return {'name': f'{world.next_number():08x}-0000-4000-8000-000000000000'}


BUDGET = Thing(
    'gcp:billing/budget:Budget',
    key=lambda inputs: f'budget {inputs["billingAccount"]}/{inputs["name"]}',
    id=lambda inputs, outputs: f'billingAccounts/{inputs["billingAccount"]}/budgets/{outputs["name"]}',
    required=('amount', 'billingAccount'),
    replaces=frozenset({'billingAccount'}),
    refuse=_refuse,
    outputs=_outputs,
)

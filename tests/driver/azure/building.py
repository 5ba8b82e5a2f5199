"""Plans of an organisation on Azure only, and how to find what is in them."""

from __future__ import annotations

from typing import Any

from cpg_infra.plan import Plan, Resource
from tests.organisations import (
    Plain,
    azure_only,
    on_azure,
    plan_of,
)

SUBSCRIPTION = '/subscriptions/11111111-2222-4333-8444-555555555555'
ALPHA = f'{SUBSCRIPTION}/resourceGroups/lantern-alpha'
ROLES = f'{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions'
BLOB_READER = f'{ROLES}/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'


def azure_plan(*datasets: Any, **changes: Plain) -> Plan:
    """The plan of an organisation on Azure only."""
    return plan_of(on_azure('common'), *datasets, **azure_only(**changes))


def of_type(plan: Plan, token: str, dataset_name: str = 'alpha') -> list[Resource]:
    return [each for each in plan.resources_by_type.get(token, ()) if each.owner.dataset == dataset_name]


def inputs(plan: Plan, name: str) -> dict[str, Any]:
    return dict(plan.resource_by_name[name].inputs)

"""Holds roles and conditions of a plan against what Azure publishes: to an SDK they are texts like any other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plan import Plan, Resource
from tests.conformance.azure_operations import ACTIONS, DATA_ACTIONS, SUB_OPERATIONS
from tests.conformance.checker import Finding

ROLE: Final = 'azure-native:authorization:RoleDefinition'
CONDITIONAL: Final = frozenset(
    {'azure-native:authorization:RoleAssignment', 'azure-native:authorization:PimRoleEligibilitySchedule'}
)

_KEYS: Final[Mapping[str, Collection[str]]] = {
    'actions': ACTIONS,
    'notActions': ACTIONS,
    'dataActions': DATA_ACTIONS,
    'notDataActions': DATA_ACTIONS,
}


def check(plan: Plan) -> list[Finding]:
    """Every operation in a plan that Azure does not publish."""
    return sorted(finding for resource in plan.resources for finding in _check(resource))


def _check(resource: Resource) -> Iterator[Finding]:
    where = f'{resource.name} ({resource.type})'
    if resource.type == ROLE:
        yield from (Finding(where, path, message) for path, message in _permissions(resource.inputs['permissions']))
    elif resource.type in CONDITIONAL and 'condition' in resource.inputs:
        yield from (Finding(where, 'condition', message) for message in _condition(str(resource.inputs['condition'])))


def _permissions(permissions: Any) -> Iterator[tuple[str, str]]:
    for number, permission in enumerate(permissions):
        for key, known in _KEYS.items():
            for position, action in enumerate(permission.get(key) or ()):
                if action not in known:
                    yield f'permissions[{number}].{key}[{position}]', _unknown('operation', action, known)


def _condition(text: str) -> Iterator[str]:
    for function, known in (('SubOperationMatches', SUB_OPERATIONS), ('ActionMatches', DATA_ACTIONS)):
        for name in re.findall(rf"(?<!\w){function}{{'([^']*)'}}", text):
            if name not in known:
                yield _unknown('suboperation' if known is SUB_OPERATIONS else 'operation', name, known)


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f"no {what} '{name}': {did_you_mean(name, sorted(known)) or 'and none is near'}"

"""Budgets on a resource group or a subscription."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import ArmThing, resource
from tests.simulated_cloud.azure.lookups import require_namespace, require_scope, tenant
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.kind import Inputs, Made
from tests.simulated_cloud.naming import named
from tests.simulated_cloud.world import World

NOTIFICATIONS: Final = 5
MONTHS_OF_A_PERIOD: Final = {'Monthly': 1, 'Quarterly': 3, 'Annually': 12}
EARLIEST: Final = dt.date(2017, 6, 1)
HIGHEST_THRESHOLD: Final = 1000


def _bad(message: str) -> Exception:
    return refused(400, 'BadRequest', message)


def _refuse(world: World, inputs: Inputs) -> None:
    require_namespace(world, 'Microsoft.Consumption')
    require_scope(world, inputs['scope'])
    if inputs['category'] != 'Cost':
        raise _bad(f'Invalid budget category {inputs["category"]!r}.')
    if inputs['timeGrain'] not in MONTHS_OF_A_PERIOD:
        raise _bad(f'Invalid time grain {inputs["timeGrain"]!r}.')
    if inputs['amount'] <= 0:
        raise _bad('Budget amount must be greater than 0.')
    notifications = inputs.get('notifications') or {}
    if len(notifications) > NOTIFICATIONS:
        raise _bad(f'Only {NOTIFICATIONS} notifications are allowed per budget.')
    is_group = '/resourcegroups/' in inputs['scope'].lower()
    for name, notification in notifications.items():
        _refuse_notification(name, notification, is_group=is_group)


def _refuse_notification(name: str, given: Mapping[str, Any], *, is_group: bool) -> None:
    if not 0 <= given['threshold'] <= HIGHEST_THRESHOLD:
        raise _bad(f'Notification {name}: threshold must be between 0 and {HIGHEST_THRESHOLD}.')
    contacts = [*(given.get('contactEmails') or ()), *(given.get('contactGroups') or ())]
    if not is_group:
        contacts += given.get('contactRoles') or ()
    if not contacts:
        raise _bad(f'Notification {name}: a contact e-mail or a contact group is required.')


def _refuse_start(world: World, inputs: Inputs) -> None:
    """Only a creation is held to the calendar."""
    start = _date(inputs['timePeriod']['startDate'])
    today = dt.date.fromisoformat(tenant(world)['today'])
    if start.day != 1 or start < EARLIEST:
        raise _bad('Start date must be the first of a month, and not before June 2017.')
    months = MONTHS_OF_A_PERIOD[inputs['timeGrain']]
    since = (today.year - start.year) * 12 + today.month - start.month
    if since >= months:
        raise _bad('Start date of a new budget must lie within the current time grain period.')
    if since < -12:
        raise _bad('Start date must not be more than twelve months ahead.')
    if (end := inputs['timePeriod'].get('endDate')) and _date(end) <= start:
        raise _bad('End date must be after the start date.')


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.partition('T')[0])
    except ValueError:
        raise _bad(f'{text!r} is no date.') from None


class _Budget(ArmThing):
    def create(self, world: World, inputs: Inputs) -> Made:
        self.refuse(world, inputs)
        _refuse_start(world, inputs)
        return super().create(world, inputs)


def _wrong(inputs: Inputs) -> Iterable[tuple[str, str]]:
    yield from named('budgetName', r'[-\w]{1,63}')(inputs)


def _path(_: World, inputs: Inputs) -> str:
    return f'{inputs["scope"]}/providers/Microsoft.Consumption/budgets/{inputs["budgetName"]}'


BUDGET = resource(
    'azure-native:consumption:Budget',
    as_kind=_Budget,
    key=lambda inputs: f'budget {inputs["scope"].lower()}/{inputs["budgetName"]}',
    path=_path,
    required=('amount', 'budgetName', 'category', 'scope', 'timeGrain', 'timePeriod'),
    replaces=('budgetName', 'scope'),
    wrong=_wrong,
    refuse=_refuse,
)

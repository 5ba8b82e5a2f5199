"""What a budget says when it notifies its topic: schema version 1.0 of Google's budget notifications."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cpg_infra.plugins.billing_aggregator.requests import BadRequestError, Message


@dataclass(frozen=True, slots=True)
class Notification:
    """A budget's state. `project` is the budget's name: our budgets are called as their project is."""

    message: str
    account: str
    budget: str
    project: str
    cost: Decimal
    amount: Decimal
    currency: str
    since: dt.datetime


def read_notification(message: Message) -> Notification:
    """Read a message. Raises `BadRequestError` with everything that is missing or odd in it."""
    faults: list[str] = []
    said = _content(message.data, faults)

    def text(source: Mapping[str, object], where: str, key: str) -> str:
        value = source.get(key)
        if isinstance(value, str) and value:
            return value
        faults.append(f'{where}.{key}: is missing')
        return ''

    def money(key: str) -> Decimal:
        value = said.get(key)
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
                raise InvalidOperation
            number = Decimal(value)
            if not number.is_finite():
                raise InvalidOperation
            return number
        except InvalidOperation:
            faults.append(f'message.data.{key}: is no amount of money')
            return Decimal(0)

    def moment(key: str) -> dt.datetime:
        try:
            found = dt.datetime.fromisoformat(text(said, 'message.data', key))
            return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        except ValueError:
            faults.append(f'message.data.{key}: is no time')
            return dt.datetime.min.replace(tzinfo=dt.UTC)

    if not message.identity:
        faults.append('message.messageId: is missing')
    notification = Notification(
        message=message.identity,
        account=text(message.attributes, 'message.attributes', 'billingAccountId'),
        budget=text(message.attributes, 'message.attributes', 'budgetId'),
        project=text(said, 'message.data', 'budgetDisplayName'),
        cost=money('costAmount'),
        amount=money('budgetAmount'),
        currency=text(said, 'message.data', 'currencyCode'),
        since=moment('costIntervalStart'),
    )
    if faults:
        raise BadRequestError(tuple(dict.fromkeys(faults)))
    return notification


def _content(data: bytes, faults: list[str]) -> Mapping[str, object]:
    try:
        said = json.loads(data.decode('utf-8'), parse_float=Decimal)
    except (RecursionError, ValueError):
        faults.append('message.data: is not JSON')
        return {}
    if not isinstance(said, Mapping):
        faults.append('message.data: is no object')
        return {}
    return said

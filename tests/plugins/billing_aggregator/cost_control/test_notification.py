from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from cpg_infra.plugins.billing_aggregator.cost_control import read_notification
from cpg_infra.plugins.billing_aggregator.requests import BadRequestError, Message
from tests.plugins.billing_aggregator.cost_control.building import message, notification

SAID: dict[str, Any] = json.loads(message().data)


def changed(**changes: Any) -> Message:
    said = {key: value for key, value in {**SAID, **changes}.items() if value is not None}
    return Message('m-1', message().attributes, json.dumps(said).encode())


def test_it_is_read_exactly() -> None:
    assert read_notification(changed(costAmount=120.5)) == notification(message='m-1')
    assert read_notification(changed(costAmount=0.1)).cost == Decimal('0.1')


@pytest.mark.parametrize(
    ('given', 'faults'),
    [
        (changed(costAmount=None), ('message.data.costAmount: is no amount of money',)),
        (changed(costAmount='much'), ('message.data.costAmount: is no amount of money',)),
        (changed(costAmount='NaN'), ('message.data.costAmount: is no amount of money',)),
        (changed(costAmount=True), ('message.data.costAmount: is no amount of money',)),
        (changed(costIntervalStart='soon'), ('message.data.costIntervalStart: is no time',)),
        (changed(budgetDisplayName=''), ('message.data.budgetDisplayName: is missing',)),
        (Message('m', message().attributes, b'[]'), None),
        (Message('m', message().attributes, b'\xff'), None),
        (Message('', {}, message().data), (
            'message.messageId: is missing',
            'message.attributes.billingAccountId: is missing',
            'message.attributes.budgetId: is missing',
        )),
    ],
)  # fmt: skip
def test_what_is_no_notification_is_refused(given: Message, faults: tuple[str, ...] | None) -> None:
    with pytest.raises(BadRequestError) as refused:
        read_notification(given)
    if faults is not None:
        assert refused.value.faults == faults

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest

from cpg_infra.plugins.billing_aggregator.requests import (
    Arrival,
    BadRequestError,
    Message,
    MonthlyRequest,
    PlainRequest,
    ReportRequest,
    read_message,
    read_monthly,
    read_plain,
    read_report,
)

TODAY = dt.date(2026, 11, 25)


def get(**query: str) -> Arrival:
    return Arrival('GET', tuple(query.items()))


def test_reports_may_be_forced_and_tried() -> None:
    assert read_report(get()) == ReportRequest()
    assert read_report(get(force='yes', dry_run='1')) == ReportRequest(force=True, dry_run=True)


@pytest.mark.parametrize('month', ['2026-10', '202610'])
def test_a_month_is_its_first_day(month: str) -> None:
    assert read_monthly(get(month=month), TODAY) == MonthlyRequest(dt.date(2026, 10, 1))


@pytest.mark.parametrize(
    ('month', 'fault'),
    [
        ('2026-00', "month: '2026-00' is no month (for example 2026-11)"),
        ('2026-13', "month: '2026-13' is no month (for example 2026-11)"),
        ('26-10', "month: '26-10' is no month (for example 2026-11)"),
        ('2026-12', 'month: 2026-12 is in the future'),
    ],
)
def test_a_month_that_is_none_is_refused(month: str, fault: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        read_monthly(get(month=month), TODAY)
    assert refused.value.faults == (fault,)


def test_what_has_no_choices_refuses_any() -> None:
    assert read_plain(get(dry_run='true')) == PlainRequest(dry_run=True)
    with pytest.raises(BadRequestError, match='force: there is no such field'):
        read_plain(get(force='true'))


def message(body: object) -> Arrival:
    return Arrival('POST', (), {'content-type': 'application/json'}, json.dumps(body).encode())


def test_a_message_keeps_its_identity_attributes_and_bytes() -> None:
    data = base64.b64encode(b'\x00{}').decode()
    body = {'message': {'messageId': 'm-1', 'attributes': {'budgetId': 'b'}, 'data': data}}
    wanted = Message('m-1', {'budgetId': 'b'}, b'\x00{}')
    assert read_message(message(body)) == wanted
    assert read_message(message({'specversion': '1.0', 'type': 't', 'source': 's', 'data': body})) == wanted


@pytest.mark.parametrize('body', [{}, [], 'text', None, {'message': []}, {'data': {}}])
def test_what_is_no_message_is_refused(body: object) -> None:
    with pytest.raises(BadRequestError):
        read_message(message(body))

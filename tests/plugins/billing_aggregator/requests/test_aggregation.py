from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.plugins.billing_aggregator.requests import (
    AggregationRequest,
    Arrival,
    BadRequestError,
    read_aggregation,
)
from cpg_infra.plugins.billing_aggregator.requests.message import LARGEST_BODY

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SOURCES = ('gcp', 'hail', 'seqr', 'ica')

WANTED = {'start': '2026-11-01', 'end': '2026-11-02T10:00:00+10:00', 'source': 'gcp', 'dry_run': True}
READ = AggregationRequest(
    dt.datetime(2026, 11, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 2, tzinfo=dt.UTC), (), 'gcp', dry_run=True
)


def packed(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def post(content_type: str, body: object) -> Arrival:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Arrival.of('post', (), [('Content-Type', content_type)], content)


def get(**query: str) -> Arrival:
    return Arrival('GET', tuple(query.items()))


def read(arrival: Arrival) -> AggregationRequest:
    return read_aggregation(arrival, SOURCES, NOW)


def faults_of(arrival: Arrival) -> tuple[str, ...]:
    with pytest.raises(BadRequestError) as refused:
        read(arrival)
    return refused.value.faults


def event(data: object) -> dict[str, Any]:
    return {'specversion': '1.0', 'id': '7', 'type': 'of.a.topic', 'source': '//pubsub', 'data': data}


def envelope(**message: object) -> dict[str, Any]:
    return {'message': {'messageId': '7', **message}, 'subscription': 'projects/p/subscriptions/s'}


TEXTS = {key: str(value).lower() if isinstance(value, bool) else value for key, value in WANTED.items()}

WAYS = {
    'the address': get(**{key: str(value) for key, value in TEXTS.items()}),
    'JSON': post('application/json; charset=utf-8', WANTED),
    'text': post('text/plain', WANTED),
    'bytes': post('application/octet-stream', WANTED),
    'a form': post(
        'application/x-www-form-urlencoded',
        'start=2026-11-01&end=2026-11-02T10%3A00%3A00%2B10%3A00&source=gcp&dry_run=true',
    ),
    'attributes of a message': post('application/json', envelope(attributes=TEXTS)),
    'data of a message': post('application/json', envelope(data=packed(WANTED))),
    'both, and attributes of Pub/Sub itself': post(
        'application/json',
        envelope(
            attributes={'source': 'gcp', 'googclient_deliveryattempt': '1', 'CloudPubSubDeadLetterSourceTopic': 't'},
            data=packed({key: value for key, value in WANTED.items() if key != 'source'}),
        ),
    ),
    'a CloudEvent in binary form': Arrival.of(
        'POST',
        (),
        [('Content-Type', 'application/json'), ('ce-id', '7'), ('ce-specversion', '1.0')],
        json.dumps(envelope(data=packed(WANTED))).encode(),
    ),
    'a CloudEvent with a message': post('application/cloudevents+json', event(envelope(data=packed(WANTED)))),
    'a CloudEvent with fields': post('application/cloudevents+json', event(WANTED)),
    'a CloudEvent that is called JSON': post('application/json', event(WANTED)),
    'a CloudEvent in base64': post(
        'application/cloudevents+json', {**event(None), 'data_base64': packed(envelope(data=packed(WANTED)))}
    ),
    'the address and the body': Arrival.of(
        'POST',
        [('source', 'gcp')],
        [('Content-Type', 'application/json')],
        json.dumps({key: value for key, value in WANTED.items() if key != 'source'}).encode(),
    ),
}


@pytest.mark.parametrize('arrival', WAYS.values(), ids=WAYS)
def test_every_way_of_asking_is_understood_alike(arrival: Arrival) -> None:
    assert read(arrival) == READ


@pytest.mark.parametrize(
    'arrival',
    [
        get(),
        Arrival('POST'),
        post('application/octet-stream', b''),
        post('application/json', '  \n'),
        post('application/json', {}),
        post('application/json', envelope()),
        post('application/cloudevents+json', event(None)),
        post('image/png', b''),
    ],
)
def test_nothing_asked_is_the_default_window(arrival: Arrival) -> None:
    assert read(arrival) == AggregationRequest()


@pytest.mark.parametrize('batches', [[12, 3, 3], '3,12', ['12', '3'], ' 12 , 3'])
def test_batches_are_numbers_each_once(batches: object) -> None:
    assert read(post('application/json', {'batch_ids': batches, 'source': 'hail'})).batch_ids == (3, 12)


def test_batches_may_be_repeated_in_the_address() -> None:
    assert read(Arrival('GET', (('batch_ids', '3'), ('batch_ids', '12')))).batch_ids == (3, 12)


BAD: dict[str, tuple[Arrival, str]] = {
    'the end is the start': (get(start='2026-11-01', end='2026-11-01'), 'end: 2026-11-01T00:00:00+00:00 is not after'),
    'the end is before the start': (get(start='2026-11-02', end='2026-11-01'), 'end: 2026-11-01T00:00:00+00:00 is not'),
    'the start is to come': (get(start='2026-11-26'), 'start: 2026-11-26T00:00:00+00:00 is in the future'),
    'the end is to come': (get(start='2026-11-01', end='2026-11-25T23:00:01+10:00'), 'end: 2026-11-25T13:00:01+00:00'),
    'more than 400 days': (get(start='2025-10-20', end='2026-11-25'), 'start: the window is longer than 400 days'),
    'an end alone': (get(end='2026-11-01'), 'end: needs a start'),
    'no date': (get(start='yesterday'), "start: 'yesterday' is no date or time"),
    'a number for a date': (post('application/json', {'start': 20261101}), 'start: 20261101 is no date or time'),
    'a date before all calendars': (get(start='0001-01-01T00:00:00+10:00'), 'start: '),
    'an unknown field': (get(strat='2026-11-01'), "strat: there is no such field (did you mean 'start'?)"),
    'a field given twice': (Arrival('GET', (('source', 'gcp'), ('source', 'ica'))), 'source: is given twice'),
    'an unknown source': (get(source='hial'), "source: 'hial' is unknown (did you mean 'hail'?)"),
    'an unknown type': (post('text/csv', 'a,b'), 'Content-Type: text/csv is not understood'),
    'no type': (Arrival('POST', (), {}, b'{}'), 'Content-Type: nothing is not understood'),
    'no JSON': (post('application/json', '{"start": '), 'body: is not JSON ('),
    'JSON without fields': (post('application/json', [1]), 'body: is no object'),
    'nothing but null': (post('text/plain', b'null'), 'body: is no object'),
    'no text at all': (post('text/plain', b'\xff\xfe'), 'body: is not UTF-8'),
    'no base64': (post('application/json', envelope(data='%%%')), 'message.data: is not base64'),
    'base64 of no JSON': (post('application/json', envelope(data='eHh4')), 'message.data: is not JSON'),
    'base64 of a list': (post('application/json', envelope(data=packed([1]))), 'message.data: is no object'),
    'a message that is none': (post('application/json', {'message': 'x'}), 'message: is no object'),
    'odd attributes': (post('application/json', envelope(attributes={'a': 1})), 'message.attributes: is no object'),
    'a batch by name': (get(batch_ids='12,twelve'), "batch_ids: 'twelve' is no number of a batch"),
    'a batch with a sign': (get(batch_ids='-12'), "batch_ids: '-12' is no number of a batch"),
    'a batch with a fraction': (post('application/json', {'batch_ids': [1.5]}), 'batch_ids: 1.5 is no number'),
    'a batch that is true': (post('application/json', {'batch_ids': [True]}), 'batch_ids: True is no number'),
    'no batches': (post('application/json', {'batch_ids': []}), 'batch_ids: is empty'),
    'batches and a window': (get(batch_ids='1', start='2026-11-01'), 'batch_ids: cannot go with a window'),
    'batches of what has none': (get(batch_ids='1', source='gcp'), 'batch_ids: gcp has no batches'),
    'half a truth': (get(dry_run='maybe'), "dry_run: 'maybe' is neither true nor false"),
    'a body too large': (post('text/plain', b' ' * (LARGEST_BODY + 1)), 'body: has 1,048,577 bytes'),
    'a body too deep': (post('application/json', '[' * 100_000), 'body: is nested too deep'),
}


@pytest.mark.parametrize(('arrival', 'fault'), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_its_reason(arrival: Arrival, fault: str) -> None:
    (found,) = faults_of(arrival)
    assert found.startswith(fault)


def test_every_fault_is_said_at_once() -> None:
    arrival = get(start='x', end='2027-01-01', batch_ids='a', source='b', dry_run='c', more='d')
    assert [fault.partition(':')[0] for fault in faults_of(arrival)] == [
        'more', 'start', 'batch_ids', 'source', 'dry_run', 'end', 'end',
    ]  # fmt: skip


@given(
    st.binary(max_size=60),
    st.sampled_from(sorted({'application/json', 'text/plain', 'application/x-www-form-urlencoded'})),
)
def test_any_bytes_are_read_or_refused(body: bytes, content_type: str) -> None:
    with contextlib.suppress(BadRequestError):
        read(post(content_type, body))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(['start', 'end', 'batch_ids', 'message', 'data', 'attributes', 'specversion']), inner
            )
        ),
        max_leaves=8,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    with contextlib.suppress(BadRequestError):
        read(post('application/json', value))

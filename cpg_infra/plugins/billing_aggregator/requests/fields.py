"""The fields of a request, by name, from wherever they are: the address, the body, a message in the body."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plugins.billing_aggregator.requests.arrival import Arrival
from cpg_infra.plugins.billing_aggregator.requests.faults import Faults
from cpg_infra.plugins.billing_aggregator.requests.message import (
    event_data,
    is_event,
    json_of,
    message_of,
    size_is_sane,
)

Fields = Mapping[str, object]
_Pairs = Iterator[tuple[str, object]]

_REPEATABLE: Final = frozenset({'batch_ids'})
_OF_PUBSUB: Final = ('goog', 'CloudPubSub')
"""Attributes that Pub/Sub itself adds begin so."""


def read_fields(arrival: Arrival, known: Collection[str], faults: Faults) -> Fields:
    """The fields by name. Those nobody knows, and those given twice, are faults."""
    fields: dict[str, object] = {}
    for name, value in _given(arrival, faults):
        if name not in known:
            near = did_you_mean(name, known)
            faults.add(name, f'there is no such field ({near or "there are: " + ", ".join(sorted(known))})')
        elif name not in fields:
            fields[name] = value
        elif name in _REPEATABLE:
            fields[name] = [*_listed(fields[name]), *_listed(value)]
        else:
            faults.add(name, 'is given twice')
    return fields


def _listed(value: object) -> list[object]:
    return [*value] if isinstance(value, list) else [value]


def _given(arrival: Arrival, faults: Faults) -> _Pairs:
    yield from arrival.query
    if not size_is_sane(arrival, faults) or not arrival.body.strip():
        return
    reader = _READERS.get(arrival.content_type)
    if reader is None:
        said = arrival.content_type or 'nothing'
        faults.add('Content-Type', f'{said} is not understood (understood are: {", ".join(sorted(_READERS))})')
        return
    yield from reader(arrival, faults)


def _from_json(arrival: Arrival, faults: Faults) -> _Pairs:
    content = json_of(arrival.body, 'body', faults)
    if content is None:
        if arrival.body.strip() == b'null':
            faults.add('body', 'is no object')
        return
    if not isinstance(content, Mapping):
        faults.add('body', 'is no object')
        return
    message = message_of(arrival, content, faults)
    if message is not None:
        yield from ((key, value) for key, value in message.attributes.items() if not key.startswith(_OF_PUBSUB))
        if message.data.strip():
            yield from _object(json_of(message.data, 'message.data', faults), 'message.data', faults)
    elif is_event(arrival, content):
        data = event_data(content, faults)
        if data is not None:
            yield from _object(data, 'data', faults)
    elif 'message' not in content:
        yield from content.items()


def _object(content: object, where: str, faults: Faults) -> _Pairs:
    if isinstance(content, Mapping):
        yield from content.items()
    elif content is not None:
        faults.add(where, 'is no object')


def _from_form(arrival: Arrival, faults: Faults) -> _Pairs:
    try:
        yield from parse_qsl(arrival.body.decode('utf-8'), keep_blank_values=True, strict_parsing=True, errors='strict')
    except UnicodeDecodeError:
        faults.add('body', 'is not UTF-8')
    except ValueError:
        faults.add('body', 'is no form')


_READERS: Final[Mapping[str, Callable[[Arrival, Faults], _Pairs]]] = {
    'application/cloudevents+json': _from_json,
    'application/json': _from_json,
    # The scheduler sends JSON without saying so.
    'application/octet-stream': _from_json,
    'application/x-www-form-urlencoded': _from_form,
    'text/plain': _from_json,
}

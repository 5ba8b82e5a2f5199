"""A Pub/Sub message, in the envelope of a push subscription or as the data of a CloudEvent."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.requests.arrival import Arrival
from cpg_infra.plugins.billing_aggregator.requests.faults import Faults

LARGEST_BODY: Final = 1 << 20
"""Bytes of a body, at most. A list of 10,000 batches has a tenth of it."""

_EVENT: Final = 'application/cloudevents+json'


@dataclass(frozen=True, slots=True)
class Message:
    """`identity` is the publisher's: a message that is delivered again keeps it."""

    identity: str
    attributes: Mapping[str, str]
    data: bytes


def read_message(arrival: Arrival) -> Message:
    """The message in a request that must be one. Raises `BadRequestError` when it is none."""
    faults = Faults()
    message = None
    content = json_of(arrival.body, 'body', faults) if size_is_sane(arrival, faults) else None
    faults.refuse_any()
    if isinstance(content, Mapping):
        message = message_of(arrival, content, faults)
    faults.refuse_any()
    if message is None:
        faults.add('body', 'is no Pub/Sub message')
        faults.refuse_any()
        raise AssertionError('there is a fault')
    return message


def message_of(arrival: Arrival, content: Mapping[str, object], faults: Faults) -> Message | None:
    """The message in a body, or None when it has none."""
    data: object = content
    if is_event(arrival, content):
        data = event_data(content, faults)
    if not isinstance(data, Mapping) or 'message' not in data:
        return None
    message = data['message']
    if not isinstance(message, Mapping):
        faults.add('message', 'is no object')
        return None
    return _unwrapped(message, faults)


def is_event(arrival: Arrival, content: Mapping[str, object]) -> bool:
    """Whether a body is a CloudEvent in structured form."""
    return arrival.content_type == _EVENT or {'specversion', 'type', 'source'} <= content.keys()


def event_data(event: Mapping[str, object], faults: Faults) -> object:
    """What a CloudEvent in structured form carries."""
    if 'data_base64' in event:
        decoded = base64_of(event['data_base64'], 'data_base64', faults)
        return json_of(decoded, 'data_base64', faults) if decoded else None
    return event.get('data')


def _unwrapped(message: Mapping[str, object], faults: Faults) -> Message:
    attributes = message.get('attributes') or {}
    if not isinstance(attributes, Mapping) or not all(isinstance(value, str) for value in attributes.values()):
        faults.add('message.attributes', 'is no object of texts')
        attributes = {}
    identity = message.get('messageId') or message.get('message_id') or ''
    data = base64_of(message.get('data') or '', 'message.data', faults)
    return Message(str(identity), attributes, data or b'')


def base64_of(text: object, where: str, faults: Faults) -> bytes | None:
    """Decoded bytes, or None with a fault."""
    try:
        if not isinstance(text, str):
            raise TypeError
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        faults.add(where, 'is not base64')
        return None


def json_of(content: bytes, where: str, faults: Faults) -> object:
    """Parsed JSON, or None with a fault."""
    try:
        return json.loads(content.decode('utf-8'))
    except UnicodeDecodeError:
        faults.add(where, 'is not UTF-8')
    except RecursionError:
        faults.add(where, 'is nested too deep')
    except ValueError as error:
        faults.add(where, f'is not JSON ({error})')
    return None


def size_is_sane(arrival: Arrival, faults: Faults) -> bool:
    """Whether the body is small enough to be looked at."""
    if len(arrival.body) <= LARGEST_BODY:
        return True
    faults.add('body', f'has {len(arrival.body):,} bytes, more than {LARGEST_BODY:,}')
    return False

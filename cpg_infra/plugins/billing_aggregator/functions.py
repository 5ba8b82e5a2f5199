"""The entry points, for Cloud Functions (functions-framework) and for Cloud Run (any WSGI server).

    functions-framework --source cpg_infra/plugins/billing_aggregator/functions.py --target from_request
    gunicorn cpg_infra.plugins.billing_aggregator.functions:application

`application` serves each entry point at its own path, and at `/` the one that `FUNCTION_TARGET` names.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qsl

from cpg_infra.plugins.billing_aggregator.requests import Arrival
from cpg_infra.plugins.billing_aggregator.requests.message import LARGEST_BODY
from cpg_infra.plugins.billing_aggregator.service.configured import Configured, load_configured
from cpg_infra.plugins.billing_aggregator.service.handlers import ENTRY_POINTS, answer
from cpg_infra.plugins.billing_aggregator.service.logs import log_as_json
from cpg_infra.plugins.billing_aggregator.service.response import Response

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

TARGET: Final = 'FUNCTION_TARGET'

Answer = tuple[str, int, dict[str, str]]
"""What functions-framework sends: text, status, headers."""


class Incoming(Protocol):
    """What functions-framework hands over: a request of Flask."""

    method: str
    args: Any
    headers: Any

    def get_data(self) -> bytes:
        """The body."""


def from_request(request: Incoming) -> Answer:
    """Aggregate: a window, some batches, or what each source's watermark asks for."""
    return _answer('from_request', request)


def from_pubsub(request: Incoming) -> Answer:
    """The same, asked for by a Pub/Sub message."""
    return _answer('from_request', request)


def cost_control(request: Incoming) -> Answer:
    """Handle a budget's notification."""
    return _answer('cost_control', request)


def cost_report(request: Incoming) -> Answer:
    """Post the report."""
    return _answer('cost_report', request)


def budgets(request: Incoming) -> Answer:
    """Write today's budgets."""
    return _answer('budgets', request)


def monthly(request: Incoming) -> Answer:
    """Write the figures of a month."""
    return _answer('monthly', request)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """All entry points as one WSGI application."""
    log_as_json()
    name = environ.get('PATH_INFO', '').strip('/') or os.environ.get(TARGET, '')
    name = 'from_request' if name == 'from_pubsub' else name
    if name not in ENTRY_POINTS:
        response = Response(HTTPStatus.NOT_FOUND, {'error': f'there is no {name!r}', 'there are': sorted(ENTRY_POINTS)})
    else:
        response = answer(name, _arrival_of(environ), _configured, dt.datetime.now(dt.UTC))
    status = HTTPStatus(response.status)
    start_response(f'{status.value} {status.phrase}', [('Content-Type', 'application/json')])
    return [response.text.encode()]


def _answer(name: str, request: Incoming) -> Answer:
    log_as_json()
    arrival = Arrival.of(
        request.method, request.args.items(multi=True), list(request.headers.items()), request.get_data()
    )
    response = answer(name, arrival, _configured, dt.datetime.now(dt.UTC))
    return response.text, response.status, {'Content-Type': 'application/json'}


def _arrival_of(environ: WSGIEnvironment) -> Arrival:
    try:
        length = int(environ.get('CONTENT_LENGTH') or 0)
    except ValueError:
        length = 0
    headers = [
        (key.removeprefix('HTTP_').replace('_', '-'), str(value))
        for key, value in environ.items()
        if key.startswith('HTTP_') or key in {'CONTENT_TYPE', 'CONTENT_LENGTH'}
    ]
    query = parse_qsl(environ.get('QUERY_STRING', ''), keep_blank_values=True)
    # One byte more than is allowed shows that there are too many.
    body = environ['wsgi.input'].read(min(length, LARGEST_BODY + 1))
    return Arrival.of(environ['REQUEST_METHOD'], query, headers, body)


@cache
def _configured() -> Configured:
    """The configuration does not change while an instance lives."""
    return load_configured(os.environ)

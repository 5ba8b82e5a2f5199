"""All services on one port of this machine, each below a prefix of its own, and `/control` for those who test."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.services.azure import BlobService
from tests.services.azure_tokens import AzureTokens
from tests.services.billing import BillingServices
from tests.services.exchange import Answer, Refusal, Request
from tests.services.faults import Fault
from tests.services.google import CloudIdentity, GroupsSettings
from tests.services.google_tokens import GoogleTokens
from tests.services.hail import HailServices
from tests.services.metamist import MetamistService
from tests.services.sheets import SheetsService
from tests.services.world import World

SERVICES = {
    'https://cloudidentity.googleapis.com': '/identity',
    'https://www.googleapis.com': '/settings',
    'https://oauth2.googleapis.com': '/tokens',
    'https://iamcredentials.googleapis.com': '/tokens',
    'https://sts.googleapis.com': '/tokens',
    'http://metadata.google.internal': '/tokens',
    'https://login.microsoftonline.com': '/entra',
    'http://169.254.169.254': '/entra',
    'https://auth.hail.example.org': '/hail/gcp/auth',
    'https://batch.hail.example.org': '/hail/gcp/batch',
    'https://auth.azure.hail.example.org': '/hail/azure/auth',
    'https://batch.azure.hail.example.org': '/hail/azure/batch',
    'https://internal.hail.example.org': '/hail/gcp',
    'https://metamist.example.org': '/metamist',
    'https://cloudbilling.googleapis.com': '/billing',
    'https://billingbudgets.googleapis.com': '/budgets',
    'https://sheets.googleapis.com': '/sheets',
    'https://slack.com': '/slack',
}
"""Where each service of the world outside is found here."""


class LocalServices:
    """The servers, from `with` on. `latency`: seconds before each answer.

    A `file` keeps the state over restarts. `group_exists` says which groups there are when another test double makes
    them, and `application_named` the object id of an application in the directory of Azure, which it makes when needed.
    `faults` are struck in their order, the first that matches.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        port: int = 0,
        latency: float = 0.0,
        file: Path | None = None,
        group_exists: Callable[[str], bool] | None = None,
        application_named: Callable[[str], str] | None = None,
    ) -> None:
        if world is None and file is not None and file.exists():
            world = World.from_dict(json.loads(file.read_text(encoding='utf-8')))
        self.latency = latency
        self.faults: list[Fault] = []
        self.calls: list[dict[str, Any]] = []
        self._file = file
        self._group_exists = group_exists
        self._application_named = application_named
        self._lock = threading.RLock()
        self._world = world or World()
        self._handlers: dict[str, Callable[[Request], Answer]] = {}
        self._serve_world()
        self._server = _Server(('127.0.0.1', port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def world(self) -> World:
        return self._world

    def _serve_world(self) -> None:
        self.identity = CloudIdentity(self._world, self._group_exists)
        billing = BillingServices(self._world)
        self._handlers = {
            'identity': self.identity.handle,
            'settings': GroupsSettings(self._world).handle,
            'tokens': GoogleTokens(self._world).handle,
            'entra': AzureTokens(self._world).handle,
            'blob': BlobService(self._world).handle,
            'hail': HailServices(self._world, self._application_named).handle,
            'metamist': MetamistService(self._world).handle,
            'billing': billing.cloud_billing,
            'budgets': billing.budgets,
            'sheets': SheetsService(self._world).handle,
            'slack': billing.slack,
        }

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def endpoints(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the provider's key `endpoints` takes; `more` maps further addresses to prefixes here."""
        return {service: self.url + prefix for service, prefix in {**SERVICES, **(more or {})}.items()}

    @property
    def blob_url(self) -> str:
        """What the provider's key `azureBlobUrl` takes."""
        return f'{self.url}/blob/{{account}}'

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wrote(self, pattern: str = '') -> list[str]:
        """The writing calls whose path matches, as `METHOD path`."""
        return [call for call in self.called(pattern) if not call.startswith('GET ')]

    def called(self, pattern: str = '') -> list[str]:
        """The calls whose path matches, as `METHOD path`, in their order."""
        with self._lock:
            found = [f'{call["method"]} {call["path"]}' for call in self.calls]
        return [call for call in found if re.search(pattern, call)]

    # One request ------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer | None:
        """The answer, or None when the connection is to be closed instead."""
        if request.path.startswith('/control'):
            with self._lock:
                return self._control(request)
        with self._lock:
            fault = next((fault for fault in self.faults if fault.strikes(request.method, request.path)), None)
            number = len(self.calls)
            self.calls.append(
                {
                    'method': request.method,
                    'path': unquote(request.path),
                    'query': dict(request.query),
                    'body': request.body,
                    'headers': dict(request.headers),
                    'at': time.monotonic(),
                }
            )
        answer = self._struck(request, fault)
        with self._lock:
            self.calls[number] |= {'status': answer.status if answer else None, 'until': time.monotonic()}
        return answer

    def _struck(self, request: Request, fault: Fault | None) -> Answer | None:
        if fault is None:
            return self._usual(request)
        time.sleep(fault.delay)
        if fault.after:
            self._usual(request)
        if fault.drop:
            return None
        return self._usual(request) if fault.status is None else Answer(fault.status, fault.body, fault.headers)

    def _usual(self, request: Request) -> Answer:
        service, _, rest = request.path.lstrip('/').partition('/')
        if service not in self._handlers:
            return Answer(404, f'there is no {service} here')
        inner = Request(request.method, f'/{rest}', request.query, request.headers, request.body)
        writing = None
        try:
            if service == 'identity':
                writing = self.identity.begin(inner)
            time.sleep(self.latency)
            with self._lock:
                answer = self._handlers[service](inner)
                if self._file is not None and request.method != 'GET':
                    self._world.save(self._file)
        except Refusal as refusal:
            answer = refusal.answer
        finally:
            if writing is not None:
                self.identity.end(writing)
        return answer

    def _control(self, request: Request) -> Answer:
        """`faults`, `calls`, `latency` and `world`, for whoever tests from another process."""
        what = request.parts[1] if len(request.parts) > 1 else ''
        match request.method, what:
            case 'GET', 'faults':
                return Answer(body=[fault.as_dict() for fault in self.faults])
            case 'POST', 'faults':
                self.faults.append(Fault.from_dict(request.body))
            case 'DELETE', 'faults':
                self.faults.clear()
            case 'GET', 'calls':
                return Answer(body=self.calls)
            case 'DELETE', 'calls':
                self.calls.clear()
            case 'GET', 'world':
                return Answer(body=self._world.as_dict())
            case 'PUT', 'world':
                self._world = World.from_dict(request.body)
                self._serve_world()
            case 'PUT', 'latency':
                self.latency = float(request.body)
            case 'GET', 'endpoints':
                return Answer(body=self.endpoints())
            case _:
                return Answer(404, f'there is no {what} to control')
        return Answer(body={})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _handler(services: LocalServices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        # An answer in one piece: no waiting for the acknowledgement of its head.
        wbufsize = -1
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            address = urlsplit(self.path)
            answer = services.answer(
                Request(
                    self.command,
                    address.path,
                    dict(parse_qsl(address.query, keep_blank_values=True)),
                    {key.title(): value for key, value in self.headers.items()},
                    self._body(),
                )
            )
            if answer is None:
                self.close_connection = True
                return
            content = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            encoded = content.encode()
            self.send_response(answer.status)
            kind = 'text/plain' if isinstance(answer.body, str) else 'application/json'
            headers = {'Content-Type': kind, 'Content-Length': str(len(encoded)), **answer.headers}
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(encoded)
            self.wfile.flush()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of the protocol

        def _body(self) -> Any:
            content = self.rfile.read(int(self.headers.get('Content-Length', '0')))
            if not content:
                return None
            if 'form' in self.headers.get('Content-Type', ''):
                return dict(parse_qsl(content.decode(), keep_blank_values=True))
            return json.loads(content) if 'json' in self.headers.get('Content-Type', '') else content.decode()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the parameter is given
            pass

    return Handler

"""The entry points as they run: under functions-framework, and as a WSGI application."""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from cpg_infra.plugins.billing_aggregator import functions
from tests.plugins.billing_aggregator.entry_points.folders import count, make_folder

SOURCE = Path(functions.__file__)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / 'folder', 'http://127.0.0.1:1', lines=100)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
        return port


class Framework:
    """functions-framework, serving one entry point."""

    def __init__(self, target: str, folder: Path, *arguments: str) -> None:
        port = free_port()
        code = 'from functions_framework._cli import _cli; _cli()'
        command = [sys.executable, '-c', code, '--source', str(SOURCE), '--target', target, '--port', str(port)]
        environment = {**os.environ, 'CPG_BILLING_CONFIG': str(folder)}
        self._process = subprocess.Popen(
            [*command, '--host', '127.0.0.1', *arguments],
            env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.client = httpx.Client(base_url=f'http://127.0.0.1:{port}', timeout=120, trust_env=False)

    @retry(
        retry=retry_if_exception_type(httpx.TransportError),
        stop=stop_after_delay(120),
        wait=wait_fixed(0.1),
        reraise=True,
    )
    def send(self, method: str, **given: Any) -> httpx.Response:
        if self._process.poll() is not None and self._process.stdout is not None:
            raise RuntimeError(self._process.stdout.read())
        return self.client.request(method, '/', **given)

    def close(self) -> str:
        self.client.close()
        self._process.terminate()
        return self._process.communicate()[0]


@pytest.fixture
def framework(folder: Path, request: pytest.FixtureRequest) -> Iterator[Framework]:
    running = Framework(request.param, folder)
    yield running
    running.close()


@pytest.mark.parametrize('framework', ['from_request'], indirect=True)
def test_functions_framework_serves_requests(framework: Framework, folder: Path) -> None:
    refused = framework.send('POST', json={'start': 'x', 'nonsense': 1})
    assert refused.status_code == 400
    assert [fault.partition(':')[0] for fault in refused.json()['faults']] == ['nonsense', 'start']
    answered = framework.send('GET', params={'start': '2026-10-10', 'end': '2026-10-12', 'source': 'gcp'})
    assert answered.status_code == 200
    (gcp,) = answered.json()['sources']
    assert gcp['status'] == 'ok'
    assert count(folder, 'ledger') == gcp['inserted'] > 0


@pytest.mark.parametrize('framework', ['from_pubsub'], indirect=True)
def test_functions_framework_serves_events(framework: Framework) -> None:
    data = base64.b64encode(json.dumps({'source': 'hial'}).encode()).decode()
    event = {'ce-id': '1', 'ce-source': '//pubsub', 'ce-specversion': '1.0', 'ce-type': 'a.b.messagePublished'}
    body = {'message': {'messageId': '1', 'data': data}, 'subscription': 's'}
    answered = framework.send('POST', json=body, headers=event)
    assert answered.status_code == 400
    assert answered.json() == {'faults': ["source: 'hial' is unknown (did you mean 'hail'?)"]}


def wsgi(path: str, method: str = 'POST', body: bytes = b'{}', **more: str) -> tuple[str, dict[str, Any]]:
    environ: dict[str, Any] = {
        'SCRIPT_NAME': '',
        'PATH_INFO': path,
        'REQUEST_METHOD': method,
        'QUERY_STRING': '',
        **more,
    }
    environ |= {'CONTENT_TYPE': 'application/json', 'CONTENT_LENGTH': str(len(body)), 'wsgi.input': io.BytesIO(body)}
    setup_testing_defaults(environ)
    said: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        said.append(status)

    answered = validator(functions.application)(environ, start)
    content = b''.join(answered)
    answered.close()  # type: ignore[attr-defined]  # the validator's own
    return said[0], json.loads(content)


@pytest.fixture
def configured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv('CPG_BILLING_CONFIG', str(folder))
    functions._configured.cache_clear()
    yield
    functions._configured.cache_clear()


@pytest.mark.usefixtures('configured')
def test_a_wsgi_server_has_every_entry_point_at_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wsgi('/monthly', body=b'{"month": "2026-08"}') == (
        '200 OK', {'month': '202608', 'rows': 0, 'written': True},
    )  # fmt: skip
    assert wsgi('/from_pubsub', body=b'{"source": 7}')[0] == '400 Bad Request'
    status, said = wsgi('/')
    assert (status, 'monthly' in said['there are']) == ('404 Not Found', True)
    monkeypatch.setenv('FUNCTION_TARGET', 'monthly')
    assert wsgi('/', body=b'{"month": "2026-08"}')[0] == '200 OK'
    assert wsgi('/monthly', 'GET', b'', QUERY_STRING='month=2026-13')[0] == '400 Bad Request'


@pytest.mark.usefixtures('configured')
def test_a_body_that_is_too_large_is_not_read() -> None:
    status, said = wsgi('/monthly', body=b' ' * (1 << 21))
    assert (status, said) == ('400 Bad Request', {'faults': ['body: has 1,048,577 bytes, more than 1,048,576']})

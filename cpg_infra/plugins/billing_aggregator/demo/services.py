"""Hail Batch, ICA and Slack on this machine, with what makes them difficult: pages, an empty day, a refusal for now."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

PER_PAGE: Final = 25
"""Batches of a page of Hail."""

_PAYERS: Final = ('ataxia', 'thousand-hearts', 'newborn', 'controls', 'ci', 'hail')
_RESOURCES: Final = {
    'compute/n1-preemptible/1': 0.0081,
    'memory/n1-preemptible/1': 0.0019,
    'boot-disk/pd-ssd/1': 0.0005,
    'service-fee/1': 0.01,
}


class Answer(NamedTuple):
    """An answer of HTTP."""

    status: int
    type: str
    text: str


class DemoServices:
    """From `with` on. `posts` are the messages that Slack took."""

    def __init__(self, first: dt.date, last: dt.date, seed: int = 7) -> None:
        self.posts: list[object] = []
        self._refusals = 1
        self._first = first
        self._days = (last - first).days + 1
        self._seed = seed
        self._batches = self._made()
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where they are found."""
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, query: dict[str, str], body: object) -> Answer:
        """What they say to a request; `body` is JSON."""
        match method, [part for part in path.split('/') if part]:
            case 'GET', ['api', 'v1alpha', 'batches', 'completed']:
                said = _json(self._page(query.get('last_completed_timestamp')))
            case 'GET', ['api', 'v1alpha', 'batches', number, 'jobs', 'resources']:
                said = _json(self._jobs(int(number), int(query.get('last_job_id', '0'))))
            case 'POST', ['ica', 'token']:
                said = _json({'token': 'demo-token'})
            case 'GET', ['ica', 'usage']:
                said = Answer(200, 'text/csv', self._usage(dt.date.fromisoformat(query['StartDate'])))
            case 'POST', ['slack', 'api', 'chat.postMessage']:
                said = self._post(body)
            case _:
                said = Answer(404, 'application/json', json.dumps({'error': f'there is no {path} here'}))
        return said

    def _post(self, message: object) -> Answer:
        if self._refusals:
            self._refusals -= 1
            return Answer(429, 'application/json', '{"ok": false, "error": "ratelimited"}')
        self.posts.append(message)
        return _json({'ok': True})

    def _made(self) -> list[dict[str, Any]]:
        """Batches, the newest first."""
        made = []
        for day in range(self._days):
            number = day + 1
            picked = random.Random(f'{self._seed}-{number}')  # noqa: S311 - a seed, not a secret
            completed = dt.datetime.combine(self._first, dt.time(14), dt.UTC) + dt.timedelta(days=day)
            made.append(
                {
                    'id': number,
                    'billing_project': picked.choice(_PAYERS),
                    'user': picked.choice(('lt-standard', 'lt-test')),
                    'time_created': (completed - dt.timedelta(hours=picked.randint(1, 30))).isoformat(),
                    'time_completed': completed.isoformat(),
                    'attributes': {'name': f'align cohort {number}', 'ar-guid': f'guid-{number:04}'},
                }
            )
        return made[::-1]

    def _page(self, before: str | None) -> dict[str, Any]:
        start = 0 if before is None else next((i for i, b in enumerate(self._batches) if str(b['id']) == before), 0) + 1
        page = self._batches[start : start + PER_PAGE]
        more = start + PER_PAGE < len(self._batches)
        return {'batches': page, **({'last_completed_timestamp': page[-1]['id']} if more and page else {})}

    def _jobs(self, number: int, after: int) -> dict[str, Any]:
        picked = random.Random(f'jobs-{self._seed}-{number}')  # noqa: S311 - a seed, not a secret
        count = picked.randint(4, 40)
        jobs = []
        for job in range(1, count + 1):
            size = picked.random() ** 3
            cost = {resource: round(price * size * 60, 9) for resource, price in _RESOURCES.items()}
            used = dict.fromkeys(_RESOURCES, size * 3_600_000)
            attributes = {'name': f'job {job}', 'stage': picked.choice(('align', 'genotype', 'qc'))}
            jobs.append({'job_id': job, 'cost': cost, 'resources': used, 'attributes': attributes})
        half = count // 2
        if after == 0:
            return {'jobs': jobs[:half], 'last_job_id': half}
        return {'jobs': jobs[after:]}

    def _usage(self, day: dt.date) -> str:
        picked = random.Random(f'ica-{self._seed}-{day}')  # noqa: S311 - a seed, not a secret
        lines = ['usage_id,usage_timestamp,category,sku,product,sub_tenant_name,cost,metadata']
        for number in range(picked.randint(0, 3)):
            cost = round(picked.random() * 20, 4)
            kind = picked.choice(('Storage', 'Compute'))
            lines.append(
                f'{day:%Y%m%d}{number},{day:%m/%d/%Y} 03:00:00,{kind},sku-{kind},ICA {kind},,{cost},project:demo'
            )
        return '\n'.join(lines) + '\n'


def _json(value: object) -> Answer:
    return Answer(200, 'application/json', json.dumps(value))


def _handler(services: DemoServices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        wbufsize = -1
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            address = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get('Content-Length', '0')))
            body = json.loads(content) if content.startswith(b'{') else None
            answer = services.answer(self.command, address.path, dict(parse_qsl(address.query)), body)
            encoded = answer.text.encode()
            self.send_response(answer.status)
            self.send_header('Content-Type', answer.type)
            self.send_header('Content-Length', str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)
            self.wfile.flush()

        do_GET = do_POST = _answer  # noqa: N815 - as the library calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
            """Say nothing."""

    return Handler

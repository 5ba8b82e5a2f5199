"""The one client: what is tried again, how often, and where a token may go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from cpg_infra.provider.http import TRIES, Http, always
from cpg_infra.provider.reply import Reply, ServiceError
from cpg_infra.provider.settings import Settings
from tests.services import Fault, LocalServices

SERVICE = 'https://metamist.example.org'
_T = TypeVar('_T')


def run(services: LocalServices, work: Callable[[Http], Awaitable[_T]], **more: float) -> _T:
    async def begin() -> _T:
        given = {'first_wait': 0.001, 'patience': 5, 'requests_per_second': 1e6, **more}
        http = Http(Settings(endpoints=services.endpoints(), **given))  # type: ignore[arg-type]  # numbers all
        try:
            return await work(http)
        finally:
            await http.close()

    return asyncio.run(begin())


def get(http: Http) -> Awaitable[Reply]:
    return http.send('GET', f'{SERVICE}/api/v1/project/all')


@pytest.mark.parametrize('status', [429, 502, 503, 504])
def test_what_passes_is_tried_again_and_the_last_answer_kept(services: LocalServices, status: int) -> None:
    services.faults.append(Fault('.', times=1000, status=status, body={'detail': 'later'}))
    reply = run(services, get)
    assert (reply.status, reply.words, reply.tries, len(services.calls)) == (status, 'later', TRIES, TRIES)


@pytest.mark.parametrize('status', [400, 403, 404, 409, 500])
def test_what_stays_is_not(services: LocalServices, status: int) -> None:
    services.faults.append(Fault('.', status=status, body='no'))
    assert run(services, get).status == status
    assert len(services.calls) == 1


def test_a_connection_that_breaks_is_tried_again_and_remembered(services: LocalServices) -> None:
    services.faults.append(Fault('.', times=2, drop=True))
    reply = run(services, get)
    assert reply.uncertain
    assert reply.tries == 3


def test_no_answer_at_all_is_an_error_that_names_the_place(services: LocalServices) -> None:
    services.faults.append(Fault('.', times=1000, drop=True))
    with pytest.raises(ServiceError, match=rf'GET {SERVICE}/api/v1/project/all: no answer \(\w+\) after {TRIES} tries'):
        run(services, get)


def test_waiting_ends_with_the_patience(services: LocalServices) -> None:
    services.faults.append(Fault('.', times=1000, status=503))
    assert run(services, get, patience=0.2, first_wait=0.1).tries < TRIES


def test_a_service_that_says_how_long_to_wait_is_heard(services: LocalServices) -> None:
    services.faults.append(Fault('.', status=429, headers={'Retry-After': '0.3'}))
    start = time.monotonic()
    run(services, get)
    assert time.monotonic() - start >= 0.3


def test_the_budget_holds_requests_back(services: LocalServices) -> None:
    async def many(http: Http) -> None:
        await asyncio.gather(*(get(http) for _ in range(30)))

    start = time.monotonic()
    run(services, many, requests_per_second=100)
    assert time.monotonic() - start >= 0.19, 'ten at once, then a hundred a second'


def test_connections_are_used_again(services: LocalServices) -> None:
    async def two(http: Http) -> list[Reply]:
        return [await get(http), await get(http)]

    assert len(run(services, two)) == 2


def test_a_token_is_not_sent_in_clear(services: LocalServices) -> None:
    bearer = always({'Authorization': 'Bearer secret'})
    with pytest.raises(ServiceError, match=r'http://metamist\.example\.net/x: a token is sent over https only'):
        run(services, lambda http: http.send('GET', 'http://metamist.example.net/x?q=secret', bearer))


def test_a_refused_token_is_replaced_once(services: LocalServices) -> None:
    services.faults.append(Fault('.', times=2, status=401))
    asked: list[bool] = []

    async def authorize(*, fresh: bool) -> dict[str, str]:
        asked.append(fresh)
        return {'Authorization': f'Bearer {len(asked)}'}

    reply = run(services, lambda http: http.send('GET', f'{SERVICE}/x', authorize))
    assert (reply.status, asked) == (401, [False, True])


def test_a_redirection_is_told_not_followed(services: LocalServices) -> None:
    services.faults.append(Fault('.', status=302, headers={'Location': 'https://login.example.org/?secret'}))
    assert run(services, get).words == 'redirected to https://login.example.org/'


def test_this_machine_is_not_behind_a_proxy(services: LocalServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HTTP_PROXY', 'http://127.0.0.1:1')
    assert run(services, get).tries == 1

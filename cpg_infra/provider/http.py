"""One client for all services: time-outs, bounded tries with jitter, a rate budget, connections that are used again.

Nothing is tried again unless the fault is known to pass: a connection that breaks, 429, 502, 503, 504, and what a
caller adds (Google says "try again" with 409 and 403 too). The last answer is kept, never replaced by "gave up".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from cpg_infra.provider.reply import Reply, ServiceError, passing, reply_of, shown
from cpg_infra.provider.settings import Settings
from cpg_infra.provider.values import Json

TRIES: Final = 12
LONGEST_WAIT: Final = 30.0
"""Seconds between two tries, at most, unless the service asks for more."""

_CONNECT: Final = 10.0
_ANSWER: Final = 60.0
_CONNECTIONS: Final = 32
_BURST: Final = 10
_LOCAL: Final = frozenset({'127.0.0.1', 'localhost', '::1'})

Headers = Mapping[str, str]


class Authorize(Protocol):
    """Gives the headers that say who asks."""

    async def __call__(self, *, fresh: bool) -> Headers:
        """The headers; `fresh` when the last ones were refused."""


def always(headers: Headers) -> Authorize:
    """The same headers each time."""

    async def authorize(*, fresh: bool) -> Headers:  # noqa: ARG001 - there are no other headers to give
        return headers

    return authorize


class _Again(Exception):
    """Another try may help."""

    def __init__(self, reply: Reply | None, cause: str) -> None:
        self.reply = reply
        super().__init__(cause)


class Http:
    """The client. Made for one event loop; close it in the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._budgets: dict[str, _Budget] = {}
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(_ANSWER, connect=_CONNECT, pool=None),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            # What is on this machine, or speaks for it, is never behind a proxy.
            mounts={f'all://{host}': None for host in ('127.0.0.1', 'localhost', '[::1]', '169.254.169.254')},
            headers={'User-Agent': 'cpg-infra'},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(  # noqa: PLR0913 - one for each part of a request
        self,
        method: str,
        url: str,
        authorize: Authorize | None = None,
        *,
        params: Mapping[str, str] | None = None,
        body: Json = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Headers | None = None,
        again: Callable[[Reply], bool] = passing,
        most: int = TRIES,
    ) -> Reply:
        """Send a request until its answer is one that stays, at `most` so often.

        Raises `ServiceError` when there is no answer at all.
        """
        place = self._place(url)
        budget = self._budgets.setdefault(place.netloc.decode(), _Budget(self._settings.requests_per_second))
        uncertain = False
        tries = 0
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_Again),
            stop=stop_after_attempt(most) | stop_after_delay(self._settings.patience),
            wait=self._wait,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    tries += 1
                    await budget.turn()
                    request = self._client.build_request(
                        method, place, params=params, json=body, data=form, content=content, headers=headers
                    )
                    try:
                        reply = replace(await self._once(request, authorize), tries=tries, uncertain=uncertain)
                    except httpx.TransportError as error:
                        uncertain = uncertain or not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                        raise _Again(None, type(error).__name__) from error
                    if again(reply):
                        uncertain = uncertain or reply.status > 500  # noqa: PLR2004 - a gateway lost the answer
                        budget.pause(reply.wait if reply.status == httpx.codes.TOO_MANY_REQUESTS else None)
                        raise _Again(reply, str(reply.status))
                    return reply
        except _Again as last:
            if last.reply is not None:
                return last.reply
            raise ServiceError(
                f'{method} {shown(url)}: no answer ({last}) after {tries} {"try" if tries == 1 else "tries"}'
            ) from None
        raise AssertionError('tenacity ends with an answer or an exception')

    async def _once(self, request: httpx.Request, authorize: Authorize | None) -> Reply:
        if authorize is None:
            return reply_of(await self._client.send(request))
        headers = await authorize(fresh=False)
        if 'Authorization' in headers:
            _refuse_in_clear(request.url)
        request.headers.update(headers)
        response = await self._client.send(request)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            # A token may expire between our look at the clock and theirs.
            request.headers.update(await authorize(fresh=True))
            response = await self._client.send(request)
        return reply_of(response)

    def _place(self, url: str) -> httpx.URL:
        for service, place in self._settings.endpoints.items():
            if url == service or url.startswith((service + '/', service + '?')):
                url = place + url[len(service) :]
                break
        try:
            return httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ServiceError(f'{url} is not an address: {error}') from None

    def _wait(self, state: RetryCallState) -> float:
        asked = None
        if state.outcome is not None and isinstance(error := state.outcome.exception(), _Again) and error.reply:
            asked = error.reply.wait
        jitter = wait_random_exponential(multiplier=self._settings.first_wait, max=LONGEST_WAIT)(state)
        return jitter if asked is None else min(asked, self._settings.patience) + jitter


class _Budget:
    """Lets so many requests a second pass, a few at once."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a place."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now - _BURST * self._gap) + self._gap
        if self._next > now:
            await asyncio.sleep(self._next - now)

    def pause(self, seconds: float | None) -> None:
        """The service asked everybody to wait."""
        if seconds is not None:
            self._next = max(self._next, asyncio.get_running_loop().time() + seconds)


def _refuse_in_clear(url: httpx.URL) -> None:
    if url.scheme != 'https' and url.host not in _LOCAL:
        raise ServiceError(f'{shown(str(url))}: a token is sent over https only')

"""One client for all services: time-outs, bounded tries with jitter, a rate budget, connections that are used again.

Nothing is tried again unless the fault is known to pass: a connection that breaks, 429, 502, 503, 504, and what a
caller adds (Google says "try again" with 409 and 403 too). The last answer is kept, never replaced by "gave up".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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

from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.settings import Settings
from cpg_infra.provider.values import Json, mapping

TRIES: Final = 12
LONGEST_WAIT: Final = 30.0
"""Seconds between two tries, at most, unless the service asks for more."""

_CONNECT: Final = 10.0
_ANSWER: Final = 60.0
_CONNECTIONS: Final = 32
_BURST: Final = 10
_LONGEST_EXPLANATION: Final = 400
PASSING: Final = frozenset({429, 502, 503, 504})
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


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `uncertain`: an earlier try broke off and may have had its effect."""

    status: int
    text: str
    body: Json = None
    words: str = ''
    tries: int = 1
    uncertain: bool = False
    wait: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the service did what it was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of success

    def said(self, key: str, doing: str) -> str:
        """A text that the answer must have. Raises `ServiceError` when it has none, or is a refusal."""
        found = mapping(self.body).get(key)
        if not self.ok:
            raise self.refusal(doing)
        if not isinstance(found, str) or not found:
            raise ServiceError(f'{doing}: the answer does not say {key}', self.status)
        return found

    def refusal(self, doing: str) -> ServiceError:
        """The exception for an answer that does not help, in the service's own words."""
        tries = f' after {self.tries} tries' if self.tries > 1 else ''
        return ServiceError(f'{doing}: HTTP {self.status}{tries}: {self.words or "without explanation"}', self.status)


class ServiceError(RefusedError):
    """A service refused, or failed. `status` is None when it was not reached."""

    def __init__(self, message: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(message)


class _Again(Exception):
    """Another try may help."""

    def __init__(self, reply: Reply | None, cause: str) -> None:
        self.reply = reply
        super().__init__(cause)


def passing(reply: Reply) -> bool:
    """Whether an answer is known to be different a little later, at any service."""
    return reply.status in PASSING


class Http:
    """The client. Made for one event loop; close it in the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._budgets: dict[str, _Budget] = {}
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(_ANSWER, connect=_CONNECT, pool=None),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            # What is on this machine is never behind a proxy.
            mounts={f'all://{host}': None for host in ('127.0.0.1', 'localhost', '[::1]')},
            headers={'User-Agent': 'cpg-infra'},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(
        self,
        method: str,
        url: str,
        authorize: Authorize | None = None,
        *,
        params: Mapping[str, str] | None = None,
        body: Json = None,
        form: Mapping[str, str] | None = None,
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
                    request = self._client.build_request(method, place, params=params, json=body, data=form)
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
                f'{method} {_shown(url)}: no answer ({last}) after {tries} {"try" if tries == 1 else "tries"}'
            ) from None
        raise AssertionError('tenacity ends with an answer or an exception')

    async def _once(self, request: httpx.Request, authorize: Authorize | None) -> Reply:
        if authorize is None:
            return _reply(await self._client.send(request))
        headers = await authorize(fresh=False)
        if 'Authorization' in headers:
            _refuse_in_clear(request.url)
        request.headers.update(headers)
        response = await self._client.send(request)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            # A token may expire between our look at the clock and theirs.
            request.headers.update(await authorize(fresh=True))
            response = await self._client.send(request)
        return _reply(response)

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


def _reply(response: httpx.Response) -> Reply:
    content = response.text
    body: Json = None
    if content[:1] in {'{', '[', '"'} or content[:1].isdigit() or content in {'true', 'false', 'null'}:
        try:
            body = json.loads(content)
        except ValueError:
            body = None
    words = _explanation(body) or content.strip()
    if response.is_redirect:
        words = f'redirected to {_shown(response.headers.get("Location", "nowhere"))}'
    try:
        wait = max(0.0, float(response.headers.get('Retry-After', '')))
    except ValueError:
        wait = None
    words = ' '.join(words.split())[:_LONGEST_EXPLANATION]
    return Reply(response.status_code, content, body, words, wait=wait)


def _explanation(body: Json) -> str | None:
    """What a service says of an error: Google's, metamist's and the token services' forms."""
    said = mapping(body)
    error = said.get('error')
    for found in (
        mapping(error).get('message'),
        said.get('error_description'),
        said.get('detail'),
        said.get('message'),
        said.get('description'),
        error,
    ):
        if isinstance(found, str) and found:
            return found
    return None


def _refuse_in_clear(url: httpx.URL) -> None:
    if url.scheme != 'https' and url.host not in _LOCAL:
        raise ServiceError(f'{_shown(str(url))}: a token is sent over https only')


def _shown(url: str) -> str:
    """An address without its question, which may hold what is nobody's business."""
    return url.partition('?')[0]

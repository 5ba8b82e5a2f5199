"""One client: time-outs, bounded tries for what is known to pass, the last error kept in the service's own words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST_WAIT: Final = 20.0
_LOCAL: Final = frozenset({'127.0.0.1', 'localhost', '::1'})
_MOST_SAID: Final = 300


class OutsideError(Exception):
    """A service refused, failed, or was not reached. `status` is None when there was no answer."""

    def __init__(self, message: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(message)


class _AgainError(OutsideError):
    """Another try may help; `wait` are the seconds that the service asked for."""

    def __init__(self, message: str, status: int | None = None, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(message, status)


def _client() -> httpx.Client:
    # What is on this machine is never behind a proxy.
    local = {f'all://{host}': None for host in ('127.0.0.1', 'localhost', '[::1]')}
    return httpx.Client(headers={'User-Agent': 'cpg-infra'}, mounts=local)


@dataclass(frozen=True, slots=True)
class Http:
    """How requests are sent. Seconds: `patience` over all tries, `answer` for one, `first_wait` before the second.

    `endpoints` replaces the beginning of addresses: private ones, and those of tests.
    """

    endpoints: Mapping[str, str] = field(default_factory=dict)
    patience: float = 60.0
    answer: float = 20.0
    first_wait: float = 0.5
    tries: int = 5
    client: httpx.Client = field(default_factory=_client)

    def __enter__(self) -> Self:
        """Keep the connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self.client.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        json: object = None,
        repeatable: bool | None = None,
    ) -> Mapping[str, Any]:
        """The JSON object of a good answer.

        GET and PUT here may be repeated without harm, and a POST that says it is `repeatable`; others are sent again
        only when they were refused. Raises `OutsideError` for any other answer, and for none.
        """
        again = method != 'POST' if repeatable is None else repeatable
        place = self._placed(url)
        if place.scheme != 'https' and place.host not in _LOCAL and 'Authorization' in headers:
            raise OutsideError(f'{_shown(url)}: a token is sent over https only')
        retrying = Retrying(
            retry=retry_if_exception_type(_AgainError),
            stop=stop_after_attempt(self.tries) | stop_after_delay(self.patience),
            wait=self._wait,
            reraise=True,
        )
        for attempt in retrying:
            with attempt:
                return self._once(method, place, url, headers, params, json, again=again)
        raise AssertionError('tenacity ends with an answer or an exception')

    def _once(
        self,
        method: str,
        place: httpx.URL,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        json: object,
        *,
        again: bool,
    ) -> Mapping[str, Any]:
        where = f'{method} {_shown(url)}'
        started = time.monotonic()
        try:
            answer = self.client.request(
                method, place, headers=dict(headers), params=params, json=json, timeout=self.answer
            )
        except httpx.TransportError as error:
            sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            said = f'{where}: no answer ({type(error).__name__} after {time.monotonic() - started:.0f} s)'
            raise (_AgainError if again or not sent else OutsideError)(said) from error
        if answer.is_success:
            return _object(answer, where)
        said = f'{where}: HTTP {answer.status_code}: {_words(answer)}'
        if answer.status_code in _PASSING and (again or answer.status_code == httpx.codes.TOO_MANY_REQUESTS):
            raise _AgainError(said, answer.status_code, _asked(answer))
        raise OutsideError(said, answer.status_code)

    def _placed(self, url: str) -> httpx.URL:
        for service, place in self.endpoints.items():
            if url.startswith(service):
                return httpx.URL(place + url.removeprefix(service))
        return httpx.URL(url)

    def _wait(self, state: RetryCallState) -> float:
        jitter = wait_random_exponential(multiplier=self.first_wait, max=_LONGEST_WAIT)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, _AgainError) else None
        return jitter if asked is None else min(asked, self.patience) + jitter


def _object(answer: httpx.Response, where: str) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise OutsideError(f'{where}: the answer is no JSON object', answer.status_code)
    return said


def _asked(answer: httpx.Response) -> float | None:
    try:
        return max(0.0, float(answer.headers.get('Retry-After', '')))
    except ValueError:
        return None


def _words(answer: httpx.Response) -> str:
    said = answer.text
    try:
        error = answer.json()['error']
        said = error['message'] if isinstance(error, dict) else str(error)
    except (KeyError, TypeError, ValueError):
        pass
    return ' '.join(said.split())[:_MOST_SAID] or 'without explanation'


def _shown(url: str) -> str:
    return url.partition('?')[0]

"""Asking a service over HTTP: time-outs, a few tries, and the service's name on every failure."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from cpg_infra.plugins.billing_aggregator.sources.source import SourceError

TRIES: Final = 5
PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that may be others a little later."""

_LONGEST_EXPLANATION: Final = 300


class _AgainError(Exception):
    """Another try may help."""


class Web:
    """A client for one source. `timeout` and `first_wait` are in seconds."""

    def __init__(
        self, source: str, headers: Mapping[str, str] | None = None, *, timeout: float = 60, first_wait: float = 1
    ) -> None:
        self._source = source
        self._first_wait = first_wait
        # Addresses of services may hold what should not be in a log.
        logging.getLogger('httpx').setLevel(logging.WARNING)
        self._client = httpx.Client(
            timeout=timeout,
            headers={'User-Agent': 'cpg-infra', **(headers or {})},
            mounts={f'all://{host}': None for host in ('127.0.0.1', 'localhost', '[::1]')},
        )

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close its connections."""
        self._client.close()

    def json(self, url: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """An object. Raises `SourceError` when there is none."""
        response = self.send('GET', url, parameters)
        try:
            found = response.json()
        except ValueError:
            raise SourceError(self._source, f'{_shown(url)} answers no JSON') from None
        if not isinstance(found, dict):
            raise SourceError(self._source, f'{_shown(url)} answers no JSON object')
        return found

    def send(
        self,
        method: str,
        url: str,
        parameters: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """An answer that is a success. Raises `SourceError` after `TRIES` tries, or at once when it is refused."""
        retrying = Retrying(
            retry=retry_if_exception_type(_AgainError),
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(multiplier=self._first_wait, max=30),
        )
        try:
            return retrying(self._once, method, url, parameters, headers, form)
        except RetryError as error:
            raise SourceError(
                self._source, f'{_shown(url)}: {error.last_attempt.exception()} after {TRIES} tries'
            ) from None

    def _once(
        self,
        method: str,
        url: str,
        parameters: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
    ) -> httpx.Response:
        try:
            response = self._client.request(method, url, params=parameters, headers=headers, data=form)
        except httpx.TimeoutException:
            raise _AgainError('no answer in time') from None
        except httpx.TransportError as error:
            raise _AgainError(f'not reached ({type(error).__name__})') from None
        except httpx.InvalidURL as error:
            raise SourceError(self._source, f'{url} is no address: {error}') from None
        if response.status_code in PASSING:
            raise _AgainError(f'HTTP {response.status_code}')
        if not response.is_success:
            words = ' '.join(response.text.split())[:_LONGEST_EXPLANATION]
            raise SourceError(self._source, f'{_shown(url)}: HTTP {response.status_code} {words}'.rstrip())
        return response


def _shown(url: str) -> str:
    return url.partition('?')[0]

"""What a service answered, and what it says when it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.values import Json, mapping

PASSING: Final = frozenset({429, 502, 503, 504})
"""Answers that are known to be different a little later."""

_LONGEST_EXPLANATION: Final = 400


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `uncertain`: an earlier try broke off and may have had its effect.

    `content` is what `text` was decoded from. Names of `headers` are lower-case.
    """

    status: int
    text: str
    body: Json = None
    words: str = ''
    tries: int = 1
    uncertain: bool = False
    wait: float | None = None
    content: bytes = b''
    headers: Mapping[str, str] = field(default_factory=dict)

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


def passing(reply: Reply) -> bool:
    """Whether an answer is known to be different a little later, at any service."""
    return reply.status in PASSING


def reply_of(response: httpx.Response) -> Reply:
    """The answer, parsed as far as it can be."""
    content = response.text
    body: Json = None
    if content[:1] in {'{', '[', '"'} or content[:1].isdigit() or content in {'true', 'false', 'null'}:
        try:
            body = json.loads(content)
        except ValueError:
            body = None
    words = _explanation(body) or content.strip()
    if response.is_redirect:
        words = f'redirected to {shown(response.headers.get("Location", "nowhere"))}'
    try:
        wait = max(0.0, float(response.headers.get('Retry-After', '')))
    except ValueError:
        wait = None
    words = ' '.join(words.split())[:_LONGEST_EXPLANATION]
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, content, body, words, wait=wait, content=response.content, headers=headers)


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


def shown(url: str) -> str:
    """An address without its question, which may hold what is nobody's business."""
    return url.partition('?')[0]

"""A request and an answer, as the handlers of all services see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """`path` begins below the service's own prefix; `body` is parsed JSON, form fields, or a text."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None

    @property
    def parts(self) -> list[str]:
        return [part for part in self.path.split('/') if part]

    @property
    def token(self) -> str | None:
        scheme, _, token = self.headers.get('Authorization', '').partition(' ')
        return token if scheme == 'Bearer' and token else None


@dataclass(frozen=True)
class Answer:
    """`body` is sent as JSON, a text as it is."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An answer that a handler ends with."""

    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        self.answer = Answer(status, body, headers)
        super().__init__(status)


def google_error(status: int, code: str, message: str, reason: str | None = None) -> Refusal:
    """An error as Google's APIs word it."""
    error: dict[str, Any] = {'code': status, 'message': message, 'status': code}
    if reason is not None:
        error['errors'] = [{'reason': reason, 'message': message}]
    return Refusal(status, {'error': error})

"""A request as it comes over HTTP, free of the framework that received it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Arrival:
    """`query` keeps repeated keys; the names in `headers` are lower-case."""

    method: str = 'GET'
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b''

    @classmethod
    def of(
        cls, method: str, query: Iterable[tuple[str, str]], headers: Iterable[tuple[str, str]], body: bytes
    ) -> Arrival:
        """An arrival with the names of its headers made lower-case."""
        return cls(method.upper(), tuple(query), {name.lower(): value for name, value in headers}, body)

    @property
    def content_type(self) -> str:
        """The type of the body in lower case, without parameters; empty when none is said."""
        return self.headers.get('content-type', '').partition(';')[0].strip().lower()

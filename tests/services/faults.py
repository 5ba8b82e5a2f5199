"""Faults by a script: which call fails, how often, and how."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """From the `nth` call that matches on, `times` calls are answered with `status` and `body`.

    `path` is a regular expression that is searched in the whole path, service included. `after`: the call has its
    effect first. `drop`: the connection is closed instead of an answer. `delay`: seconds before anything happens;
    alone, the call then goes on as usual.
    """

    path: str
    method: str | None = None
    nth: int = 1
    times: int = 1
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    drop: bool = False
    delay: float = 0.0
    seen: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Whether this call is struck; it is counted."""
        if (self.method is not None and self.method != method) or re.search(self.path, path) is None:
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Fault:
        """From JSON. Raises `TypeError` for unknown keys."""
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

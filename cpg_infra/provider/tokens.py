"""A token, wherever it comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A token and when it ends, in seconds since 1970."""

    value: str
    ends: float

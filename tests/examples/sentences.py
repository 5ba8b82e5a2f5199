"""What a resource says in words, and which of its inputs these stand for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """`words` followed by `members`; `said` are the inputs that the sentence stands for."""

    words: str
    members: tuple[str, ...]
    said: frozenset[str]

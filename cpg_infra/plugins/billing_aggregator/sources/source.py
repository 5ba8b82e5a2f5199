"""What all sources have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from cpg_infra.plugins.billing_aggregator.ledger.schema import LINES

Line = dict[str, object]
"""A source line by the columns of `ledger.schema.LINES`, but for its fingerprint, which the ledger makes."""

EMPTY: Final[Mapping[str, object]] = {name: None for name in LINES.names if name != 'line_hash'}


class SourceError(Exception):
    """A source is down, too slow, or tells what cannot be understood. The message names it."""

    def __init__(self, source: str, message: str) -> None:
        self.source = source
        super().__init__(f'{source}: {message}')


@dataclass(frozen=True, slots=True)
class Window:
    """What to read: times from `start` on and before `end`, UTC; or only these batches."""

    start: dt.datetime
    end: dt.datetime
    batches: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a source has for one scope: lines that it had and that are not here are gone."""

    scope: str
    lines: Iterable[Line]


@dataclass(slots=True)
class Notes:
    """What a source noticed, a sentence each: columns that came or went, pages that repeat."""

    said: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Note it, once."""
        if sentence not in self.said:
            self.said.append(sentence)


@dataclass(frozen=True, slots=True)
class Day:
    """An arrival day of the Google export, and how many rows it has."""

    day: dt.date
    rows: int


class Export(Protocol):
    """The Google export, wherever it lies; read by days of arrival."""

    def check(self, notes: Notes) -> None:
        """Raises `SourceError` when it lacks what is needed; notes other changes of its columns."""

    def days(self, first: dt.date, last: dt.date) -> list[Day]:
        """The arrival days from `first` to `last` that have rows, in order."""

    def stage(self, first: dt.date, last: dt.date) -> None:
        """Lay out the rows of these arrival days as `raw_gcp`."""


class Source(Protocol):
    """A source whose lines are kept in `lines` (all but the Google export)."""

    @property
    def name(self) -> str:
        """Its name: the prefix of its line ids."""

    @property
    def overlap(self) -> dt.timedelta:
        """How far behind its watermark it is read again."""

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        """Everything in the window, scope by scope. Raises `SourceError`."""

"""One parsed file: its value, and a way to find where each part of it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from cpg_infra.config.diagnostics import Diagnostic, Location, Path

Plain: TypeAlias = object
"""What a file holds: None, bool, int, float, str, a date or time (TOML), a list of plain values, or a dict
with text keys and plain values."""

MAX_DEPTH: Final = 64
"""Levels of nesting that are read. A configuration has about ten."""

Place: TypeAlias = tuple[int, int]
"""Line and column, counted from 1."""


class Places(Protocol):
    """Finds places in one file; does no work before it is asked."""

    def find(self, steps: Path, *, key: bool = False) -> Place:
        """The place of the value that `steps` lead to, or of the nearest value that contains it.

        With `key`, the place of its key where it has one.
        """
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be parsed; `faults` are those that left its value usable, such as a duplicate key."""

    file: str
    value: Plain
    places: Places
    faults: tuple[Diagnostic, ...] = ()

    def locate(self, steps: Path, *, key: bool = False) -> Location:
        """The location of the value that `steps` lead to, or of what contains it."""
        return Location(self.file, *self.places.find(steps, key=key))

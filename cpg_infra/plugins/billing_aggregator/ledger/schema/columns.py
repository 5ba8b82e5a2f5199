"""What tables and views are made of, as data. Types are GoogleSQL's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NUMERIC: Final = 'NUMERIC'
"""An exact decimal with 9 digits after the point; the only type that money is summed in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its GoogleSQL type, and what it holds."""

    name: str
    type: str
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `key`: the columns that no two rows share. `partition`: the column whose day partitions it."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: str | None = None
    cluster: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class View:
    """A view over the table `<name>_rows`, which a run refreshes for the days that it touched."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    day: str
    """The column by which it is refreshed."""

    @property
    def table(self) -> Table:
        """The table behind the view."""
        return Table(f'{self.name}_rows', self.meaning, self.columns, self.key, self.day)


def text(name: str, meaning: str, *, required: bool = False) -> Column:
    """A column of text."""
    return Column(name, 'STRING', meaning, required)


def time(name: str, meaning: str) -> Column:
    """A column of times, UTC."""
    return Column(name, 'TIMESTAMP', meaning)

"""What a ledger asks of the database that it lies in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from cpg_infra.plugins.billing_aggregator.ledger.schema import Column
from cpg_infra.plugins.billing_aggregator.ledger.sql import Dialect

Value: TypeAlias = str | int | float | bool | Decimal | dt.date | dt.datetime | None
"""A parameter. Times carry a zone."""

Row: TypeAlias = dict[str, Any]
"""A row by column. Times are in UTC, records are dicts, repeated records lists; NUMERIC is Decimal."""

Parameters: TypeAlias = Mapping[str, Value]


class Engine(Protocol):
    """A database. Statements are GoogleSQL's common subset (`ledger.sql`) and name tables as `schema` does.

    Every method raises `LedgerError`, in a sentence, when the database refuses.
    """

    @property
    def dialect(self) -> Dialect:
        """The dialect that statements are rendered for."""

    @property
    def alone(self) -> bool:
        """Nobody else can write while this engine is open."""

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """The rows of a query."""

    def read(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of a query one by one, however many there are; nothing else is asked until the last one."""

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement that changes rows."""

    def stage(self, name: str, sql: str, parameters: Parameters | None = None) -> None:
        """Make the stage table `name` anew from a query; nobody else sees it, and it ends with the engine."""

    def stage_rows(self, name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> int:
        """Make the stage table `name` anew from rows, which are taken one by one; says how many."""

    def transaction(self) -> AbstractContextManager[None]:
        """All statements inside or none of them. Raises `ConflictError` when another one came between."""

    def tidy(self) -> None:
        """Bring together what many loads have left behind. It takes a while and changes no row; once a week is enough."""

    def close(self) -> None:
        """Let go of the database."""

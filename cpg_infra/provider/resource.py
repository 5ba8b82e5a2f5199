"""What the servicer asks of each resource type, and what a type answers with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cpg_infra.provider.values import Properties


class RefusedError(Exception):
    """An operation did not happen; the text says why and what to do, and holds nothing secret."""


class PartlyDoneError(Exception):
    """Some of an operation happened. `outputs` is what exists now, `reasons` what does not, one sentence each."""

    def __init__(self, resource_id: str, outputs: Properties, reasons: Sequence[str]) -> None:
        self.resource_id = resource_id
        self.outputs = outputs
        self.reasons = tuple(reasons)
        super().__init__('; '.join(self.reasons))


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that cannot be. `path` is as people write it: `members[1]`."""

    path: str
    reason: str


class ChangeKind(StrEnum):
    """What happens to a property."""

    ADD = 'add'
    DELETE = 'delete'
    UPDATE = 'update'


@dataclass(frozen=True, slots=True)
class Change:
    """A property that an update changes. `of_inputs`: its path is one of the inputs, not of the outputs."""

    path: str
    kind: ChangeKind = ChangeKind.UPDATE
    replaces: bool = False
    of_inputs: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """What Pulumi's state holds of a resource. Inputs are empty when an old engine does not send them."""

    id: str
    inputs: Properties
    outputs: Properties


@dataclass(frozen=True, slots=True)
class Created:
    """A resource that exists now."""

    id: str
    outputs: Properties


class Report(Protocol):
    """Where a type tells people what it sees, beside the resource that it works on."""

    @property
    def urn(self) -> str:
        """The resource."""

    def info(self, message: str) -> None:
        """Something worth knowing."""

    def warning(self, message: str) -> None:
        """Something that somebody should look at."""

    def status(self, message: str) -> None:
        """What is going on now; shown while it lasts."""


class ResourceKind(Protocol):
    """One resource type.

    `check`, `diff` and `planned` call nobody. The others may raise `RefusedError`, when nothing was changed that the
    state must know, and `PartlyDoneError`.
    """

    def check(self, inputs: Properties) -> Iterable[Fault]:
        """Faults beyond the schema's; inputs may be unknown, or of a wrong type."""

    def diff(self, state: State, news: Properties) -> Iterable[Change]:
        """What an update to these inputs changes, measured against what exists rather than what was asked for."""

    def planned(self, state: State | None, news: Properties) -> Properties:
        """The outputs that a preview shows after a create (no state) or an update."""

    async def create(self, news: Properties, report: Report) -> Created:
        """Make it, or take over what exists."""

    async def update(self, state: State, news: Properties, report: Report) -> Properties:
        """Change it; the outputs afterwards."""

    async def read(self, state: State, report: Report) -> State | None:
        """What exists; None when it is gone. For an import `state` holds nothing but the id."""

    async def delete(self, state: State, report: Report) -> None:
        """Remove it, as far as this type ever removes anything."""

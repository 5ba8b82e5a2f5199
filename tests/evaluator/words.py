"""The words in which the evaluator answers. It has its own: nothing of the program that it judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

Plain = Any
"""Plain JSON, as a lowered resource holds it."""


class Can(StrEnum):
    """What somebody can do."""

    LIST = 'list'
    READ_METADATA = 'read metadata'
    READ = 'read'
    CREATE = 'create'
    OVERWRITE = 'overwrite'
    DELETE = 'delete'
    ADMINISTER = 'administer'
    ACT_AS = 'act as'
    MANAGE_KEYS = 'manage keys'
    CREATE_TOKENS = 'create tokens'
    INVOKE = 'invoke'
    USE = 'use'


class Ability(NamedTuple):
    """An operation on a part of a thing; the part is empty for the thing itself.

    A project has parts (`machines`, `logs`), so that two roles that only look are still told apart. On the thing that
    a role is given on, the part `every bucket` stands for the buckets in it.
    """

    part: str
    can: Can


class Thing(NamedTuple):
    """Something on a cloud: `gcp bucket lantern-alpha-main`."""

    cloud: str
    kind: str
    name: str


Abilities: TypeAlias = frozenset[Ability]
Table: TypeAlias = Mapping[tuple[str, Thing], Abilities]
"""Who, on what, can do what."""


class Request(NamedTuple):
    """What one may ask for: an ability, for so many seconds at a time, with so many approvals by these.

    `justified` says whether the reason must be written down.
    """

    ability: Ability
    seconds: int
    justified: bool
    approvals: int
    approvers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """Access as one side of the comparison sees it.

    `members` says who is directly in which group, `given` what was given to whom itself and on what itself,
    `effective` what follows of both, through groups and through what lies in what, for groups too;
    `requests` what may be asked for (effective as well).
    """

    members: Mapping[str, frozenset[str]]
    given: Table
    effective: Table
    requests: Mapping[tuple[str, Thing], frozenset[Request]]


@dataclass(slots=True)
class Gathering:
    """What one cloud's half finds in the resources: direct memberships, and abilities as they were given.

    `inside` says what lies in what. `asked` is like `given`, with the terms.
    """

    members: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    given: defaultdict[tuple[str, Thing], set[Ability]] = field(default_factory=lambda: defaultdict(set))
    asked: defaultdict[tuple[str, Thing], set[Request]] = field(default_factory=lambda: defaultdict(set))
    inside: defaultdict[Thing, set[Thing]] = field(default_factory=lambda: defaultdict(set))


def every(kind: str) -> str:
    """The part that stands for all things of a kind in a thing."""
    return f'every {kind}'

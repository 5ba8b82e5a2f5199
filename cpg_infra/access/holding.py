"""What somebody holds, and the way by which they hold it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeAlias

from cpg_infra.abstraction import OPERATIONS, Operation
from cpg_infra.plan import Entitlement, Grant, Membership, Role

Allowance: TypeAlias = Grant | Entitlement
"""What gives access: at once, or for a while to whoever asks."""


@dataclass(frozen=True, slots=True)
class Holding:
    """`principal` may do on `asset` what `role` allows.

    `on` is the key of the asset that the role was given on: `asset` itself, or the project that it lies in.
    `at_most` is set when access must be asked for, and is how long it lasts each time. `expires` is the last day,
    when every way to it rests on a membership that ends; the latest of them.
    """

    principal: str
    asset: str
    role: Role
    on: str
    condition: str | None = None
    at_most: dt.timedelta | None = None
    expires: dt.date | None = None

    @property
    def operations(self) -> frozenset[Operation]:
        """What the role allows."""
        return OPERATIONS[self.role]


@dataclass(frozen=True, slots=True)
class HoldingAsAccount:
    """`holding` is that of an account which `principal` may become, by `way`.

    Each step of the way is a holding of a role on an account: the first is the principal's own, each other that of the
    account before. It is an upper bound: who may only act as an account must find something that runs as it.
    """

    way: tuple[Holding, ...]
    holding: Holding

    @property
    def principal(self) -> str:
        """The key of who may become the account."""
        return self.way[0].principal

    @property
    def accounts(self) -> tuple[str, ...]:
        """The keys of the accounts on the way, as assets; the last one holds `holding`."""
        return tuple(step.asset for step in self.way)

    @property
    def expires(self) -> dt.date | None:
        """The last day on which all of it holds, None when none of it ends."""
        return min((each.expires for each in (*self.way, self.holding) if each.expires is not None), default=None)

    def sort_key(self) -> tuple[str, Role, str, str, tuple[str, ...]]:
        """By asset, role and way."""
        return self.holding.asset, self.holding.role, self.holding.on, self.holding.condition or '', self.accounts


@dataclass(frozen=True, slots=True)
class AccessPath:
    """One way to a holding: the memberships from the principal upwards, and what the last group was given.

    Without memberships the principal itself was given it.
    """

    memberships: tuple[Membership, ...]
    allowance: Allowance

    @property
    def groups(self) -> tuple[str, ...]:
        """The keys of the groups on the way, the one nearest to the principal first."""
        return tuple(membership.group for membership in self.memberships)

    @property
    def expires(self) -> dt.date | None:
        """The last day of the membership that ends first, None when none ends."""
        return min((each.expires for each in self.memberships if each.expires is not None), default=None)

"""What a driver asks for, in neutral words: bucket profiles, lifecycle rules, budgets, services."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ToColdStorage:
    """Objects move to the coldest storage class `days` after they were written."""

    days: int


@dataclass(frozen=True, slots=True)
class DeleteAfter:
    """Objects (under `prefix`, if there is one) are deleted `days` after they were written."""

    days: int
    prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Undelete:
    """Objects that were deleted or overwritten can be brought back for `days`."""

    days: int


LifecycleRule = ToColdStorage | DeleteAfter | Undelete


def in_words(rule: LifecycleRule) -> str:
    """A rule as a person says it: `delete after 8 days`."""
    if isinstance(rule, ToColdStorage):
        return f'to cold storage after {rule.days} days'
    if isinstance(rule, DeleteAfter):
        return f'delete after {rule.days} days' + (f' under {rule.prefix}' if rule.prefix is not None else '')
    return f'undelete for {rule.days} days'


@dataclass(frozen=True, slots=True)
class BucketProfile:
    """How a bucket keeps its objects.

    `versions` keeps what is overwritten, `autoclass` lets the cloud choose storage classes by use,
    `soft_delete` keeps the cloud's own safety net for deleted objects, `requester_pays` charges the reader.
    """

    versions: bool = True
    lifecycle: tuple[LifecycleRule, ...] = field(default=())
    autoclass: bool = False
    soft_delete: bool = True
    requester_pays: bool = False


class CloudService(StrEnum):
    """Something that a cloud must be told to enable in a project before it is used."""

    PROJECTS = 'projects'
    GROUPS = 'groups'
    SERVICE_USAGE = 'service-usage'
    SECRETS = 'secrets'
    CLUSTERS = 'clusters'
    BATCH = 'batch'
    BILLING = 'billing'
    BUDGETS = 'budgets'
    IDENTITIES = 'identities'
    TEMPORARY_ACCESS = 'temporary-access'


@dataclass(frozen=True, slots=True)
class Money:
    """A whole amount of a currency, for example 2000 AUD."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class MonthlyBudget:
    """Starts anew every month."""

    money: Money


@dataclass(frozen=True, slots=True)
class FixedBudget:
    """Counts from `start` and never starts anew."""

    money: Money
    start: dt.date


Budget = MonthlyBudget | FixedBudget


class RegistryFormat(StrEnum):
    """What a registry holds."""

    DOCKER = 'docker'
    PYTHON = 'python'


@dataclass(frozen=True, slots=True)
class TemporaryAccess:
    """Read access to a bucket that members of a group may ask for.

    At most `max_duration` at a time, with a written justification; `approvers` are addresses of groups, of
    whom `approvals` must agree, and `notify` addresses that hear of requests.
    """

    identifier: str
    max_duration: dt.timedelta
    approvers: tuple[str, ...] = ()
    approvals: int = 1
    notify: tuple[str, ...] = ()

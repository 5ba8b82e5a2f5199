"""Every condition under which a project is taken off its billing account. All must hold.

Each says, in a sentence, why it does not hold; None means that it does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_control.evidence import Evidence, Unknown
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Mode

FRESH: Final = dt.timedelta(hours=36)
"""Costs that are older confirm nothing."""

CONFIRMING: Final = Decimal('0.9')
"""Share of the notified cost that we must know of ourselves; exports lag behind budgets."""

ANNOUNCEMENTS: Final = 2
"""So often people are told before anything is done."""


class Reason(StrEnum):
    """The name of a condition that does not hold."""

    WITHIN_BUDGET = 'within-budget'
    UNKNOWN_PROJECT = 'unknown-project'
    PROTECTED = 'protected'
    OTHER_ACCOUNT = 'other-account'
    BUDGET_UNREADABLE = 'budget-unreadable'
    BUDGET_DIFFERS = 'budget-differs'
    OTHER_CURRENCY = 'other-currency'
    COST_UNREADABLE = 'cost-unreadable'
    COST_STALE = 'cost-stale'
    UNCONFIRMED = 'unconfirmed'
    BILLING_UNREADABLE = 'billing-unreadable'
    ALREADY_UNLINKED = 'already-unlinked'
    HISTORY_UNREADABLE = 'history-unreadable'
    SNOOZED = 'snoozed'
    GRACE = 'grace'
    NOT_ANNOUNCED = 'not-announced'
    MAX_PER_DAY = 'max-per-day'
    DRY_RUN = 'dry-run'


class Kind(StrEnum):
    """What it means that a condition does not hold."""

    REFUSAL = 'refusal'
    """It is known that nothing is to be done."""

    DOUBT = 'doubt'
    """It is not known what is to be done; somebody must look."""

    PENDING = 'pending'
    """Only time or a setting stands between: people are told what is coming."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`why_not` answers None when the condition holds."""

    reason: Reason
    kind: Kind
    holds_when: str
    why_not: Callable[[Evidence], str | None]


def _within_budget(known: Evidence) -> str | None:
    said = known.notification
    return None if said.cost > said.amount else f'{said.cost} of {said.amount} {said.currency} are spent'


def _unknown_project(known: Evidence) -> str | None:
    project = known.notification.project
    return None if project in known.policy.projects else f'{project} is no project of this configuration'


def _protected(known: Evidence) -> str | None:
    watched = known.policy.projects.get(known.notification.project)
    return None if watched is None or watched.protected is None else f'{watched.project}: {watched.protected}'


def _other_account(known: Evidence) -> str | None:
    ours = known.policy.account
    if known.notification.account != ours:
        return f'the budget is of the billing account {known.notification.account}, ours is {ours}'
    if isinstance(known.billing, Unknown) or not known.billing.enabled or known.billing.account == ours:
        return None
    return f'the project is billed to {known.billing.account}, not to {ours}'


def _budget_unreadable(known: Evidence) -> str | None:
    return known.budget.why if isinstance(known.budget, Unknown) else None


def _budget_differs(known: Evidence) -> str | None:
    said, read = known.notification, known.budget
    if isinstance(read, Unknown):
        return None
    if (read.identity, read.name) != (said.budget, said.project):
        return f'the budget is now called {read.name!r} ({read.identity}), the message says {said.project!r}'
    if read.amount != said.amount:
        return f'the budget is now {read.amount}, the message says {said.amount}'
    if len(read.projects) != 1:
        return f'the budget counts {len(read.projects)} projects, not one'
    return None


def _other_currency(known: Evidence) -> str | None:
    said = known.notification.currency
    found = {
        'the budget': None if isinstance(known.budget, Unknown) else known.budget.currency,
        'the cost that we know of': None if isinstance(known.spend, Unknown) else known.spend.currency,
    }
    for what, currency in found.items():
        if currency is not None and currency != said:
            return f'{what} is in {currency or "no currency"}, the message in {said}'
    return None


def _cost_unreadable(known: Evidence) -> str | None:
    return known.spend.why if isinstance(known.spend, Unknown) else None


def _cost_stale(known: Evidence) -> str | None:
    if isinstance(known.spend, Unknown) or known.now - known.spend.latest < FRESH:
        return None
    hours = (known.now - known.spend.latest) // dt.timedelta(hours=1)
    return f'the newest cost that we know of is {hours} hours old'


def _unconfirmed(known: Evidence) -> str | None:
    if isinstance(known.spend, Unknown) or known.spend.cost >= CONFIRMING * known.notification.cost:
        return None
    return f'we know of {known.spend.cost} of the {known.notification.cost} {known.notification.currency}'


def _billing_unreadable(known: Evidence) -> str | None:
    return known.billing.why if isinstance(known.billing, Unknown) else None


def _already_unlinked(known: Evidence) -> str | None:
    if isinstance(known.billing, Unknown) or known.billing.enabled:
        return None
    return f'{known.notification.project} has no billing account'


def _history_unreadable(known: Evidence) -> str | None:
    return known.history.why if isinstance(known.history, Unknown) else None


def _snoozed(known: Evidence) -> str | None:
    watched = known.policy.projects.get(known.notification.project)
    snooze = known.policy.snoozes.get(watched.dataset) if watched else None
    if snooze is None or known.now.date() > snooze.until:
        return None
    return f'left alone until {snooze.until}: {snooze.reason}'


def _grace(known: Evidence) -> str | None:
    if isinstance(known.history, Unknown):
        return None
    first = known.history.first_breach or known.now
    ends = first + known.policy.grace
    return None if known.now >= ends else f'until {ends:%Y-%m-%d %H:%M} UTC, since {first:%Y-%m-%d %H:%M}'


def _not_announced(known: Evidence) -> str | None:
    if isinstance(known.history, Unknown) or len(known.history.announced) >= ANNOUNCEMENTS:
        return None
    return f'people were told {len(known.history.announced)} of {ANNOUNCEMENTS} times'


def _max_per_day(known: Evidence) -> str | None:
    if isinstance(known.history, Unknown) or len(known.history.unlinked) < known.policy.max_per_day:
        return None
    done = ', '.join(sorted(known.history.unlinked)) or 'none'
    return f'at most {known.policy.max_per_day} in 24 hours; in the last 24 hours: {done}'


def _dry_run(known: Evidence) -> str | None:
    return None if known.policy.mode is Mode.ENFORCE else 'billing.gcp_cost_controls.mode is dry-run'


CONDITIONS: Final = (
    Condition(Reason.WITHIN_BUDGET, Kind.REFUSAL, 'the cost is above the budget', _within_budget),
    Condition(Reason.UNKNOWN_PROJECT, Kind.REFUSAL, 'the project is in the configuration', _unknown_project),
    Condition(Reason.PROTECTED, Kind.REFUSAL, 'it is not protected', _protected),
    Condition(Reason.OTHER_ACCOUNT, Kind.REFUSAL, 'budget and project are of our billing account', _other_account),
    Condition(Reason.BUDGET_UNREADABLE, Kind.DOUBT, 'the budget can be read again', _budget_unreadable),
    Condition(Reason.BUDGET_DIFFERS, Kind.REFUSAL, 'it is what the message says, for one project', _budget_differs),
    Condition(Reason.OTHER_CURRENCY, Kind.REFUSAL, 'budget and costs are in the message’s currency', _other_currency),
    Condition(Reason.COST_UNREADABLE, Kind.DOUBT, 'our own figures can be read', _cost_unreadable),
    Condition(Reason.COST_STALE, Kind.DOUBT, 'they are less than 36 hours old', _cost_stale),
    Condition(Reason.UNCONFIRMED, Kind.REFUSAL, 'they show at least 90 % of the cost', _unconfirmed),
    Condition(Reason.BILLING_UNREADABLE, Kind.DOUBT, 'the state of its billing can be read', _billing_unreadable),
    Condition(Reason.ALREADY_UNLINKED, Kind.REFUSAL, 'it has a billing account', _already_unlinked),
    Condition(Reason.HISTORY_UNREADABLE, Kind.DOUBT, 'earlier decisions can be read', _history_unreadable),
    Condition(Reason.SNOOZED, Kind.REFUSAL, 'nobody asked to leave it alone', _snoozed),
    Condition(Reason.GRACE, Kind.PENDING, 'the first breach is `grace_hours` ago', _grace),
    Condition(Reason.NOT_ANNOUNCED, Kind.PENDING, 'people were told twice', _not_announced),
    Condition(Reason.MAX_PER_DAY, Kind.PENDING, 'fewer than `max_per_day` in 24 hours', _max_per_day),
    Condition(Reason.DRY_RUN, Kind.PENDING, 'the mode is `enforce`', _dry_run),
)

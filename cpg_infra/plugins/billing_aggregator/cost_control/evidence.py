"""What is known when a decision is made, and what is not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from cpg_infra.plugins.billing_aggregator.cost_control.notification import Notification
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Policy
from cpg_infra.plugins.billing_aggregator.outside import BillingState, Budget


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something could not be read. It is never taken for empty, zero or "off"."""

    why: str


@dataclass(frozen=True, slots=True)
class Spend:
    """Net cost of a project since its budget began, as we know it ourselves. `latest`: the newest line of any project."""

    cost: Decimal
    currency: str
    latest: dt.datetime


@dataclass(frozen=True, slots=True)
class History:
    """What earlier decisions say, this message's own left out.

    `first_breach` and `announced` (when Slack took an announcement) are of this project and budget period;
    `unlinked` are all projects that were, or may have been, taken off their billing account in the last 24 hours.
    """

    first_breach: dt.datetime | None = None
    announced: tuple[dt.datetime, ...] = ()
    unlinked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. A decision is a function of this and nothing else."""

    now: dt.datetime
    notification: Notification
    policy: Policy
    budget: Budget | Unknown
    spend: Spend | Unknown
    history: History | Unknown
    billing: BillingState | Unknown

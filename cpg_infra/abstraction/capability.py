"""What a cloud can express, said before anything is planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Capability(StrEnum):
    """Intent that not every cloud can express."""

    ACCOUNT_KEYS = 'account-keys'
    ACT_AS = 'act-as'
    AUTOCLASS = 'autoclass'
    BATCH_WORKFLOWS = 'batch-workflows'
    CLUSTERS = 'clusters'
    FIXED_BUDGET = 'fixed-budget'
    INVOKE_SERVICE = 'invoke-service'
    NOTEBOOKS = 'notebooks'
    REQUESTER_PAYS = 'requester-pays'
    STRICT_APPEND = 'strict-append'
    TEMPORARY_ACCESS_FOR_MACHINES = 'temporary-access-for-machines'
    UNDELETE = 'undelete'


class Support(StrEnum):
    """How well a cloud expresses an intent."""

    EXACT = 'exact'
    APPROXIMATE = 'approximate'
    NONE = 'none'


@dataclass(frozen=True, slots=True)
class Expression:
    """How a cloud expresses a capability: how well, by what, and what differs."""

    support: Support
    by: str


def exact(by: str) -> Expression:
    """The cloud does just this."""
    return Expression(Support.EXACT, by)


def approximate(by: str) -> Expression:
    """The cloud does something near; `by` says what differs."""
    return Expression(Support.APPROXIMATE, by)


def unsupported(reason: str) -> Expression:
    """The cloud cannot do it."""
    return Expression(Support.NONE, reason)

"""What a cloud can express, said before anything is planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Capability(StrEnum):
    """Intent that a cloud expresses exactly, nearly or not at all: everything that a dataset can ask for."""

    PROJECT = 'project'
    SERVICE_ENABLEMENT = 'service-enablement'
    MONTHLY_BUDGET = 'monthly-budget'
    FIXED_BUDGET = 'fixed-budget'
    BUDGET_CURRENCY = 'budget-currency'
    BUCKET = 'bucket'
    COLD_STORAGE = 'cold-storage'
    DELETE_AFTER = 'delete-after'
    UNDELETE = 'undelete'
    AUTOCLASS = 'autoclass'
    REQUESTER_PAYS = 'requester-pays'
    LIST = 'list'
    READ = 'read'
    APPEND = 'append'
    MUTATE = 'mutate'
    LIST_EVERY_BUCKET = 'list-every-bucket'
    VIEW_PROJECT = 'view-project'
    BLOB = 'blob'
    GROUP = 'group'
    MACHINE_ACCOUNT = 'machine-account'
    ACCOUNT_KEYS = 'account-keys'
    ACT_AS = 'act-as'
    CREATE_TOKENS = 'create-tokens'
    FEDERATION = 'federation'
    SECRET = 'secret'
    REGISTRY = 'registry'
    PACKAGE_REGISTRY = 'package-registry'
    HAIL_ACCOUNTS = 'hail-accounts'
    METADATA_SIGN_IN = 'metadata-sign-in'
    TEMPORARY_ACCESS = 'temporary-access'
    TEMPORARY_ACCESS_FOR_MACHINES = 'temporary-access-for-machines'
    INVOKE_SERVICE = 'invoke-service'
    CLUSTERS = 'clusters'
    BATCH_WORKFLOWS = 'batch-workflows'
    NOTEBOOKS = 'notebooks'


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

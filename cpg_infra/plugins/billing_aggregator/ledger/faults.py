"""What goes wrong with a ledger, each as one sentence that a person can act on."""

from __future__ import annotations


class LedgerError(Exception):
    """The ledger cannot be used, or refuses what was asked. The message is the whole explanation."""


class InputError(LedgerError):
    """What was asked for, or a file that was given, is wrong."""


class NewerLedgerError(LedgerError):
    """The database was written by a newer version of this program."""


class LockedLedgerError(LedgerError):
    """Another process has the database open."""


class LeaseLostError(LedgerError):
    """Another run has taken over this source; nothing of ours was written after that."""


class ConflictError(LedgerError):
    """Two transactions wrote the same rows at once; doing ours again may help."""


class MissingExtraError(InputError):
    """A library of an extra is not installed."""

    def __init__(self, extra: str) -> None:
        super().__init__(f'the billing ledger needs a library that is not installed: pip install "cpg-infra[{extra}]"')

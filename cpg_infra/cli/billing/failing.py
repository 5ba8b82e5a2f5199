"""What a billing command says when it cannot do its work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from cpg_infra.cli.billing.options import BAD_INPUT, SOURCE_FAILED
from cpg_infra.cli.failures import reporting
from cpg_infra.cli.writing import note

EXTRAS: Final = {'duckdb': 'billing', 'google': 'bigquery', 'sqlglot': 'billing', 'tzdata': 'billing'}
"""What brings a library that the base install lacks."""


@contextmanager
def billing_reporting(folder: str) -> Iterator[None]:
    """Turn what goes wrong into one sentence each and the status of its kind."""
    with reporting(folder):
        try:
            yield
        except Exception as error:
            status = _status(error)
            if status is None:
                raise
            note(_said(error, folder))
            raise typer.Exit(status) from None


def _extra(error: Exception) -> str | None:
    """The extra that a missing library comes with."""
    library = error.name if isinstance(error, ModuleNotFoundError) else None
    return EXTRAS.get((library or '').partition('.')[0])


def _status(error: Exception) -> int | None:
    if _extra(error) is not None:
        return BAD_INPUT
    from cpg_infra.config import ConfigurationError
    from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError, LedgerError
    from cpg_infra.plugins.billing_aggregator.outside import OutsideError

    if isinstance(error, ConfigurationError | InputError):
        return BAD_INPUT
    return SOURCE_FAILED if isinstance(error, LedgerError | OutsideError) else None


def _said(error: Exception, folder: str) -> str:
    if (extra := _extra(error)) is not None:
        return f'the billing ledger needs a library that is not installed: pip install "cpg-infra[{extra}]"'
    from cpg_infra.config import ConfigurationError

    if isinstance(error, ConfigurationError):
        from cpg_infra.cli.remarks import count_remarks, lines_of

        return lines_of(error.diagnostics, folder) + count_remarks(error.diagnostics)
    return ' '.join(str(error).split())

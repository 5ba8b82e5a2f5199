"""`cpg-infra billing reconcile DIR`: does the ledger hold what the sources said?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import UNRECONCILED, DatabaseOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import show


class Format(StrEnum):
    """How balances are shown."""

    TEXT = 'text'
    JSON = 'json'


def reconcile(
    folder: FolderArgument = '.',
    month: Annotated[
        str | None,
        typer.Option('--month', metavar='YYYYMM', help='Only this invoice month, line by line and topic by topic.'),
    ] = None,
    format_: Annotated[Format, typer.Option('--format', help='Lines, or JSON with every difference.')] = Format.TEXT,
    database: DatabaseOption = None,
) -> None:
    """Check the ledger against what every source said, per invoice month and currency, to the last unit.

    Where it does not hold, the topics that differ are named: what they should carry, what they carry. That is worked
    out from the sources themselves, so it takes as long as reading a month.
    """
    with billing_reporting(folder):
        import datetime as dt
        import re

        from cpg_infra.cli.billing.balances import balances_json, balances_text, complete
        from cpg_infra.cli.billing.database import opened_ledger
        from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
        from cpg_infra.plugins.billing_aggregator.ledger.reconciling import balances, uneven_splits

        if month is not None and re.fullmatch(r'\d{4}(0[1-9]|1[0-2])', month) is None:
            raise InputError(f'--month: {month!r} is no month like 202701')
        with opened_ledger(folder, database, read_only=True) as ledger:
            uneven = uneven_splits(ledger.engine, month) if month else None
            found = balances(ledger.engine, months=(month, month) if month else None, uneven=uneven)
            if month is not None or not all(balance.ok for balance in found):
                found = complete(folder, ledger, found, dt.datetime.now(dt.UTC), all_open=month is not None)
        show(balances_json(found) if format_ is Format.JSON else balances_text(found))
        if not all(balance.ok for balance in found):
            raise typer.Exit(UNRECONCILED)

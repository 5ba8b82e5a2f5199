"""`cpg-infra billing reconcile DIR`: does the ledger hold what the sources said?"""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import UNRECONCILED, DatabaseOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import show


def reconcile(
    folder: FolderArgument = '.',
    month: Annotated[
        str | None, typer.Option('--month', metavar='YYYYMM', help='Only this invoice month, line by line.')
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Check the ledger against what every source said, per invoice month and currency, to the last unit."""
    with billing_reporting(folder):
        import re

        from cpg_infra.cli.billing.database import opened_ledger
        from cpg_infra.cli.remarks import amount
        from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
        from cpg_infra.plugins.billing_aggregator.ledger.reconciling import balances, uneven_splits

        if month is not None and re.fullmatch(r'\d{4}(0[1-9]|1[0-2])', month) is None:
            raise InputError(f'--month: {month!r} is no month like 202701')
        with opened_ledger(folder, database, read_only=True) as ledger:
            uneven = uneven_splits(ledger.engine, month) if month else None
            found = balances(ledger.engine, month=month, uneven=uneven)
        wrong = [balance for balance in found if not balance.ok]
        show(''.join(f'{balance}\n' for balance in found))
        if wrong:
            show(f'{amount(len(wrong), "balance")} of {len(found):,} NOT RECONCILED\n')
            raise typer.Exit(UNRECONCILED)
        show(f'{amount(len(found), "balance")}, all reconciled\n')

"""`cpg-infra billing focus DIR`: a month of the ledger as a FOCUS 1.3 file."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import DatabaseOption
from cpg_infra.cli.commands.billing.monthly import MonthOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import check_target, show


def focus(
    out: Annotated[
        str, typer.Option('--out', '-o', metavar='FILE', help='Write to this file, `….parquet` or `….csv`.')
    ],
    folder: FolderArgument = '.',
    month: MonthOption = None,
    database: DatabaseOption = None,
) -> None:
    """Export an invoice month. Its `BilledCost` sums to the ledger's net cost, to the last digit."""
    check_target(out)
    with billing_reporting(folder):
        import datetime as dt
        import os
        from pathlib import Path

        from cpg_infra.plugins.billing_aggregator.focus import FileFormat, export_focus
        from cpg_infra.plugins.billing_aggregator.focus.export import Accounts
        from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
        from cpg_infra.plugins.billing_aggregator.service.configured import load_configured
        from cpg_infra.plugins.billing_aggregator.tables import last_month, parse_month

        now = dt.datetime.now(dt.UTC)
        wanted = last_month(now) if month is None else parse_month(month, now)
        suffix = Path(out).suffix.removeprefix('.')
        if suffix not in [*FileFormat]:
            raise InputError(f'--out: {out} ends neither in .parquet nor in .csv')
        configured = load_configured(os.environ, folder, database)
        azure = configured.organisation.azure
        accounts = Accounts(configured.account, azure.subscription if azure else '')
        with configured.ledger(read_only=True) as ledger:
            done = export_focus(ledger, Path(out), wanted, accounts, configured.datasets.keys(), FileFormat(suffix))
        sums = '; '.join(f'{amount.normalize():f} {currency}' for currency, amount in done.billed.items()) or 'nothing'
        show(f'{wanted}: {done.rows:,} rows, {sums}\n')

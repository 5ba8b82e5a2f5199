"""`cpg-infra billing monthly DIR`: write the figures of a month."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import DatabaseOption, DryRunOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import show

MonthOption = Annotated[
    str | None,
    typer.Option('--month', metavar='YYYYMM', help='Invoice month.', show_default='the last complete one'),
]


def monthly(
    folder: FolderArgument = '.',
    month: MonthOption = None,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
) -> None:
    """Write the figures of a month, by dataset, storage and compute. A second time changes only what is new."""
    with billing_reporting(folder):
        import datetime as dt
        import os

        from cpg_infra.plugins.billing_aggregator.cost_report.wording import money
        from cpg_infra.plugins.billing_aggregator.service.configured import load_configured
        from cpg_infra.plugins.billing_aggregator.tables import last_month, parse_month, write_month

        now = dt.datetime.now(dt.UTC)
        wanted = last_month(now) if month is None else parse_month(month, now)
        with load_configured(os.environ, folder, database).ledger() as ledger:
            rows = write_month(ledger, wanted, now, dry_run=dry_run)
        show(''.join(f'{row.topic}, {row.category}: {money(row.net)} {row.currency}\n' for row in rows))
        show(f'{wanted}: {len(rows):,} rows{", nothing was written" if dry_run else ""}\n')

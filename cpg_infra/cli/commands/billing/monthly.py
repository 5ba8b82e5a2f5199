"""`cpg-infra billing monthly DIR`: write the figures of a month."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import SOURCE_FAILED, DatabaseOption, DryRunOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import note, show

MonthOption = Annotated[
    str | None,
    typer.Option('--month', metavar='YYYYMM', help='Invoice month.', show_default='the last complete one'),
]


def monthly(
    folder: FolderArgument = '.',
    month: MonthOption = None,
    dry_run: DryRunOption = False,
    spreadsheet: Annotated[
        bool, typer.Option(help='Write the spreadsheet too, where the configuration names one.')
    ] = True,
    database: DatabaseOption = None,
) -> None:
    """Write the figures of a month, by dataset, storage and compute. A second time changes only what is new.

    They go into the table, and then into the spreadsheet `billing.aggregator.billing_sheet_id`. When that fails, the
    table has them all the same.
    """
    with billing_reporting(folder):
        import datetime as dt
        import os

        from cpg_infra.cli.remarks import amount
        from cpg_infra.plugins.billing_aggregator.cost_report.wording import money
        from cpg_infra.plugins.billing_aggregator.service.configured import load_configured
        from cpg_infra.plugins.billing_aggregator.service.summarising import summarise
        from cpg_infra.plugins.billing_aggregator.tables import last_month, parse_month

        now = dt.datetime.now(dt.UTC)
        wanted = last_month(now) if month is None else parse_month(month, now)
        configured = load_configured(os.environ, folder, database)
        done = summarise(configured, wanted, now, dry_run=dry_run, spreadsheet=spreadsheet)
        show(''.join(f'{row.topic}, {row.category}: {money(row.net)} {row.currency}\n' for row in done.rows))
        show(f'{wanted}: {amount(len(done.rows), "row")}{", nothing was written" if dry_run else ""}\n')
        if (sheeted := done.sheeted) is not None:
            counts = f'{amount(sheeted.added, "new row")}, {sheeted.changed:,} changed, {sheeted.emptied:,} set to 0'
            show(f'spreadsheet, tab {sheeted.tab}: {counts}\n')
        if done.fault is not None:
            note(f'the table has {wanted}, and the spreadsheet has not: {done.fault}')
            raise typer.Exit(SOURCE_FAILED)

"""`cpg-infra billing budgets DIR`: write today's budgets into the ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import DatabaseOption, DryRunOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import show


def budgets(
    folder: FolderArgument = '.',
    offline: Annotated[
        bool, typer.Option('--offline', help='Take the configuration’s budgets only; ask Google for none.')
    ] = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
) -> None:
    """Write what every dataset may cost today: as Google says it, and as configured where Google says nothing."""
    with billing_reporting(folder):
        import datetime as dt
        import os

        from cpg_infra.plugins.billing_aggregator.outside import Budgets
        from cpg_infra.plugins.billing_aggregator.service.configured import load_configured
        from cpg_infra.plugins.billing_aggregator.tables import configured_budgets, told_budgets, write_budgets

        configured = load_configured(os.environ, folder, database)
        rows = configured_budgets(configured.organisation, configured.datasets)
        if not offline:
            with configured.http() as http:
                rows = told_budgets(rows, Budgets(http, configured.identity(http)).all(configured.account))
        if not dry_run:
            with configured.ledger() as ledger:
                write_budgets(ledger, rows, dt.datetime.now(dt.UTC))
        show(''.join(f'{row.topic} on {row.cloud}, {row.kind}: {row.amount:,} {row.currency}\n' for row in rows))
        show(f'{len(rows):,} budgets{", nothing was written" if dry_run else ""}\n')

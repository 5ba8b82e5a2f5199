"""`cpg-infra billing …`: one file per command."""

from __future__ import annotations

import typer

from cpg_infra.cli.commands.billing.aggregate import aggregate
from cpg_infra.cli.commands.billing.backfill import backfill
from cpg_infra.cli.commands.billing.budgets import budgets
from cpg_infra.cli.commands.billing.demo import demo
from cpg_infra.cli.commands.billing.focus import focus
from cpg_infra.cli.commands.billing.monthly import monthly
from cpg_infra.cli.commands.billing.reconcile import reconcile
from cpg_infra.cli.commands.billing.report import report

billing = typer.Typer(
    name='billing',
    help='What every dataset costs: the billing ledger.',
    epilog='Exit status: 0 all is well, 1 the ledger does not reconcile, 2 wrong usage or configuration, 3 a source failed.',
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (aggregate, backfill, reconcile, report, budgets, monthly, focus, demo):
    billing.command(no_args_is_help=False)(command)

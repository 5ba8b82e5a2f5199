"""`cpg-infra billing report DIR`: what every project cost this month, and which need a look."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import DatabaseOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import STANDARD_OUTPUT, check_target, write_file


class Format(StrEnum):
    """How the report is shown."""

    TEXT = 'text'
    SLACK = 'slack'
    HTML = 'html'


def report(
    folder: FolderArgument = '.',
    format_: Annotated[
        Format, typer.Option('--format', help='Lines, the blocks of Slack messages as JSON, or a page with plots.')
    ] = Format.TEXT,
    force: Annotated[bool, typer.Option('--force', help='Every project, as on Mondays.')] = False,
    ask_billing: Annotated[
        bool, typer.Option('--ask-billing', help='Ask Google which projects have a billing account.')
    ] = False,
    out: Annotated[
        str | None, typer.Option('--out', '-o', metavar='FILE', help='Write to this file; it is complete or absent.')
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Show the costs of this month and of the last 24 hours, by project.

    A project is flagged when it has spent more of its budget than has passed of the month, or in a day twice what a
    day may cost. Needs no network unless Google is asked.
    """
    check_target(out)
    with billing_reporting(folder):
        import datetime as dt
        import json
        import os

        from cpg_infra.plugins.billing_aggregator.cost_report import (
            billing_states,
            gather,
            make_report,
            messages,
            page,
            text,
        )
        from cpg_infra.plugins.billing_aggregator.service.configured import load_configured

        configured = load_configured(os.environ, folder, database)
        now = dt.datetime.now(dt.UTC)
        with configured.ledger(read_only=True) as ledger:
            figures = gather(ledger, now)
        states = {}
        if ask_billing:
            from cpg_infra.plugins.billing_aggregator.outside import CloudBilling

            with configured.http() as http:
                states = dict(
                    billing_states(CloudBilling(http, configured.identity(http)), configured.policy().projects)
                )
        made = make_report(figures, configured.known(states), now.astimezone(configured.zone), force=force)
        shown = {
            Format.TEXT: lambda: text(made),
            Format.SLACK: lambda: json.dumps(messages(made), indent=2, ensure_ascii=False) + '\n',
            Format.HTML: lambda: page(made),
        }
        write_file(out or STANDARD_OUTPUT, shown[format_]())

"""`cpg-infra billing backfill DIR`: read a long window anew, in pieces that can be resumed."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import DatabaseOption, DryRunOption, SourceOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import show


def backfill(
    first: Annotated[str, typer.Option('--from', metavar='DAY', help='First day that is read.')],
    last: Annotated[str, typer.Option('--to', metavar='DAY', help='Last day that is read.')],
    folder: FolderArgument = '.',
    source: SourceOption = None,
    resume: Annotated[
        bool, typer.Option('--resume', help='Go on after the last day that an interrupted back-fill has booked.')
    ] = False,
    adopt: Annotated[
        bool,
        typer.Option('--adopt', help='Take over rows of the time before the ledger: replace them, month by month.'),
    ] = False,
    reopen: Annotated[
        bool, typer.Option('--reopen', help='Split closed months anew too, with the proportions and topics of today.')
    ] = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
) -> None:
    """Read everything of a window anew and book what differs. For the Google export, days are days of arrival."""
    import datetime as dt

    with billing_reporting(folder):
        from cpg_infra.plugins.billing_aggregator.asking import parse_moment
        from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError

        now = dt.datetime.now(dt.UTC)
        begin = parse_moment(first, '--from')
        until = min(parse_moment(last, '--to') + dt.timedelta(days=1), now)
        if until <= begin:
            raise InputError(f'--to {last} is before --from {first}, or --from is in the future')
        if adopt and (source or resume):
            raise InputError(
                '--adopt takes over all sources of whole months; it goes with neither --source nor --resume'
            )
        from cpg_infra.cli.billing.outcomes import outcome_text, status_of
        from cpg_infra.cli.billing.session import session
        from cpg_infra.plugins.billing_aggregator.aggregate import Asked

        asked = Asked('adopt' if adopt else 'backfill', begin, until, reopen=reopen, resume=resume, dry=dry_run)
        with session(folder, database, now) as opened:
            outcomes = opened.run(asked, source)
        show(outcome_text(outcomes, dry=dry_run))
        if status := status_of(outcomes):
            raise typer.Exit(status)

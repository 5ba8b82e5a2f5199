"""`cpg-infra billing aggregate DIR`: read what is new, book it, reconcile it."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import DatabaseOption, DryRunOption, SourceOption
from cpg_infra.cli.parameters import FolderArgument
from cpg_infra.cli.writing import show


def aggregate(
    folder: FolderArgument = '.',
    source: SourceOption = None,
    start: Annotated[
        str | None,
        typer.Option(
            '--start', metavar='TIME', help='Read from here on; without an offset, UTC.', show_default='the watermark'
        ),
    ] = None,
    end: Annotated[
        str | None, typer.Option('--end', metavar='TIME', help='Read up to here.', show_default='now')
    ] = None,
    batch_id: Annotated[
        list[int] | None,
        typer.Option('--batch-id', metavar='NUMBER', min=1, help='Only this Hail batch; may be repeated.'),
    ] = None,
    retry_rejects: Annotated[
        bool, typer.Option('--retry-rejects', help='Read again what is in the dead letters, and nothing else.')
    ] = False,
    dry_run: DryRunOption = False,
    database: DatabaseOption = None,
) -> None:
    """Aggregate costs: each source goes on from where it was read and reconciled last."""
    import datetime as dt

    with billing_reporting(folder):
        from cpg_infra.plugins.billing_aggregator.asking import check_window, parse_moment
        from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError

        now = dt.datetime.now(dt.UTC)
        first = parse_moment(start, '--start') if start else None
        last = parse_moment(end, '--end') if end else None
        if batch_id and (first or last or retry_rejects):
            raise InputError('--batch-id names the batches; it goes with no window')
        if batch_id and source not in {None, 'hail'}:
            raise InputError(f'--batch-id is about hail, not about {source}')
        if retry_rejects and (first or last):
            raise InputError('--retry-rejects knows what to read again; it goes with no window')
        check_window(first, last, now)
        from cpg_infra.cli.billing.outcomes import outcome_text, status_of
        from cpg_infra.cli.billing.session import session
        from cpg_infra.plugins.billing_aggregator.aggregate import Asked

        asked = Asked('retry' if retry_rejects else 'aggregate', first, last, tuple(batch_id or ()), dry=dry_run)
        with session(folder, database, now) as opened:
            outcomes = opened.run(asked, source)
        show(outcome_text(outcomes, dry=dry_run))
        if status := status_of(outcomes):
            raise typer.Exit(status)

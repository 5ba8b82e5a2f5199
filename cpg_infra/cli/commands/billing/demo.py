"""`cpg-infra billing demo`: the whole pipeline on made-up costs."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.billing.failing import billing_reporting
from cpg_infra.cli.billing.options import UNRECONCILED
from cpg_infra.cli.writing import show


def demo(
    folder: Annotated[
        str | None,
        typer.Argument(
            metavar='DIR', help='An empty folder for all files.', show_default='a new folder for temporary files'
        ),
    ] = None,
    lines: Annotated[
        int, typer.Option('--lines', min=100, max=50_000_000, help='Lines of the Google export.')
    ] = 12_000,
    seed: Annotated[int, typer.Option('--seed', help='Other made-up costs.')] = 7,
) -> None:
    """Make up the costs of an organisation on two clouds, and book, reconcile and report them.

    Takes seconds, needs no network and no credentials. The folder holds the configuration, the exports, the ledger, the
    page of the report and a FOCUS file; every other billing command works on it.
    """
    with billing_reporting(folder or '.'):
        import datetime as dt
        import tempfile
        from pathlib import Path

        from cpg_infra.plugins.billing_aggregator.demo.run import Demo

        target = Path(folder) if folder else Path(tempfile.mkdtemp(prefix='cpg-billing-demo-'))
        good = Demo(target, dt.datetime.now(dt.UTC), lines, seed).run(lambda line: show(f'{line}\n'))
        if not good:
            raise typer.Exit(UNRECONCILED)

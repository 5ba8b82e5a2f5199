"""`cpg-infra validate DIR`: is this configuration one that can be planned?"""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.failures import FAULTY, reporting
from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.writing import show


def validate(
    folder: FolderArgument = '.',
    date: DateOption = None,
    quiet: Annotated[bool, typer.Option('--quiet', '-q', help='Show faults only, no warnings and no summary.')] = False,
) -> None:
    """Check a configuration and show every fault with its place.

    The plan is made too, so what `plan` would refuse is found here. Paths in messages start where DIR starts,
    so an editor or a terminal opens them from the current folder.
    """
    with reporting(folder):
        from cpg_infra.cli.planning import make_plan
        from cpg_infra.cli.remarks import amounts, count_remarks, lines_of
        from cpg_infra.config import ConfigurationError, Severity

        try:
            planned = make_plan(folder, chosen_date(date))
        except ConfigurationError as error:
            remarks = [remark for remark in error.diagnostics if not quiet or remark.severity is Severity.ERROR]
            show(lines_of(remarks, folder) + ('' if quiet else f'{count_remarks(remarks)}\n'))
            raise typer.Exit(FAULTY) from None
        if quiet:
            return
        loaded = planned.loaded
        of = amounts((len(loaded.datasets), 'dataset'), (len(loaded.organisation.users), 'user'))
        show(lines_of(planned.remarks, folder) + f'{of}: {count_remarks(planned.remarks)}\n')

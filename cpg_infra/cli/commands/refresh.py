"""`cpg-infra refresh DIR`: what is in the clouds, into the state."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.running.options import (
    BackendOption,
    DatasetOption,
    ExitcodeOption,
    Format,
    FormatOption,
    JobsOption,
    ParallelOption,
    StackOption,
)


def refresh(  # noqa: PLR0913, PLR0917 - one per option
    folder: FolderArgument = '.',
    stack: StackOption = 'production',
    dataset: DatasetOption = None,
    backend: BackendOption = None,
    date: DateOption = None,
    preview: Annotated[bool, typer.Option('--preview', help='Only show how the clouds differ from the state.')] = False,
    format_: FormatOption = Format.TEXT,
    detailed_exitcode: ExitcodeOption = False,
    parallel: ParallelOption = None,
    jobs: JobsOption = None,
) -> None:
    """Read everything in the stacks from the clouds and take it over into the state.

    The clouds are not changed. What was changed by hand is put right by the next `up`.
    """
    from cpg_infra.cli.running.session import Asked, session

    asked = Asked(folder, stack, dataset or (), backend, chosen_date(date), format_, parallel=parallel, jobs=jobs)
    with session(asked) as current:
        from cpg_infra.engine.automation import teardown

        take_over = teardown.preview_refresh if preview else teardown.refresh
        report = take_over(current.run, current.cli, current.teller)
        current.finish(report, detailed=detailed_exitcode, looked_only=preview, drift=True)

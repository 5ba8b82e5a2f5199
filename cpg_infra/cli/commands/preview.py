"""`cpg-infra preview DIR`: what a deployment would do."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.running.options import (
    AllOption,
    AllowOption,
    BackendOption,
    DatasetOption,
    ExitcodeOption,
    Format,
    FormatOption,
    JobsOption,
    ParallelOption,
    StackOption,
)
from cpg_infra.cli.writing import check_target


def preview(  # noqa: PLR0913, PLR0917 - one per option
    folder: FolderArgument = '.',
    stack: StackOption = 'production',
    dataset: DatasetOption = None,
    backend: BackendOption = None,
    date: DateOption = None,
    save: Annotated[
        str | None, typer.Option('--save', metavar='FILE', help='Write the preview to this file, for `up --plan`.')
    ] = None,
    allow_destroy: AllowOption = None,
    all_: AllOption = False,
    format_: FormatOption = Format.TEXT,
    detailed_exitcode: ExitcodeOption = False,
    parallel: ParallelOption = None,
    jobs: JobsOption = None,
) -> None:
    """Show what `up` would do, and what it would be refused for.

    The real engine compares the plan with the state of the stacks. Nothing is changed, in the clouds or in the
    state; a stack that does not exist yet is previewed as an empty one.
    """
    check_target(save)
    from cpg_infra.cli.running.session import Asked, session

    asked = Asked(
        folder, stack, dataset or (), backend, chosen_date(date), format_, allow_destroy or (), all_, parallel, jobs
    )
    with session(asked) as current:
        import dataclasses

        from cpg_infra.engine.automation.neighbours import orphans, refuse_other_layout
        from cpg_infra.engine.automation.rollout import preview as preview_all

        refuse_other_layout(current.run, current.all_shards, current.cli)
        looked, report = preview_all(current.run, current.cli, current.teller)
        if save is not None and report.is_previewed:
            from cpg_infra.cli.writing import write_file
            from cpg_infra.engine.automation.saved_preview import SavedPreview

            write_file(save, SavedPreview.of(current.planned.plan.hash, current.run, looked).to_bytes())
        report = dataclasses.replace(report, orphans=orphans(current.run, current.all_shards))
        current.finish(report, detailed=detailed_exitcode, looked_only=True)

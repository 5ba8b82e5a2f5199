"""`cpg-infra up DIR`: deploy."""

from __future__ import annotations

from pathlib import Path
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


def up(  # noqa: PLR0913, PLR0917 - one per option
    folder: FolderArgument = '.',
    stack: StackOption = 'production',
    dataset: DatasetOption = None,
    backend: BackendOption = None,
    date: DateOption = None,
    plan: Annotated[
        str | None,
        typer.Option(
            '--plan',
            metavar='FILE',
            help='Do what this preview (of `preview --save`) says, or nothing when anything differs.',
        ),
    ] = None,
    allow_destroy: AllowOption = None,
    all_: AllOption = False,
    format_: FormatOption = Format.TEXT,
    detailed_exitcode: ExitcodeOption = False,
    parallel: ParallelOption = None,
    jobs: JobsOption = None,
) -> None:
    """Deploy the configuration.

    Everything is previewed first and judged as a whole: too much taken away, or anything that holds data deleted or replaced, and nothing is touched. Stacks that have nothing new since their last successful run are left out.
    """
    from cpg_infra.cli.running.session import Asked, session

    asked = Asked(
        folder, stack, dataset or (), backend, chosen_date(date), format_, allow_destroy or (), all_, parallel, jobs
    )
    content = _read(plan)
    with session(asked) as current:
        import dataclasses

        from cpg_infra.engine.automation.neighbours import orphans, refuse_other_layout
        from cpg_infra.engine.automation.rollout import deploy

        saved = None
        if content is not None:
            from cpg_infra.engine.automation.saved_preview import SavedPreview

            saved = SavedPreview.from_bytes(content, current.planned.plan.hash)
        refuse_other_layout(current.run, current.all_shards, current.cli)
        report = deploy(current.run, current.cli, current.teller, saved)
        report = dataclasses.replace(report, orphans=orphans(current.run, current.all_shards))
        current.finish(report, detailed=detailed_exitcode, looked_only=False)


def _read(file: str | None) -> bytes | None:
    if file is None:
        return None
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f'{file}: {(error.strerror or str(error)).lower()}', param_hint='--plan') from None

"""`cpg-infra destroy DIR`: delete what the stacks hold."""

from __future__ import annotations

from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.running.options import (
    AllowOption,
    BackendOption,
    DatasetOption,
    ExitcodeOption,
    Format,
    FormatOption,
    ParallelOption,
    StackOption,
)


def destroy(  # noqa: PLR0913, PLR0917 - one per option
    folder: FolderArgument = '.',
    stack: StackOption = 'production',
    dataset: DatasetOption = None,
    backend: BackendOption = None,
    date: DateOption = None,
    allow_destroy: AllowOption = None,
    format_: FormatOption = Format.TEXT,
    detailed_exitcode: ExitcodeOption = False,
    parallel: ParallelOption = None,
) -> None:
    """Delete everything that the stacks hold.

    Refused until everything that holds data, is protected or lets many people in is named with --allow-destroy, and until the configuration allows that many removals. A dataset that the configuration does not have any more can be named too.
    """
    from cpg_infra.cli.running.session import Asked, session

    asked = Asked(
        folder, stack, dataset or (), backend, chosen_date(date), format_, allow_destroy or (), parallel=parallel
    )
    with session(asked, removed_too=True) as current:
        from cpg_infra.engine.automation import teardown

        report = teardown.destroy(current.run, current.cli, current.teller)
        current.finish(report, detailed=detailed_exitcode, looked_only=False)

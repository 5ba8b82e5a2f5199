"""`cpg-infra preview DIR`: what a deployment would do."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.running.asked import RUNNING, WHERE, Asked, asking
from cpg_infra.cli.writing import check_target


@asking(*WHERE, 'create', 'allow_destroy', 'everything', *RUNNING, 'jobs')
def preview(
    asked: Asked,
    save: Annotated[
        str | None, typer.Option('--save', metavar='FILE', help='Write the preview to this file, for `up --plan`.')
    ] = None,
) -> None:
    """Show what `up` would do, and what it would be refused for.

    The real engine compares the plan with the state of the stacks. Nothing is changed, in the clouds or in the
    state; a stack that does not exist yet is previewed as an empty one.
    """
    check_target(save)
    from cpg_infra.cli.running.session import session

    with session(asked) as current:
        import dataclasses

        from cpg_infra.engine.automation.neighbours import orphans, refuse_second
        from cpg_infra.engine.automation.rollout import preview as preview_all

        refuse_second(current.run, current.all_shards, current.cli, is_meant=asked.create)
        looked, report = preview_all(current.run, current.cli, current.teller)
        if save is not None and report.is_previewed:
            from cpg_infra.cli.writing import write_file
            from cpg_infra.engine.automation.saved_preview import SavedPreview

            write_file(save, SavedPreview.of(current.planned.plan.hash, current.run, looked).to_bytes())
        report = dataclasses.replace(report, orphans=orphans(current.run, current.all_shards))
        current.finish(report, detailed=asked.detailed_exitcode, looked_only=True)

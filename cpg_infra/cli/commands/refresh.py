"""`cpg-infra refresh DIR`: what is in the clouds, into the state."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.running.asked import RUNNING, WHERE, Asked, asking


@asking(*WHERE, *RUNNING, 'jobs')
def refresh(
    asked: Asked,
    preview: Annotated[bool, typer.Option('--preview', help='Only show how the clouds differ from the state.')] = False,
) -> None:
    """Read everything in the stacks from the clouds and take it over into the state.

    The clouds are not changed. What was changed by hand is put right by the next `up`.
    """
    from cpg_infra.cli.running.session import session

    with session(asked) as current:
        from cpg_infra.engine.automation import teardown

        take_over = teardown.preview_refresh if preview else teardown.refresh
        report = take_over(current.run, current.cli, current.teller)
        current.finish(report, detailed=asked.detailed_exitcode, looked_only=preview, drift=True)

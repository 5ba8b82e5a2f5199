"""`cpg-infra up DIR`: deploy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cpg_infra.cli.running.asked import RUNNING, WHERE, Asked, asking


@asking(*WHERE, 'create', 'allow_destroy', 'everything', *RUNNING, 'jobs')
def up(
    asked: Asked,
    plan: Annotated[
        str | None,
        typer.Option(
            '--plan',
            metavar='FILE',
            help='Do what this preview (of `preview --save`) says, or nothing when anything differs.',
        ),
    ] = None,
) -> None:
    """Deploy the configuration.

    Everything is previewed first and judged as a whole: too much taken away, or anything that holds data deleted or replaced, and nothing is touched. Stacks that have nothing new since their last successful run are left out.
    """
    from cpg_infra.cli.running.session import session

    content = _read(plan)
    with session(asked) as current:
        import dataclasses

        from cpg_infra.engine.automation.neighbours import orphans, refuse_second
        from cpg_infra.engine.automation.rollout import deploy

        saved = None
        if content is not None:
            from cpg_infra.engine.automation.saved_preview import SavedPreview

            saved = SavedPreview.from_bytes(content, current.planned.plan.hash)
        refuse_second(current.run, current.all_shards, current.cli, is_meant=asked.create)
        report = deploy(current.run, current.cli, current.teller, saved)
        report = dataclasses.replace(report, orphans=orphans(current.run, current.all_shards))
        current.finish(report, detailed=asked.detailed_exitcode, looked_only=False)


def _read(file: str | None) -> bytes | None:
    if file is None:
        return None
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f'{file}: {(error.strerror or str(error)).lower()}', param_hint='--plan') from None

"""`cpg-infra destroy DIR`: delete what the stacks hold."""

from __future__ import annotations

from cpg_infra.cli.running.asked import RUNNING, WHERE, Asked, asking


@asking(*WHERE, 'allow_destroy', *RUNNING)
def destroy(asked: Asked) -> None:
    """Delete everything that the stacks hold.

    Refused until everything that holds data, is protected or lets many people in is named with --allow-destroy, and until the configuration allows that many removals. A dataset that the configuration does not have any more can be named too.
    """
    from cpg_infra.cli.running.session import session

    with session(asked, removed_too=True) as current:
        from cpg_infra.engine.automation import teardown

        report = teardown.destroy(current.run, current.cli, current.teller)
        current.finish(report, detailed=asked.detailed_exitcode, looked_only=False)

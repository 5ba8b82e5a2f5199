"""`cpg-infra export DIR`: the state of the stacks, as JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from cpg_infra.cli.running.asked import WHERE, Asked, asking
from cpg_infra.cli.writing import check_target, show, write_file


@asking(*WHERE)
def export(
    asked: Asked,
    out: Annotated[
        str | None, typer.Option('--out', '-o', metavar='FILE', help='Write to this file; it is complete or absent.')
    ] = None,
) -> None:
    """Print the state of the stacks as JSON, by the name of the stack.

    Secrets in it stay encrypted. Each value is what `pulumi stack export` prints, and what `pulumi stack import` takes.
    """
    check_target(out)
    from cpg_infra.cli.running.session import session

    with session(asked) as current:
        import json

        from cpg_infra.engine.automation.neighbours import missing
        from cpg_infra.engine.automation.previews import read_states

        run = current.run
        states = read_states(run, current.cli)
        names = [shard.name for shard in run.shards]
        found = {run.place(name).stack: states[name].export for name in names if states[name].exists}
        if not found:
            raise missing(run, current.cli)
        content = json.dumps(found, indent=2, ensure_ascii=False) + '\n'
        if out is None:
            show(content)
        else:
            write_file(out, content)

"""`cpg-infra plan DIR`: everything that should exist, without any cloud."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cpg_infra.cli.failures import reporting
from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.writing import check_target, note, show, terminal_width, write_file


class Format(StrEnum):
    """How a plan is shown."""

    TEXT = 'text'
    JSON = 'json'


def plan(
    folder: FolderArgument = '.',
    dataset: Annotated[
        list[str] | None, typer.Option('--dataset', metavar='NAME', help='Only this dataset; may be repeated.')
    ] = None,
    cloud: Annotated[str | None, typer.Option('--cloud', metavar='NAME', help='Only what is on this cloud.')] = None,
    format_: Annotated[Format, typer.Option('--format', help='For people, or for programs.')] = Format.TEXT,
    out: Annotated[
        str | None, typer.Option('--out', '-o', metavar='FILE', help='Write to this file; it is complete or absent.')
    ] = None,
    date: DateOption = None,
    verbose: Annotated[
        bool, typer.Option('--verbose', '-v', help='Add each resource: type token, logical and physical name.')
    ] = False,
) -> None:
    """Show everything that should exist.

    Every resource with its real name, and who may do what with it, in words. Needs no cloud, no credentials and no Pulumi. Nothing is shown or written while the configuration has faults.
    """
    check_target(out)
    with reporting(folder):
        from cpg_infra.cli.planning import make_plan
        from cpg_infra.cli.remarks import amount, lines_of
        from cpg_infra.cli.selection import choose

        planned = make_plan(folder, chosen_date(date))
        selection = choose(planned, dataset or [], cloud)
        if format_ is Format.JSON:
            from cpg_infra.cli.plan_json import plan_json

            content: str | bytes = plan_json(planned, selection)
            # A text has its remarks at its end; JSON has only those of the plan.
            for line in lines_of(filter(selection.about, planned.remarks), folder).splitlines():
                note(line)
        else:
            from cpg_infra.cli.plan_text import plain, plan_lines

            lines = plan_lines(planned, selection, folder, verbose=verbose)
            width = None if out else terminal_width()
            if width is None:
                content = plain(lines)
            else:
                from cpg_infra.cli.plan_text.terminal import painted

                content = painted(lines, width)
        if out is None:
            show(content)
        else:
            write_file(out, content)
            note(f'{out}: the plan of {amount(len(planned.plan.resources), "resource")}')

"""`cpg-infra plan DIR`: everything that should exist, without any cloud."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cpg_infra.cli.failures import reporting
from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.writing import check_target, note, show, terminal_width, write_file

if TYPE_CHECKING:
    from cpg_infra.cli.plan_text.lines import Line
    from cpg_infra.cli.planning import Planned
    from cpg_infra.cli.selection import Selection


class Format(StrEnum):
    """How a plan is shown."""

    TEXT = 'text'
    JSON = 'json'
    MARKDOWN = 'markdown'


def plan(
    folder: FolderArgument = '.',
    dataset: Annotated[
        list[str] | None, typer.Option('--dataset', metavar='NAME', help='Only this dataset; may be repeated.')
    ] = None,
    cloud: Annotated[str | None, typer.Option('--cloud', metavar='NAME', help='Only what is on this cloud.')] = None,
    format_: Annotated[
        Format, typer.Option('--format', help='For people, for programs, or (with --parity) a page.')
    ] = Format.TEXT,
    out: Annotated[
        str | None, typer.Option('--out', '-o', metavar='FILE', help='Write to this file; it is complete or absent.')
    ] = None,
    date: DateOption = None,
    parity: Annotated[
        bool, typer.Option('--parity', help='Instead: what each intent becomes on each cloud, and every gap.')
    ] = False,
    verbose: Annotated[
        bool, typer.Option('--verbose', '-v', help='Add each resource: type token, logical and physical name.')
    ] = False,
) -> None:
    """Show everything that should exist.

    Every resource with its real name, and who may do what with it, in words. Needs no cloud, no credentials and no Pulumi. Nothing is shown or written while the configuration has faults.
    """
    check_target(out)
    if format_ is Format.MARKDOWN and not parity:
        raise typer.BadParameter('only the parity report is a page', param_hint='--format')
    if parity and (cloud is not None or verbose):
        raise typer.BadParameter('compares the clouds, and shows no resources', param_hint='--parity')
    with reporting(folder):
        from cpg_infra.cli.planning import make_plan
        from cpg_infra.cli.remarks import amount
        from cpg_infra.cli.selection import choose

        planned = make_plan(folder, chosen_date(date))
        selection = choose(planned, dataset or [], cloud)
        width = None if out else terminal_width()
        if parity:
            content: str | bytes = _parity(planned, selection, folder, format_, width)
        else:
            content = _plan(planned, selection, folder, format_, width, verbose=verbose)
        if out is None:
            show(content)
        else:
            write_file(out, content)
            what = 'the parity report' if parity else f'the plan of {amount(len(planned.plan.resources), "resource")}'
            note(f'{out}: {what}')


def _plan(
    planned: Planned, selection: Selection, folder: str, format_: Format, width: int | None, *, verbose: bool
) -> str | bytes:
    if format_ is Format.JSON:
        from cpg_infra.cli.plan_json import plan_json
        from cpg_infra.cli.remarks import lines_of

        # A text has its remarks at its end; JSON has only those of the plan.
        for line in lines_of(filter(selection.about, planned.remarks), folder).splitlines():
            note(line)
        return plan_json(planned, selection)
    from cpg_infra.cli.plan_text import plan_lines

    return _as_text(plan_lines(planned, selection, folder, verbose=verbose), width)


def _parity(planned: Planned, selection: Selection, folder: str, format_: Format, width: int | None) -> str:
    from cpg_infra.cli.parity import compare, parity_json, parity_lines, parity_markdown

    compared = compare(planned, selection, folder)
    if format_ is Format.JSON:
        return parity_json(compared)
    if format_ is Format.MARKDOWN:
        return parity_markdown(compared)
    return _as_text(parity_lines(compared), width)


def _as_text(lines: Iterable[Line], width: int | None) -> str:
    if width is None:
        from cpg_infra.cli.plan_text import plain

        return plain(lines)
    from cpg_infra.cli.plan_text.terminal import painted

    return painted(lines, width)

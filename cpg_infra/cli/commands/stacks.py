"""`cpg-infra stacks DIR`: the stacks of a configuration, their order, and which of them have anything new."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cpg_infra.cli.failures import reporting
from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.writing import show


class Format(StrEnum):
    """How stacks are listed."""

    TEXT = 'text'
    JSON = 'json'
    MATRIX = 'matrix'


def stacks(
    folder: FolderArgument = '.',
    changed: Annotated[
        str | None,
        typer.Option(
            '--changed',
            metavar='BASE',
            help='Only stacks that have anything new since BASE: a git revision, or another folder.',
        ),
    ] = None,
    dataset: Annotated[
        list[str] | None, typer.Option('--dataset', metavar='NAME', help='Only this dataset; may be repeated.')
    ] = None,
    format_: Annotated[
        Format, typer.Option('--format', help='For people, for programs, or as the matrix of a CI job.')
    ] = Format.TEXT,
    date: DateOption = None,
) -> None:
    """List the stacks that the configuration is deployed as, in an order in which they can run.

    Stacks of one level do not need each other. Needs no cloud, no credentials and no Pulumi.
    """
    with reporting(folder):
        from cpg_infra.cli.selection import choose
        from cpg_infra.cli.stacks_listing import list_stacks

        day = chosen_date(date)
        listing = list_stacks(folder, day, changed, lambda planned: choose(planned, dataset or [], None).datasets)
        show({Format.TEXT: listing.text, Format.JSON: listing.json, Format.MATRIX: listing.matrix}[format_]())

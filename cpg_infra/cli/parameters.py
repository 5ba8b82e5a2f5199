"""Arguments and options that several commands have."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeAlias

import typer

FolderArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar='DIR', help='Folder of the configuration.', show_default='the current folder')
]

DateOption: TypeAlias = Annotated[
    dt.datetime | None,
    typer.Option(
        '--date',
        formats=['%Y-%m-%d'],
        metavar='YYYY-MM-DD',
        help='Day for which memberships are taken to have ended or not.',
        show_default='today, UTC',
    ),
]


def chosen_date(date: dt.datetime | None) -> dt.date:
    """The day that was asked for, else today in UTC, as a Pulumi program takes it."""
    return (date or dt.datetime.now(dt.UTC)).date()

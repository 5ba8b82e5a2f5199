"""Options of the commands that run the engine."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, TypeAlias

import typer

CHANGES: Final = 2
"""Exit status with `--detailed-exitcode`: all is well, and something changed or would change."""


class Format(StrEnum):
    """How a run is told."""

    TEXT = 'text'
    JSON = 'json'


StackOption: TypeAlias = Annotated[
    str, typer.Option('--stack', metavar='NAME', help='Base name of the stacks.', show_default='production')
]
CreateOption: TypeAlias = Annotated[
    bool,
    typer.Option('--create', help='Make a stack of this name, although the project has others in this backend.'),
]
DatasetOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        '--dataset', metavar='NAME', help='Only the stacks of this dataset, or the stack of this name; may be repeated.'
    ),
]
BackendOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        '--backend',
        metavar='URL',
        help='Where state is kept: file://, gs://, s3://, azblob://, or a folder. Otherwise PULUMI_BACKEND_URL, '
        'otherwise the folder .pulumi-state in DIR.',
    ),
]
FormatOption: TypeAlias = Annotated[
    Format, typer.Option('--format', help='For people, or one event per line for programs.')
]
ExitcodeOption: TypeAlias = Annotated[
    bool, typer.Option('--detailed-exitcode', help='Exit status 0: no changes, 2: changes, 1: failure.')
]
AllOption: TypeAlias = Annotated[
    bool, typer.Option('--all', help='Run also stacks that have nothing new since their last successful run.')
]
AllowOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        '--allow-destroy',
        metavar='URN',
        help='Let exactly this be deleted or replaced although it holds data or lets many people in; may be repeated.',
    ),
]
ParallelOption: TypeAlias = Annotated[
    int | None, typer.Option('--parallel', metavar='N', min=1, help='Resources worked on at once, in each stack.')
]
JobsOption: TypeAlias = Annotated[
    int | None, typer.Option('--jobs', metavar='N', min=1, max=32, help='Stacks worked on at once.')
]

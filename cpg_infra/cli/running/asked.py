"""What a command that runs the engine is asked: one field per option, and which of them a command has.

An option that several commands have is described once. A command names those it takes, and is handed an `Asked`.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeAlias, get_type_hints

from cpg_infra.cli.parameters import DateOption, FolderArgument, chosen_date
from cpg_infra.cli.running.options import (
    AllOption,
    AllowOption,
    BackendOption,
    CreateOption,
    DatasetOption,
    ExitcodeOption,
    Format,
    FormatOption,
    JobsOption,
    ParallelOption,
    StackOption,
)

_Own = ParamSpec('_Own')
Command: TypeAlias = Callable[..., None]


@dataclass(frozen=True)
class Asked:
    """What the command line says; an option that a command does not have keeps its default."""

    folder: FolderArgument = '.'
    stack: StackOption = 'production'
    create: CreateOption = False
    dataset: DatasetOption = None
    backend: BackendOption = None
    date: DateOption = None
    allow_destroy: AllowOption = None
    everything: AllOption = False
    format: FormatOption = Format.TEXT
    detailed_exitcode: ExitcodeOption = False
    parallel: ParallelOption = None
    jobs: JobsOption = None

    @property
    def day(self) -> dt.date:
        """The day that the plan is made for."""
        return chosen_date(self.date)


WHERE: Final = ('folder', 'stack', 'dataset', 'backend', 'date')
"""Options of every command: which stacks, and where they are."""

RUNNING: Final = ('format', 'detailed_exitcode', 'parallel')
"""Options of every command that starts an operation."""

_SHARED: Final = get_type_hints(Asked, include_extras=True)


def asking(*options: str) -> Callable[[Callable[Concatenate[Asked, _Own], None]], Command]:
    """Give a command these options of `Asked`, before its own."""

    def decorate(command: Callable[Concatenate[Asked, _Own], None]) -> Command:
        _, *own = inspect.signature(command, eval_str=True).parameters.values()
        shared = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=getattr(Asked, name), annotation=_SHARED[name]
            )
            for name in options
        ]
        parameters = [*shared, *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own)]

        @wraps(command)
        def run(**given: object) -> None:
            asked = Asked(**{name: given.pop(name) for name in options})  # type: ignore[arg-type]  # as typer read them
            command(asked, **given)  # type: ignore[call-arg, arg-type]  # its own, by name

        # Typer reads the one or the other.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions have none until they are given one
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate

"""What a command says when it cannot do its work: sentences, never a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from cpg_infra.cli.writing import note

FAULTY: Final = 1
"""Exit status: the configuration has faults, or the work failed."""

SHOW_TRACEBACK: Final = 'CPG_INFRA_TRACEBACK'
"""Environment variable that lets an unexpected exception through, for those who mend the program."""


@contextmanager
def reporting(folder: str) -> Iterator[None]:
    """Turn what goes wrong with the configuration in `folder` into messages on standard error and status 1."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        said = _explained(error, folder)
        if said is None:
            if os.environ.get(SHOW_TRACEBACK):
                raise
            said = (
                f'cpg-infra: unexpected {type(error).__name__}: {_one_line(str(error))}\n'
                f'This is a defect of cpg-infra or of a plugin; {SHOW_TRACEBACK}=1 shows where.'
            )
        note(said)
        raise typer.Exit(FAULTY) from None


def _explained(error: Exception, folder: str) -> str | None:
    from cpg_infra.config import ConfigurationError
    from cpg_infra.plan import PlanError
    from cpg_infra.plugin import PluginError

    if isinstance(error, ConfigurationError):
        from cpg_infra.cli.remarks import count_remarks, lines_of

        return lines_of(error.diagnostics, folder) + count_remarks(error.diagnostics)
    if isinstance(error, PluginError):
        return _one_line(str(error))
    if isinstance(error, PlanError):
        return f'the plan contradicts itself: {_one_line(str(error))} (a defect of cpg-infra or of a plugin)'
    if isinstance(error, OSError):
        return f'{error.filename or "cpg-infra: cannot write"}: {(error.strerror or str(error)).lower()}'
    return None


def _one_line(text: str) -> str:
    return ' '.join(text.split())

"""Faults and remarks, each tied to the configuration value that it is about.

Nothing here prints: the command line decides how a diagnostic looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]
"""Where a value stands in the configuration.

The first step is `organisation` or `dataset`; the second step of the latter is the dataset's name:
`('organisation', 'gcp', 'region')`, `('dataset', 'alpha', 'members', 'analysis', 'ana')`.
An item of a list is named by its position, or (stable when the list is re-ordered) by its scalar value or
by its `id` or `name`.
"""

ORGANISATION: Path = ('organisation',)


def dataset_path(dataset: str, *steps: Step) -> Path:
    """The path of a value of `dataset`."""
    return ('dataset', dataset, *steps)


def organisation_path(*steps: Step) -> Path:
    """The path of a value of the organisation."""
    return ('organisation', *steps)


def show_path(path: Path) -> str:
    """A path as people write it: `alpha.depends_on[0]`, `gcp.region`."""
    text = ''
    for step in path[1:]:
        text += f'[{step}]' if isinstance(step, int) else f'.{step}' if text else step
    return text or 'organisation'


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. Lines and columns count from 1; 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f'{self.file}:{self.line}:{self.column}' if self.line else self.file


class Sources(Protocol):
    """Tells where configuration values were written."""

    def locate(self, path: Path, *, key: bool = False) -> Location | None:
        """The place of the value at `path`, or of the nearest value that contains it.

        With `key`, the place of its key where it has one. None when the configuration came from no file.
        """
        ...

    def files(self, path: Path) -> Mapping[str, bytes] | None:
        """The files of the folder that the value at `path` names, by their paths in it; None when there is none."""
        ...


class NoSources:
    """The sources of a configuration that was made in memory."""

    def locate(self, path: Path, *, key: bool = False) -> Location | None:
        """None: there is no file."""
        return None

    def files(self, path: Path) -> Mapping[str, bytes] | None:
        """None: there is no folder."""
        return None


class Severity(StrEnum):
    """How bad a diagnostic is; an error stops everything after it."""

    ERROR = 'error'
    WARNING = 'warning'
    INFO = 'info'


def _visible(character: str) -> str:
    # One line per remark, and nothing that a file holds may steer the reader's terminal.
    return character if character.isprintable() else ascii(character)[1:-1]


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark about the configuration.

    `code` is the stable name of the rule (`unknown-dataset`), `path` the value it is about, `suggestion` a
    near name or the way out. `location` is known when the value came from a file.
    """

    code: str
    message: str
    path: Path = ORGANISATION
    severity: Severity = Severity.ERROR
    suggestion: str | None = None
    location: Location | None = None

    def located(self, sources: Sources) -> Diagnostic:
        """The same diagnostic with its place filled in, if it has none and `sources` knows it."""
        if self.location is not None:
            return self
        location = sources.locate(self.path)
        if location is None:
            return self
        return Diagnostic(self.code, self.message, self.path, self.severity, self.suggestion, location)

    @property
    def subject(self) -> str:
        """The path of the value, as people write it."""
        return show_path(self.path)

    def __str__(self) -> str:
        place = f'{self.location}: ' if self.location else ''
        word = '' if self.severity is Severity.ERROR else f'{self.severity}: '
        end = f' ({self.suggestion})' if self.suggestion else ''
        subject = '' if self.path == ORGANISATION else f'{self.subject}: '
        text = f'{place}{word}{subject}{self.message}{end}'
        return text if text.isprintable() else ''.join(map(_visible, text))

    def sort_key(self) -> tuple[str, int, int, int, str, str, str]:
        """Order of a report: by place, then by path, the worst first."""
        at = self.location or Location('')
        return (at.file, at.line, at.column, _RANK[self.severity], self.subject, self.code, self.message)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in the order of a report, each once."""
    return tuple(sorted(set(diagnostics), key=Diagnostic.sort_key))


class ConfigurationError(Exception):
    """The configuration has faults; `diagnostics` lists every one of them, remarks included."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = in_order(diagnostics)
        super().__init__('\n'.join(str(diagnostic) for diagnostic in self.diagnostics))

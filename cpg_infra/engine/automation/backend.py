"""Where the state of stacks is kept, and who said so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

VARIABLE: Final = 'PULUMI_BACKEND_URL'
LOCAL: Final = '.pulumi-state'
"""The folder, beside the configuration, of a backend that nobody chose."""

_SCHEMES: Final = ('file', 'gs', 's3', 'azblob', 'postgres')
_FILE: Final = 'file://'


class BackendRefusedError(Exception):
    """A backend of a kind that we do not work with; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Backend:
    """An address as Pulumi takes it. `chosen_by` says where it comes from, in words."""

    url: str
    chosen_by: str

    @property
    def folder(self) -> Path | None:
        """The folder of a file backend."""
        if not self.url.startswith(_FILE):
            return None
        return Path(unquote(self.url.removeprefix(_FILE).partition('?')[0]))


def choose_backend(folder: str | Path, asked: str | None, environment: Mapping[str, str] = os.environ) -> Backend:
    """The backend that was asked for, else that of the environment, else a folder beside the configuration.

    The last is made when it is not there. Raises `BackendRefusedError`, and OSError when the folder cannot be made.
    """
    if asked:
        return Backend(_address(asked), '--backend')
    if set_ := environment.get(VARIABLE):
        return Backend(_address(set_), VARIABLE)
    local = Path(folder).resolve() / LOCAL
    local.mkdir(exist_ok=True)
    # A state is no source: it holds (encrypted) secrets and changes with every run.
    ignore = local / '.gitignore'
    if not ignore.exists():
        ignore.write_text('*\n', encoding='utf-8')
    return Backend(f'{_FILE}{local}', f'neither --backend nor {VARIABLE} is set')


def _address(text: str) -> str:
    scheme, separator, rest = text.partition('://')
    if not separator:
        return f'{_FILE}{Path(text).expanduser().resolve()}'
    if scheme not in _SCHEMES:
        known = ', '.join(f'{each}://' for each in _SCHEMES)
        raise BackendRefusedError(f'the backend {text} is none that keeps its own state: use one of {known}')
    if scheme != 'file':
        return text
    # The engine works in a folder of its own: what is relative is relative to where the command was given.
    path, mark, options = rest.partition('?')
    return f'{_FILE}{Path(path).expanduser().resolve()}{mark}{options}'

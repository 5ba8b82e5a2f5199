"""Where configuration files come from: a folder, or (`revision.py`) a git revision of one.

Only regular files are read, and no link that leads out of the folder is followed: a reviewer of the folder
has then seen everything that counts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from cpg_infra.config.diagnostics import Location
from cpg_infra.config.text import MAX_BYTES, refuse


class Kind(Enum):
    """What an entry of a folder is, links followed."""

    FILE = 'file'
    FOLDER = 'folder'
    LINK_OUTSIDE = 'link outside'
    BROKEN_LINK = 'broken link'
    OTHER = 'other'


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder."""

    name: str
    kind: Kind


class FileTree(Protocol):
    """A folder of files, read only. Paths are relative to it and separated by `/`."""

    def entries(self, folder: str = '') -> tuple[Entry, ...]:
        """What a folder of the tree holds, in the order of names.

        Raises `Refused` when it cannot be read.
        """
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file.

        Raises `Refused` when it cannot be read.
        """
        ...


class Folder:
    """A folder on disk."""

    def __init__(self, path: Path | str) -> None:
        self._root = Path(path)

    def entries(self, folder: str = '') -> tuple[Entry, ...]:
        """What a folder of the tree holds, in the order of names."""
        place = self._root / folder
        try:
            root = self._root.resolve(strict=True)
            with os.scandir(place) as found:
                return tuple(sorted((Entry(entry.name, _kind(entry, root)) for entry in found), key=_by_name))
        except (OSError, RuntimeError, ValueError) as error:
            raise refuse('unreadable', f'cannot read the folder: {_reason(error)}', Location(str(place))) from None

    def read(self, path: str) -> bytes:
        """The bytes of a file, at most one more than `MAX_BYTES`."""
        try:
            with (self._root / path).open('rb') as stream:
                return stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            raise refuse('unreadable', f'cannot read the file: {_reason(error)}', Location(path)) from None


def _by_name(entry: Entry) -> str:
    return entry.name


def _kind(entry: os.DirEntry[str], root: Path) -> Kind:
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve(strict=True)
            if not target.is_relative_to(root):
                return Kind.LINK_OUTSIDE
        return Kind.FILE if entry.is_file() else Kind.FOLDER if entry.is_dir() else Kind.OTHER
    except (OSError, RuntimeError):
        return Kind.BROKEN_LINK if entry.is_symlink() else Kind.OTHER


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) else None
    return (text or str(error)).lower()

"""The files of a folder that a value of the configuration names: the code of functions, for instance."""

from __future__ import annotations

import re
from typing import Final

from cpg_infra.config.diagnostics import Location
from cpg_infra.config.files import FileTree, Kind
from cpg_infra.config.text import refuse

INSIDE: Final = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*')
"""A path that leads nowhere but into the folder of the configuration."""
MOST_FILES: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Bytes of one folder, all files together."""
_LEFT_OUT: Final = frozenset({'__pycache__'})


def files_of(tree: FileTree, folder: str) -> dict[str, bytes]:
    """The files under `folder`, by their paths in it. Hidden ones and what Python compiled are left out.

    Raises `Refused` when there is no such folder, when it holds a link that leads out of the configuration, or when it
    is larger than any code of a function should be.
    """
    found: dict[str, bytes] = {}
    size = 0
    waiting = ['']
    while waiting:
        inside = waiting.pop()
        for entry in tree.entries(f'{folder}/{inside}'.rstrip('/')):
            if entry.name.startswith('.') or entry.name in _LEFT_OUT:
                continue
            path = f'{inside}{entry.name}'
            if entry.kind is Kind.FOLDER:
                waiting.append(f'{path}/')
                continue
            if entry.kind is not Kind.FILE:
                raise refuse('link', f'{folder}/{path} is no regular file of this configuration', Location(folder))
            found[path] = tree.read(f'{folder}/{path}')
            size += len(found[path])
            if len(found) > MOST_FILES or size > MOST_BYTES:
                raise refuse(
                    'too-large',
                    f'the folder {folder} has more than {MOST_FILES:,} files or {MOST_BYTES >> 20} MiB',
                    Location(folder),
                )
    return found

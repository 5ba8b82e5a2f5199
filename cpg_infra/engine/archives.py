"""Archives of a plan as files that the engine can read."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from cpg_infra.plan.archive import Archive


def file_of(archive: Archive) -> Path:
    """The archive as a file; it stays until this process ends, because the engine reads it when it pleases."""
    file = _folder() / f'{archive.sha256}.zip'
    if not file.exists():
        unfinished = file.with_suffix('.part')
        unfinished.write_bytes(archive.content)
        unfinished.replace(file)
    return file


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix='cpg-infra-archives-')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)

"""Where configuration values were written: the loader's implementation of `Sources`."""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.config.diagnostics import Location, Path
from cpg_infra.config.document import Document


class FileSources:
    """Joins the files of a configuration into one tree of places.

    A mount says that a path of the configuration, and everything under it, is written at some steps of a
    document. The longest mount wins, so `('dataset', 'alpha', 'members')` can lie in another file than
    `('dataset', 'alpha')`. Nothing is searched before a place is wanted.
    """

    def __init__(self) -> None:
        self._mounts: dict[Path, tuple[Document, Path]] = {}
        self._folders: dict[Path, Mapping[str, bytes]] = {}

    def mount(self, path: Path, document: Document, steps: Path = ()) -> None:
        """Say where `path` is written; a later mount of the same path replaces an earlier one."""
        self._mounts[path] = (document, steps)

    def attach(self, path: Path, files: Mapping[str, bytes]) -> None:
        """Say what is in the folder that the value at `path` names."""
        self._folders[path] = files

    def files(self, path: Path) -> Mapping[str, bytes] | None:
        """The files of the folder that the value at `path` names, by their paths in it; None when there is none."""
        return self._folders.get(path)

    def locate(self, path: Path, *, key: bool = False) -> Location | None:
        """The place of the value at `path`, or of the nearest value that contains it."""
        for length in range(len(path), -1, -1):
            found = self._mounts.get(path[:length])
            if found is not None:
                document, steps = found
                return document.locate(steps + path[length:], key=key)
        return None

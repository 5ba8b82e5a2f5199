"""A folder as it is in a git revision, read without touching the working tree.

Needs the `git` program. Links are followed inside the folder as they are on disk (`files.py`), and nowhere
else. Two processes list and read everything, however many files there are.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cpg_infra.config.diagnostics import Location
from cpg_infra.config.files import Entry, Kind
from cpg_infra.config.text import MAX_BYTES, Refused, refuse

_SECONDS = 60
_MOST_LINKS = 20
_CONFIGURATION = ('.yaml', '.yml', '.toml')
_QUIET = {'GIT_OPTIONAL_LOCKS': '0', 'GIT_TERMINAL_PROMPT': '0', 'GIT_NO_LAZY_FETCH': '1', 'LC_ALL': 'C'}
_LINK_MODE = '120000'
_DEEPEST = 2
"""Folders above the deepest file of the layout, `datasets/<dataset>/members.yaml`."""


@dataclass(frozen=True, slots=True)
class _Object:
    mode: str
    kind: str
    name: str
    size: int


_ROOT = _Object('040000', 'tree', '', 0)


class GitRevision:
    """The files of `folder` in `revision`, a commit, branch or tag of the repository that the folder is in."""

    def __init__(self, folder: Path | str, revision: str) -> None:
        self._folder = Path(folder)
        self._revision = revision

    def entries(self, folder: str = '') -> tuple[Entry, ...]:
        """What a folder of the tree holds, in the order of names."""
        real = self._real(folder)
        if real is None:
            raise refuse('unreadable', 'cannot read the folder: no such folder in the revision', Location(folder))
        return tuple(Entry(name, self._kind(posixpath.join(real, name))) for name in sorted(self._names.get(real, ())))

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        real = self._real(path)
        found = None if real is None else self._objects.get(real)
        if found is None or found.kind != 'blob':
            raise refuse('unreadable', 'cannot read the file: no such file in the revision', Location(path))
        if found.size > MAX_BYTES:
            raise refuse(
                'large-file', f'the file has {found.size:,} bytes; at most {MAX_BYTES:,} are read', Location(path)
            )
        content = self._contents.get(found.name)
        return self._git('cat-file', 'blob', found.name) if content is None else content

    @cached_property
    def _objects(self) -> dict[str, _Object]:
        listing = self._listing()
        objects: dict[str, _Object] = {}
        for line in listing.decode(errors='replace').split('\0'):
            if line:
                description, _, path = line.partition('\t')
                mode, kind, name, size = description.split()
                objects[path] = _Object(mode, kind, name, int(size) if size.isdigit() else 0)
        return objects

    def _listing(self) -> bytes:
        commit, prefix = self._commit, self._prefix
        try:
            return self._git('ls-tree', '-r', '-t', '-l', '-z', '--full-tree', f'{commit}:{prefix}')
        except Refused:
            raise refuse(
                'unreadable',
                f"cannot read the folder: it is not in revision '{self._revision}'",
                Location(str(self._folder)),
            ) from None

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in self._objects:
            folder, _, name = path.rpartition('/')
            names.setdefault(folder, []).append(name)
        return names

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """The bytes of everything that looks like configuration or is a link, by name of the object."""
        wanted = {
            found.name
            for path, found in self._objects.items()
            if found.kind == 'blob'
            and found.size <= MAX_BYTES
            and (found.mode == _LINK_MODE or (path.endswith(_CONFIGURATION) and path.count('/') <= _DEEPEST))
        }
        if not wanted:
            return {}
        answer = self._git('cat-file', '--batch', asked='\n'.join(sorted(wanted)) + '\n')
        contents: dict[str, bytes] = {}
        position = 0
        while position < len(answer):
            end = answer.index(b'\n', position)
            name, _, size = answer[position:end].split()
            start = end + 1
            contents[name.decode()] = answer[start : start + int(size)]
            position = start + int(size) + 1
        return contents

    def _kind(self, path: str) -> Kind:
        found = self._objects[path]
        if found.mode == _LINK_MODE:
            real = self._real(path)
            if real is None:
                return Kind.LINK_OUTSIDE if self._leaves(path) else Kind.BROKEN_LINK
            found = self._objects.get(real, _ROOT)
        return {'blob': Kind.FILE, 'tree': Kind.FOLDER}.get(found.kind, Kind.OTHER)

    def _target(self, path: str) -> str:
        target = self._contents.get(self._objects[path].name, b'').decode(errors='replace')
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))

    def _leaves(self, path: str) -> bool:
        target = self._target(path)
        return target.startswith(('../', '/')) or target == '..'

    def _real(self, path: str) -> str | None:
        """The path with its links followed; None when it leads nowhere or out of the folder."""
        for _ in range(_MOST_LINKS):
            parts = path.split('/') if path else []
            for length in range(1, len(parts) + 1):
                start = '/'.join(parts[:length])
                found = self._objects.get(start)
                if found is None:
                    return None
                if found.mode == _LINK_MODE:
                    if self._leaves(start):
                        return None
                    path = posixpath.normpath(posixpath.join(self._target(start), *parts[length:]))
                    path = '' if path == '.' else path
                    break
            else:
                return path
        return None

    @cached_property
    def _commit(self) -> str:
        try:
            answer = self._git('rev-parse', '--verify', '--quiet', '--end-of-options', f'{self._revision}^{{commit}}')
        except Refused as refused:
            if refused.diagnostic.code != 'git' or not self._is_repository:
                raise
            raise refuse('revision', f"git knows no revision '{self._revision}'", Location(str(self._folder))) from None
        return answer.decode().strip()

    @cached_property
    def _is_repository(self) -> bool:
        try:
            self._git('rev-parse', '--git-dir')
        except Refused:
            return False
        return True

    @cached_property
    def _prefix(self) -> str:
        """The folder's path in the repository, without a slash at its end."""
        top = Path(self._git('rev-parse', '--show-toplevel').decode().rstrip('\n'))
        prefix = self._folder.resolve().relative_to(top.resolve()).as_posix()
        return '' if prefix == '.' else prefix

    @cached_property
    def _start(self) -> Path:
        # The folder may exist in the revision and no longer on disk.
        folder = self._folder.resolve()
        return next((path for path in (folder, *folder.parents) if path.is_dir()), folder)

    def _git(self, *arguments: str, asked: str = '') -> bytes:
        try:
            return subprocess.run(  # noqa: S603 - a list of arguments, no shell
                ['git', '-C', str(self._start), *arguments],  # noqa: S607 - the user's own git
                input=asked.encode(),
                capture_output=True,
                check=True,
                timeout=_SECONDS,
                env={**os.environ, **_QUIET},
            ).stdout
        except FileNotFoundError:
            raise refuse('git', 'the program git is not installed', Location(str(self._folder))) from None
        except subprocess.TimeoutExpired:
            raise refuse('git', f'git took more than {_SECONDS} s', Location(str(self._folder))) from None
        except (subprocess.CalledProcessError, ValueError) as error:
            said = (
                error.stderr.decode(errors='replace')
                if isinstance(error, subprocess.CalledProcessError)
                else str(error)
            )
            reason = said.strip().splitlines()[0] if said.strip() else 'it gives no reason'
            raise refuse('git', f'git failed: {reason.removeprefix("fatal: ")}', Location(str(self._folder))) from None

"""Locks on a stack: who holds one, and whether they are still there.

A lock is a file with a process, a machine and a time; it has no expiry. It stays when its process is killed. Pulumi's
own `cancel` deletes it whether or not the other run is over, and stops nobody: so a lock is cleared by us only when it
is of this machine and its process is gone. About other machines we know nothing: a person must say.
"""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpg_infra.engine.automation.backend import Backend
from cpg_infra.engine.automation.failures import StackLockedError

_SAID: Final = re.compile(
    r'created by (?P<user>[^@\s]*)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)', re.IGNORECASE
)
_PROC: Final = Path('/proc')


@dataclass(frozen=True, slots=True)
class Lock:
    """Who has locked a stack, and since when."""

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f'{self.user}@{self.host} (process {self.pid}) since {self.since}'

    @property
    def is_abandoned(self) -> bool:
        """Whether it is of this machine and its process is gone."""
        return self.host == socket.gethostname() and not _is_engine(self.pid)


def locks_in_text(text: str) -> tuple[Lock, ...]:
    """The locks that an error of the engine names."""
    return tuple(Lock(each['user'], each['host'], int(each['pid']), each['since']) for each in _SAID.finditer(text))


def locks_in(backend: Backend, project: str, stack: str) -> tuple[Lock, ...]:
    """The locks on a stack of a file backend; for others the engine itself must be asked, by working on the stack."""
    if backend.folder is None:
        return ()
    folder = backend.folder / '.pulumi' / 'locks' / 'organization' / project / stack
    return tuple(lock for file in sorted(folder.glob('*.json')) if (lock := _read(file)) is not None)


def locked(locks: tuple[Lock, ...], backend: Backend, project: str, stack: str) -> StackLockedError:
    """What to say when somebody else holds the stack."""
    who = ' and '.join(map(str, locks)) or 'somebody'
    return StackLockedError(
        f'the stack {stack} is locked by {who}: wait for that run; if it is over, run '
        f'`PULUMI_BACKEND_URL={backend.url} pulumi cancel --yes organization/{project}/{stack}`'
    )


def _read(file: Path) -> Lock | None:
    try:
        found = json.loads(file.read_text(encoding='utf-8'))
        return Lock(
            str(found.get('username', '')), str(found.get('hostname', '')), int(found['pid']), str(found['timestamp'])
        )
    except FileNotFoundError:
        return None  # Its run ended just now.
    except (ValueError, KeyError, TypeError, AttributeError):
        return Lock('somebody', 'an unknown machine', 0, 'an unknown time')


def _is_engine(pid: int) -> bool:
    """Whether a process of this number is there, and is a Pulumi CLI as far as the system tells."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    command = _PROC / str(pid) / 'comm'
    try:
        # Numbers are used again, soon so in a container.
        return 'pulumi' in command.read_text(encoding='utf-8')
    except OSError:
        return not _PROC.is_dir()

"""The state of one simulated cloud: a file of JSON lines that several processes share.

Each line sets or removes one object: `{"key": "bucket lantern-main", "value": {…}}`, where the value null removes.
The last line of a key counts. A write appends, so it costs the same in a large cloud as in a small one, and a reader
takes in only what is new. All of it happens under a lock on the file; a line that a killed process left unfinished is
cut off by the next writer. People may append lines by hand: that is how a cloud drifts.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Thing: TypeAlias = Mapping[str, Any]
"""One object of a cloud. Replace it, never change it in place."""


class Journal:
    """One process's view of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._things: dict[str, Thing] = {}
        self._read_to = 0
        self._lock = threading.Lock()
        path.touch()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything as it is now; what is changed inside is written at the end, or not at all after an error."""
        with self._lock, self.path.open('r+b') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._catch_up(file.fileno())
            transaction = Transaction(self._things)
            try:
                yield transaction
            except BaseException:
                self._write(file.fileno(), transaction.even_so)
                raise
            self._write(file.fileno(), {**transaction.even_so, **transaction.changed})

    def things(self) -> dict[str, Thing]:
        """A copy of everything."""
        with self.transaction() as transaction:
            return dict(transaction.items())

    def _write(self, descriptor: int, changed: Mapping[str, Thing | None]) -> None:
        lines = [json.dumps({'key': key, 'value': value}, separators=(',', ':')) for key, value in changed.items()]
        if lines:
            # One write: a process that is killed has written all of it or, at worst, an unfinished line.
            os.pwrite(descriptor, ''.join(f'{line}\n' for line in lines).encode(), self._read_to)
            self._catch_up(descriptor)

    def _catch_up(self, descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        if size < self._read_to:  # Somebody began the cloud anew.
            self._things, self._read_to = {}, 0
        fresh = os.pread(descriptor, size - self._read_to, self._read_to)
        whole = fresh.rfind(b'\n') + 1
        for line in fresh[:whole].splitlines():
            entry = json.loads(line)
            if entry['value'] is None:
                self._things.pop(entry['key'], None)
            else:
                self._things[entry['key']] = entry['value']
        self._read_to += whole
        if whole < len(fresh):
            os.ftruncate(descriptor, self._read_to)


def births(path: Path) -> Counter[str]:
    """How often each object came to be: from its whole history, whatever anybody said about it."""
    found: Counter[str] = Counter()
    there: set[str] = set()
    for line in path.read_text(encoding='utf-8').splitlines():
        entry = json.loads(line)
        key = entry['key']
        if entry['value'] is None:
            there.discard(key)
        elif key not in there:
            there.add(key)
            found[key] += 1
    return found


class Transaction:
    """What one call sees and changes."""

    def __init__(self, things: Mapping[str, Thing]) -> None:
        self._things = things
        self.changed: dict[str, Thing | None] = {}
        self.even_so: dict[str, Thing | None] = {}
        """What is written after an error too."""

    def get(self, key: str) -> Thing | None:
        """The object, None when there is none."""
        return self.changed[key] if key in self.changed else self._things.get(key)

    def put(self, key: str, thing: Thing) -> None:
        """Set an object."""
        self.changed[key] = thing

    def remove(self, key: str) -> None:
        """Remove an object. One that is not there stays so."""
        if self.get(key) is not None:
            self.changed[key] = None

    def items(self) -> Iterator[tuple[str, Thing]]:
        """Every object, with its key."""
        for key, thing in {**self._things, **self.changed}.items():
            if thing is not None:
                yield key, thing

"""What a type sees of its cloud while it serves one call, and how a cloud says no."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.simulated_cloud.journal import Journal, Thing, Transaction


class Refused(Exception):
    """The cloud refuses. The text is as near to the real one as we know it."""


class World:
    """The things of one cloud, inside a transaction.

    A thing is kept under `<kind> <name>` and holds `type`, `id`, `inputs` (what can be set) and `outputs` (what the
    cloud adds). `lags` says of a new thing how often look-ups miss it before they see it. `settings` are those of the
    provider that serves the call.
    """

    def __init__(
        self,
        transaction: Transaction,
        lags: Callable[[str], int] = lambda _: 0,
        folder: Path | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.settings = settings or {}
        self._transaction = transaction
        self._lags = lags
        self._folder = folder

    def get(self, key: str) -> Thing | None:
        """A thing by its key, whether or not everybody sees it yet."""
        return self._transaction.get(key)

    def sees(self, key: str) -> Thing | None:
        """A thing as another service sees it: not at once, when its type lags."""
        thing = self._transaction.get(key)
        if thing is not None and (unseen := thing.get('unseen', 0)):
            # It was looked at, even when the look-up makes the call fail.
            self._transaction.even_so[key] = {**thing, 'unseen': unseen - 1}
            return None
        return thing

    def put(self, key: str, thing: Mapping[str, Any]) -> None:
        """Keep a thing."""
        if self._transaction.get(key) is None and (lag := self._lags(thing.get('type', ''))):
            thing = {**thing, 'unseen': lag}
        self._transaction.put(key, thing)

    def remove(self, key: str) -> None:
        """Forget a thing."""
        self._transaction.remove(key)

    def of_kind(self, kind: str) -> Iterator[tuple[str, Thing]]:
        """Names and things of one kind: of `bucket`, those kept under `bucket …`."""
        begin = f'{kind} '
        for key, thing in self._transaction.items():
            if key.startswith(begin):
                yield key.removeprefix(begin), thing

    def everything(self) -> Iterator[tuple[str, Thing]]:
        """Every thing, with its key."""
        return self._transaction.items()

    @contextmanager
    def elsewhere(self, cloud: str) -> Iterator[World]:
        """Another cloud, for a service that works on it. Only services do: two clouds that did would wait for each other."""
        if self._folder is None:
            raise LookupError(f'this world does not know where {cloud} is')
        with Journal(self._folder / f'{cloud}.jsonl').transaction() as transaction:
            yield World(transaction)

    def next_number(self) -> int:
        """1, 2, 3, …: the cloud's source of numbers and ids, so that two runs of a test agree."""
        number = int((self._transaction.get('counter') or {'value': 0})['value']) + 1
        self._transaction.put('counter', {'value': number})
        return number

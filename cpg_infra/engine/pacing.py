"""Registrations begin while the program still makes resources, and only so many are under way at once.

The SDK begins a registration when the event loop gets a turn, and a program that first makes everything gives it
none: the engine waits for the program, and what has been prepared for each resource lies in memory until it is its
turn, some 13 KB. So the loop gets turns on the way, and the program waits when it is far ahead of the engine.

A registration that waits for another one (a new Hail user takes minutes) is under way as well. When nothing moves, the
program goes on: what it makes next may be what the engine could be doing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import pulumi
from pulumi.runtime.sync_await import _sync_await

TURN: Final = 32
"""Resources between two turns of the event loop. Each turn costs about as much as making a resource."""

MOST: Final = 512
"""Registrations under way from which on the program waits: more than the engine is ever asked to work on at once."""

ENOUGH: Final = 384
"""Registrations under way down to which it waits then."""

STILL: Final = 0.5
"""Seconds without any registration coming to its end after which the program goes on."""


class UnderWay:
    """The registrations of one emission that have begun and not ended."""

    def __init__(self) -> None:
        self._pending: set[asyncio.Future[str | None]] = set()
        self._made = 0
        self._room = asyncio.Event()

    def add(self, resource: pulumi.Resource) -> None:
        """A resource was made. Takes turns, and waits, as described above."""
        registered = asyncio.ensure_future(resource.urn.future())
        self._pending.add(registered)
        registered.add_done_callback(self._ended)
        self._made += 1
        if self._made % TURN == 0:
            _sync_await(self._turn())

    async def all_ended(self) -> None:
        """Return when nothing is under way any more, whether it went well or not."""
        while self._pending:
            await asyncio.wait(self._pending)

    async def _turn(self) -> None:
        await asyncio.sleep(0)
        if len(self._pending) < MOST:
            return
        self._room.clear()
        while not self._room.is_set():
            before = len(self._pending)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), STILL)
            if len(self._pending) == before:
                return

    def _ended(self, registered: asyncio.Future[str | None]) -> None:
        # A registration that failed is reported where it failed; here it has merely ended.
        if not registered.cancelled():
            registered.exception()
        self._pending.discard(registered)
        if len(self._pending) <= ENOUGH:
            self._room.set()

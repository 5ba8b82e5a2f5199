"""Waiting for what a service has said it will do, or for a read that lags behind a write."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from cpg_infra.provider.settings import Settings

LAG: Final = 30.0
"""Seconds for which what was just made may be unknown to a read, as far as we wait for it."""

_LONGEST: Final = 10.0

_Found = TypeVar('_Found')


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long to wait, in seconds: for work to end, and for a read to catch up."""

    first: float
    work: float
    lag: float

    @classmethod
    def of(cls, settings: Settings) -> Waiting:
        """What the settings say."""
        return cls(settings.first_wait, settings.patience, min(LAG, settings.patience))

    def waits(self, most: float) -> list[float | None]:
        """The waits between looks, doubling, `most` seconds in all. None comes last: no further look."""
        waits: list[float | None] = []
        wait, total = self.first, 0.0
        while total < most:
            waits.append(wait)
            total += wait
            wait = min(2 * wait, _LONGEST)
        return [*waits, None]

    async def eventually(self, look: Callable[[], Awaitable[_Found | None]]) -> _Found | None:
        """Look until there is something, for as long as a read may lag."""
        for wait in self.waits(self.lag):
            found = await look()
            if found is not None or wait is None:
                return found
            await asyncio.sleep(wait)
        return None

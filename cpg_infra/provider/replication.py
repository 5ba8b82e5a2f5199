"""Waiting for a role that was assigned a moment ago and that the service does not know everywhere yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from cpg_infra.provider.cancelling import Cancelling
from cpg_infra.provider.reply import Reply
from cpg_infra.provider.resource import Report
from cpg_infra.provider.settings import Settings

_LONGEST: Final = 15.0
_FIRST: Final = 1.0


class Replication:
    """Tries again while a service says that the role is missing.

    The time counts from the first refusal at one place, whoever is refused there: many writes to a place where we
    have no role at all end together, not one after the other.
    """

    def __init__(self, cancelling: Cancelling, settings: Settings) -> None:
        self._cancelling = cancelling
        self._first = min(settings.first_wait, _FIRST)
        self._since: dict[str, float] = {}
        self.patience = settings.azure_role_timeout
        """Seconds."""

    async def admitted(
        self, place: str, send: Callable[[], Awaitable[Reply]], refused: Callable[[Reply], bool], report: Report
    ) -> Reply:
        """The first answer that is no refusal, or the last refusal when time is up or the run is being stopped."""
        stop = self._cancelling.current
        now = asyncio.get_running_loop().time
        wait = self._first
        while True:
            reply = await send()
            if not refused(reply):
                self._since.pop(place, None)
                return reply
            if now() - self._since.setdefault(place, now()) >= self.patience:
                return reply
            report.status(f'{place} does not let us in yet: a new role takes up to 10 minutes')
            if await self._cancelling.sleep(wait, stop):
                return reply
            wait = min(2 * wait, _LONGEST)

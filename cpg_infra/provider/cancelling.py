"""Being asked to stop.

Work that has begun is finished: half of it in the cloud and none of it in the state would be worse than a slow end.
Only waiting for somebody else, which may take minutes, is cut short.
"""

from __future__ import annotations

import asyncio


class Cancelling:
    """One event per run: what begins after a cancellation belongs to the next run."""

    def __init__(self) -> None:
        self.current = asyncio.Event()

    def cancel(self) -> None:
        """Cut the waits short that are going on now."""
        self.current.set()
        self.current = asyncio.Event()

    @staticmethod
    async def sleep(seconds: float, stop: asyncio.Event) -> bool:
        """Wait; true when it was cut short."""
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return False
        return True

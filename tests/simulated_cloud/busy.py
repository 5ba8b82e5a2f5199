"""Writes that are under way. Some services refuse a second one at the same place meanwhile, and do not queue it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.simulated_cloud.world import Refused

SECONDS: Final = 0.3
"""How long a write takes: so long that two which a plan does not put in order meet. Real ones take longer."""


class Busy:
    """The places that one provider's calls are writing to, each by the text with which a second call is refused."""

    def __init__(self) -> None:
        self._places: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def writing(self, place: str | None) -> Iterator[None]:
        """Hold a place for a while; None holds none. Raises `Refused` when it is held."""
        if place is None:
            yield
            return
        with self._lock:
            if place in self._places:
                raise Refused(place)
            self._places.add(place)
        try:
            time.sleep(SECONDS)
            yield
        finally:
            with self._lock:
                self._places.discard(place)

"""What a run may be asked for: the same rules for commands and for functions."""

from __future__ import annotations

import datetime as dt
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError

LONGEST: Final = dt.timedelta(days=400)
"""The longest window of one run."""


def parse_moment(text: str, what: str) -> dt.datetime:
    """A day or a time, ISO 8601; without an offset it is UTC. Raises `InputError`."""
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f'{what}: {text!r} is no date or time like 2027-01-31 or 2027-01-31T09:00') from None
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def check_window(start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> None:
    """Raises `InputError` for a window that ends before it begins, reaches into the future, or is too long."""
    last = end or now
    if start is not None and last <= start:
        raise InputError(f'end {last:%Y-%m-%dT%H:%M} is not after start {start:%Y-%m-%dT%H:%M}')
    if end is not None and end > now:
        raise InputError(f'end {end:%Y-%m-%dT%H:%M} is in the future')
    if start is not None and last - start > LONGEST:
        raise InputError(f'the window is longer than {LONGEST.days} days; `billing backfill` has no such limit')

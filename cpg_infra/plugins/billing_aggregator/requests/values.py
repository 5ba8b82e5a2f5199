"""One field's value, as text from a form or as JSON: read, or a fault."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Final

from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plugins.billing_aggregator.requests.faults import Faults
from cpg_infra.plugins.billing_aggregator.requests.fields import Fields

_FLAGS: Final = {'true': True, '1': True, 'yes': True, 'false': False, '0': False, 'no': False}
_LARGEST_ID: Final = 2**63


def instant(fields: Fields, name: str, faults: Faults) -> dt.datetime | None:
    """A moment in UTC. Without an offset it is taken to be UTC; a date is its midnight."""
    value = fields.get(name)
    if value is None:
        return None
    try:
        if not isinstance(value, str):
            raise TypeError
        moment = dt.datetime.fromisoformat(value)
        return (moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment).astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        faults.add(name, f'{_shown(value)} is no date or time (for example 2026-11-01 or 2026-11-01T06:00:00+11:00)')
        return None


def batch_ids(fields: Fields, name: str, faults: Faults) -> tuple[int, ...]:
    """Numbers of batches, ascending, each once: a list, or a text with commas."""
    value = fields.get(name)
    if value is None:
        return ()
    numbers: set[int] = set()
    given = value if isinstance(value, list) else [value]
    parts = [part for item in given for part in (item.split(',') if isinstance(item, str) else [item])]
    for part in parts:
        text = part.strip() if isinstance(part, str) else part
        if isinstance(text, str) and re.fullmatch(r'[0-9]{1,19}', text):
            text = int(text)
        if isinstance(text, int) and not isinstance(text, bool) and 0 < text < _LARGEST_ID:
            numbers.add(text)
        else:
            faults.add(name, f'{_shown(part)} is no number of a batch')
    if not parts:
        faults.add(name, 'is empty')
    return tuple(sorted(numbers))


def flag(fields: Fields, name: str, faults: Faults) -> bool:
    """True or false; false when it is not given."""
    value = fields.get(name, False)
    if isinstance(value, bool):
        return value
    found = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        faults.add(name, f'{_shown(value)} is neither true nor false')
    return bool(found)


def one_of(fields: Fields, name: str, known: Collection[str], faults: Faults) -> str | None:
    """One of the known words."""
    value = fields.get(name)
    if value is None or (isinstance(value, str) and value in known):
        return value
    near = did_you_mean(value, known) if isinstance(value, str) else None
    faults.add(name, f'{_shown(value)} is unknown ({near or "there are: " + ", ".join(sorted(known))})')
    return None


def month(fields: Fields, name: str, faults: Faults) -> dt.date | None:
    """The first day of a month that is given as `2026-11` or, as invoices do, `202611`."""
    value = fields.get(name)
    if value is None:
        return None
    found = re.fullmatch(r'(\d{4})-?(\d{2})', value) if isinstance(value, str) else None
    try:
        if found is None:
            raise ValueError(value)
        return dt.date(int(found[1]), int(found[2]), 1)
    except ValueError:
        faults.add(name, f'{_shown(value)} is no month (for example 2026-11)')
        return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + '…'  # noqa: PLR2004 - enough to recognise it

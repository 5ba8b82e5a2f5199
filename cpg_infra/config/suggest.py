"""Near names, for messages that say what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that is nearest to `name`, if one is near: at least `cutoff` alike, from 0 to 1."""
    # Comparing takes quadratic time; nothing of this length is a slip of the pen.
    if len(name) > _LONGEST:
        return None
    near = get_close_matches(name, sorted(known), n=1, cutoff=cutoff)
    return near[0] if near else None


def did_you_mean(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """`did you mean 'beta'?` when a known name is near, else None."""
    near = nearest(name, known, cutoff=cutoff)
    return f"did you mean '{near}'?" if near else None


_LONGEST = 100

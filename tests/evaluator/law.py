"""The law: what was lowered allows what was meant, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.evaluator.words import Access


def disagreements(lowered: Access, meant: Access) -> list[str]:
    """Each difference between the two, in a sentence; none when access is what was meant."""
    found: list[str] = []
    found += _differences('in group', lowered.members, meant.members)
    found += _differences('was given', lowered.given, meant.given)
    found += _differences('may', lowered.effective, meant.effective)
    found += _differences('may ask for', lowered.requests, meant.requests)
    return found


def _differences(
    what: str,
    lowered: Mapping[Any, frozenset[Any]],
    meant: Mapping[Any, frozenset[Any]],
) -> Iterator[str]:
    for key in sorted(lowered.keys() | meant.keys()):
        there, wanted = lowered.get(key, frozenset()), meant.get(key, frozenset())
        for verdict, difference in (('not meant', there - wanted), ('missing', wanted - there)):
            if difference:
                said = key if isinstance(key, str) else f'{key[0]} on {" ".join(key[1])}'
                yield f'{said} {what}: {verdict}: {", ".join(sorted(map(_say, difference)))}'


def _say(item: Any) -> str:
    return item if isinstance(item, str) else ' '.join(str(part) for part in item if part != '')

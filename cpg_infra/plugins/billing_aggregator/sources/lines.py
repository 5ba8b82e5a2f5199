"""Making lines: labels, times, amounts and fingerprints that all sources write alike."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping
from typing import Final

import orjson

from cpg_infra.plugins.billing_aggregator.sources.source import EMPTY, Line

LABELS_AT_MOST: Final = 64 * 1024
"""Bytes of a line's labels."""

_LABEL_AT_MOST: Final = 4096


def line(**given: object) -> Line:
    """A line; what is not given is null."""
    return {**EMPTY, 'gone': False, 'system_labels': '{}', 'cost_type': 'regular', **given}


def labels_json(ours: Mapping[str, object], theirs: Mapping[str, object] | None = None) -> str:
    """Labels as one JSON object with sorted keys. Ours win; theirs are cut where all would not fit in 64 KiB."""
    kept = {str(key): str(value) for key, value in (theirs or {}).items() if value is not None and value != ''}
    kept |= {key: str(value) for key, value in ours.items() if value is not None and value != ''}
    text = _json(kept)
    while len(text) > LABELS_AT_MOST:
        longest = max(kept, key=lambda key: (key not in ours, len(kept[key]), key))
        if len(kept[longest]) > _LABEL_AT_MOST:
            kept[longest] = kept[longest][:_LABEL_AT_MOST]
        else:
            del kept[longest]
        text = _json(kept)
    return text.decode()


def _json(labels: Mapping[str, str]) -> bytes:
    try:
        return orjson.dumps(labels, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        # Half a pair of surrogates, which JSON can name and UTF-8 cannot hold.
        return orjson.dumps({_whole(key): _whole(value) for key, value in labels.items()}, option=orjson.OPT_SORT_KEYS)


def _whole(text: str) -> str:
    return text.encode(errors='replace').decode()


def moment(value: object) -> dt.datetime | None:
    """A time as services write it: ISO 8601 (UTC without an offset), or milliseconds; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        if isinstance(value, int | float):
            return dt.datetime.fromtimestamp(value / 1000, dt.UTC)
        found = dt.datetime.fromisoformat(str(value).strip().removesuffix(' UTC'))
    except (ValueError, OverflowError, OSError):
        return None
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def amount(value: object) -> float | None:
    """A finite number, also from text; None for anything else."""
    try:
        found = float(value)  # type: ignore[arg-type]  # what it cannot take is caught
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def fingerprint(*parts: object) -> str:
    """SHA-256 of values, hexadecimal; each with its length, so that no two lists are alike."""
    text = ''.join(f'{len(str(part))}:{part}' for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()

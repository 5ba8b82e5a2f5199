"""Naming rules, as providers check them before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.simulated_cloud.wire import UNKNOWN

Wrong = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]


def named(key: str, pattern: str, *, never: str = '') -> Wrong:
    """The text under `key` must be all of `pattern` and must not contain a match of `never`."""

    def wrong(inputs: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        name = inputs.get(key)
        if not isinstance(name, str) or name == UNKNOWN:
            return
        if not re.fullmatch(pattern, name):
            yield key, f'{key!r} ({name!r}) does not match the regular expression {pattern!r}'
        elif never and re.search(never, name):
            yield key, f'{key!r} ({name!r}) must not match {never!r}'

    return wrong

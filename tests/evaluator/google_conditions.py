"""The part of Google's condition language that plans use: which resource a role counts for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tests.evaluator.boolean import Language


class Target(NamedTuple):
    """What a condition is asked about, with the names of Google's attributes.

    https://cloud.google.com/iam/docs/conditions-attribute-reference
    """

    service: str
    name: str


def _meaning(found: re.Match[str]) -> Callable[[Target], bool]:
    attribute, equal, unequal, start = found['attribute'], found['equal'], found['unequal'], found['start']
    if equal is not None:
        return lambda target: getattr(target, attribute) == equal
    if unequal is not None:
        return lambda target: getattr(target, attribute) != unequal
    return lambda target: getattr(target, attribute).startswith(start)


GOOGLE: Final[Language[Target]] = Language(
    re.compile(
        r'resource\.(?P<attribute>name|service)'
        r'(?:\s*==\s*"(?P<equal>[^"]*)"|\s*!=\s*"(?P<unequal>[^"]*)"|\.startsWith\(\s*"(?P<start>[^"]*)"\s*\))',
    ),
    _meaning,
)

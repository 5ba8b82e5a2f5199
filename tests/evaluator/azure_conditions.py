"""The part of Azure's condition language that plans use: which call a role assignment counts for.

https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from tests.evaluator.boolean import Language


class Call(NamedTuple):
    """What a condition is asked about: an action, and the suboperation if the call has one."""

    action: str
    suboperation: str = ''


def _meaning(found: re.Match[str]) -> Callable[[Call], bool]:
    wanted = found['wanted'].lower()
    if found['function'].lower() == 'actionmatches':
        return lambda call: fnmatchcase(call.action.lower(), wanted)
    return lambda call: call.suboperation.lower() == wanted


AZURE: Final[Language[Call]] = Language(
    re.compile(r"(?P<function>ActionMatches|SubOperationMatches)\s*\{\s*'(?P<wanted>[^']*)'\s*\}", re.IGNORECASE),
    _meaning,
)

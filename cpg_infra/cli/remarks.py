"""Diagnostics as lines: `production.yaml:41:7: alpha.depends_on: no dataset 'betta' (did you mean 'beta'?)`.

A place in a file is written so that it opens from the current folder: DIR as it was given, then the path inside.
Other forms for programs (annotations of a CI system, SARIF) would stand beside `lines_of`.
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from cpg_infra.config.diagnostics import Diagnostic, Location, Severity

_WORDS = {Severity.ERROR: 'fault', Severity.WARNING: 'warning', Severity.INFO: 'remark'}


def lines_of(remarks: Iterable[Diagnostic], folder: str) -> str:
    """One line per diagnostic, each with a line feed."""
    return ''.join(f'{dataclasses.replace(remark, location=opened(remark.location, folder))}\n' for remark in remarks)


def opened(location: Location | None, folder: str) -> Location | None:
    """A place in the configuration, as it is opened from the current folder."""
    if location is None:
        return None
    return Location(_path_of(location, folder), location.line, location.column)


def _path_of(location: Location, folder: str) -> str:
    root = str(Path(folder))
    inside = location.file
    # A folder that cannot be read is named whole already.
    if (
        not location.line
        and (inside == root or inside.startswith(root + os.sep))
        and not (Path(root) / inside).exists()
    ):
        return inside
    return str(Path(root) / inside)


def count_remarks(remarks: Iterable[Diagnostic]) -> str:
    """How many there are of each severity: `no faults, 2 warnings`."""
    counts = Counter(remark.severity for remark in remarks)
    words = [amount(counts[severity], word) for severity, word in _WORDS.items() if counts[severity]]
    return ', '.join(words if counts[Severity.ERROR] else ['no faults', *words])


def amount(count: int, word: str) -> str:
    """`1 dataset`, `1,200 datasets`."""
    return f'{count:,} {word if count == 1 else plural(word)}'


def amounts(*counted: tuple[int, str]) -> str:
    """Several amounts, in one phrase."""
    return ', '.join(amount(count, word) for count, word in counted)


def plural(word: str) -> str:
    """The plural of one of our words."""
    if word == 'person':
        return 'people'
    if word.endswith(('s', 'ss')):
        return f'{word}es' if word.endswith('ss') else word
    return f'{word[:-1]}ies' if word.endswith('y') and word[-2] not in 'aeiou' else f'{word}s'

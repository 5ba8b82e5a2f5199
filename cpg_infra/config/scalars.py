"""What a plain YAML scalar means: the core schema of YAML 1.2.

PyYAML follows YAML 1.1, where `NO` is false, `012` is ten, `1_000` a thousand and `12:30` seven hundred and
fifty. Here only `true` and `false` are truth values, `012` is twelve, and the others are text. Dates are text
too; the field that wants one reads it.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    '': None,
    '~': None,
    'null': None,
    'Null': None,
    'NULL': None,
    'true': True,
    'True': True,
    'TRUE': True,
    'false': False,
    'False': False,
    'FALSE': False,
}
_WHOLE = re.compile(r'[-+]?[0-9]+')
_OCTAL = re.compile(r'0o[0-7]+')
_HEXADECIMAL = re.compile(r'0x[0-9a-fA-F]+')
_NUMBER = re.compile(r'[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?')
_INFINITE = re.compile(r'[-+]?\.(inf|Inf|INF)')
_NOT_A_NUMBER = re.compile(r'\.(nan|NaN|NAN)')
_MAY_START_A_NUMBER = frozenset('0123456789+-.')

MAX_DIGITS = 100
"""Longest number that is read, in characters; Python itself refuses 4,300 digits."""


def resolve_plain(text: str) -> Scalar:
    """The value of a scalar written without quotes.

    Raises `OverflowError` for a number of more than `MAX_DIGITS` characters.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_START_A_NUMBER:
        return text
    value = _number(text)
    return text if value is None else value


def _number(text: str) -> int | float | None:
    if _INFINITE.fullmatch(text):
        return float('-inf') if text[0] == '-' else float('inf')
    if _NOT_A_NUMBER.fullmatch(text):
        return float('nan')
    for pattern, base in ((_WHOLE, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            _bounded(text)
            return int(text, base)
    if _NUMBER.fullmatch(text):
        _bounded(text)
        return float(text)
    return None


def _bounded(text: str) -> None:
    if len(text) > MAX_DIGITS:
        raise OverflowError(f'a number of {len(text):,} characters; at most {MAX_DIGITS} are read')


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with one of the core tags, given without its prefix (`str`, `int`).

    Raises `ValueError` when the text is not of that kind, `KeyError` when there is no such tag.
    """
    if tag == 'str':
        return text
    value = resolve_plain(text)
    kinds: dict[str, type | tuple[type, ...]] = {
        'null': type(None),
        'bool': bool,
        'int': int,
        'float': (int, float),
    }
    kind = kinds[tag]
    if not isinstance(value, kind) or (isinstance(value, bool) and tag != 'bool'):
        raise ValueError(f'{text!r} is not of the kind !!{tag}')
    return float(value) if tag == 'float' and value is not None and not isinstance(value, str) else value

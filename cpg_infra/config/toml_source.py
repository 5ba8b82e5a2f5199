"""Reads one TOML file. `tomllib` gives the values; places are found when they are asked for.

`tomllib` refuses duplicates but names only one place, so `toml_places.py` looks for the other.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property

from cpg_infra.config.diagnostics import Location, Path
from cpg_infra.config.document import MAX_DEPTH, Document, Place, Places, Plain
from cpg_infra.config.text import Refused, place_in, refuse

_AT = re.compile(r' \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$')
_LONG_NUMBER = re.compile(r'[0-9_]{4000,}')
_REPEATED = re.compile(r'Cannot (overwrite|declare|mutate)|twice|Duplicate')
_MAY_HAVE_LONG_KEYS = re.compile(rf'^(?:[^.\n]*\.){{{MAX_DEPTH}}}', re.MULTILINE)


def read_toml(file: str, text: str) -> Document:
    """The value of a TOML file, with the places of its parts.

    Raises `Refused` when the file cannot be parsed.
    """
    # tomllib takes quadratic time, and memory, for one key of very many parts.
    if _MAY_HAVE_LONG_KEYS.search(text):
        from cpg_infra.config.toml_places import first_long_key  # noqa: PLC0415 - most files have no such line

        place = first_long_key(text, MAX_DEPTH)
        if place is not None:
            raise _too_deep(file, place)
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(file, text, str(error)) from None
    except RecursionError:
        raise _too_deep(file, (1, 1)) from None
    except ValueError:
        # Python's own limit on the digits of a number; tomllib lets it through.
        digits = _LONG_NUMBER.search(text)
        place = place_in(text, digits.start()) if digits else (1, 1)
        raise refuse('not-toml', 'a number of thousands of digits', Location(file, *place)) from None
    if not value:
        raise refuse('empty-file', 'the file holds nothing but comments', Location(file, 1, 1))
    if _is_deep(value):
        raise _too_deep(file, (1, 1))
    return Document(file, value, TomlPlaces(text))


def _is_deep(value: Plain) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
        ]
        if not level:
            return False
    return True


def _too_deep(file: str, place: Place) -> Refused:
    return refuse('deep-nesting', f'more than {MAX_DEPTH} levels of nesting', Location(file, *place))


def _not_toml(file: str, text: str, problem: str) -> Refused:
    at = _AT.search(problem)
    message = problem[: at.start()] if at else problem
    end = place_in(text, len(text.rstrip()))
    place = (int(at['line']), int(at['column'])) if at and at['line'] else end
    if _REPEATED.search(message):
        from cpg_infra.config.toml_places import first_repetition  # noqa: PLC0415 - only for faults

        found = first_repetition(text)
        if found is not None:
            name, first, second = found
            return refuse(
                'duplicate-key',
                f"key '{name}' stands here again; it is first at {Location(file, *first)}",
                Location(file, *second),
                'keep one of the two',
            )
    return refuse('not-toml', f'not TOML: {message[:1].lower()}{message[1:]}', Location(file, *place))


class TomlPlaces:
    """Places in a TOML file. The grammar is loaded, and the file parsed again, when a place is first wanted."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _finder(self) -> Places:
        from cpg_infra.config.toml_places import index  # noqa: PLC0415 - a run without faults needs no places

        return index(self._text)

    def find(self, steps: Path, *, key: bool = False) -> Place:
        """The place of the value that `steps` lead to, or of the nearest value that contains it."""
        return self._finder.find(steps, key=key)

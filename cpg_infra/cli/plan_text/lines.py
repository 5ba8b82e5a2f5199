"""Lines of a report: what each one says and what part it plays, without how it looks."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, NamedTuple

LABEL_WIDTH: Final = 16
"""Columns of a label. Fixed, so that a longer name somewhere does not move every other line of a diff."""


class Look(Enum):
    """The part that a line plays."""

    TITLE = 'title'
    DATASET = 'dataset'
    COMPONENT = 'component'
    THING = 'thing'
    ACCESS = 'access'
    FACT = 'fact'
    RESOURCE = 'resource'
    WARNING = 'warning'
    BLANK = 'blank'


class Line(NamedTuple):
    """One line: how deep it stands, a label in a column of its own, a name, and the rest."""

    look: Look
    depth: int
    name: str
    rest: str = ''
    label: str = ''


BLANK: Final = Line(Look.BLANK, 0, '')


def words(line: Line) -> str:
    """A line without its depth."""
    text = f'{line.name}{gap(line)}{line.rest}'
    return f'{line.label:<{LABEL_WIDTH}} {text}' if line.label else text


def gap(line: Line) -> str:
    """What stands between a name and the rest."""
    if not line.name or not line.rest:
        return ''
    return ' ' if line.name.endswith(':') else '  '


def plain(lines: Iterable[Line]) -> str:
    """Text for files and pipes: no colours, no box characters, one thing a line."""
    return ''.join([f'{"  " * line.depth}{visible(words(line))}\n' for line in lines])


def visible(text: str) -> str:
    """The text with what does not print written out: no name may break a line or steer a terminal."""
    if text.isprintable():
        return text
    return ''.join(character if character.isprintable() else ascii(character)[1:-1] for character in text)

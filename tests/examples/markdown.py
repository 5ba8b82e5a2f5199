"""Reads the tables and code blocks of our own pages, so that tests can hold them against the program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.examples.lantern import ROOT

_CODE = re.compile(r'`([^`]+)`')


def page(name: str) -> str:
    """The text of a page, by its path in the repository."""
    return (ROOT / name).read_text(encoding='utf-8')


def tables(text: str, title: str) -> list[list[list[str]]]:
    """The tables of the section with this title: rows of cells, without the two lines of the head."""
    section = re.split(r'^#+ ', text, flags=re.MULTILINE)
    body = next(part for part in section if part.startswith(f'{title}\n'))
    found: list[list[list[str]]] = []
    inside = False
    for line in body.splitlines():
        if not line.startswith('|'):
            inside = False
            continue
        if not inside:
            found.append([])
        inside = True
        found[-1].append([cell.strip() for cell in line.strip('|').split('|')])
    return [rows[2:] for rows in found]


def code(cell: str) -> tuple[str, ...]:
    """The texts in back-quotes."""
    return tuple(_CODE.findall(cell))


def names(cell: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name.strip() for name in cell.split(',') if name.strip())


def blocks(text: str, language: str) -> Iterator[str]:
    """The code blocks in a language."""
    yield from re.findall(rf'^```{language}\n(.*?)^```$', text, flags=re.MULTILINE | re.DOTALL)

"""The parity report as Markdown: a table for each dataset."""

from __future__ import annotations

from collections.abc import Iterator

from cpg_infra.cli.parity.making import SUPPORT, Compared, counted, intent, things
from cpg_infra.driver.parity import CLOUDS, Row


def parity_markdown(compared: Compared) -> str:
    """A page with a heading for each dataset."""
    return ''.join(f'{line}\n' for line in _lines(compared))


def _lines(compared: Compared) -> Iterator[str]:
    yield f'# Parity: {compared.title.replace("  ", ", ")}'
    yield ''
    yield '| cloud | |'
    yield '| --- | --- |'
    for cloud in CLOUDS:
        yield f'| {cloud.value} | {compared.verdict(cloud)} |'
    for name, where, same, other in compared.sections():
        yield ''
        yield f'## {_cell(name)}, {where}'
        if same:
            yield ''
            yield f'Exact on {" and ".join(CLOUDS)}: {_cell(", ".join(counted(row) for row in same))}.'
        if other:
            yield ''
            yield f'| intent | of | asked for | {" | ".join(CLOUDS)} |'
            yield f'| --- | --- | --- |{" --- |" * len(CLOUDS)}'
        for row in other:
            cells = (intent(row), things(row), compared.asked(row), *_becomes(row))
            yield f'| {" | ".join(map(_cell, cells))} |'


def _becomes(row: Row) -> Iterator[str]:
    for cloud in CLOUDS:
        yield f'{SUPPORT[row.on[cloud].support]}: {row.on[cloud].by}'


def _cell(text: str) -> str:
    """A text that neither ends its cell nor formats it."""
    return ''.join(f'\\{each}' if each in '|`*_<>[]\\' else each for each in text)

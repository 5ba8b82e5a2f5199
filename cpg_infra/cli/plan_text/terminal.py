"""The same lines for a terminal: colours, guides instead of blanks, long lines wrapped under their beginning."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from rich.color import ColorSystem
from rich.style import Style

from cpg_infra.cli.plan_text.lines import LABEL_WIDTH, Line, Look, gap, visible

_PLAIN: Final = Style.null()
_QUIET: Final = Style.parse('bright_black')
_NAMES: Final = {
    Look.TITLE: Style.parse('bold'),
    Look.DATASET: Style.parse('bold green'),
    Look.COMPONENT: Style.parse('bold cyan'),
    Look.THING: Style.parse('bold'),
    Look.RESOURCE: _QUIET,
    Look.WARNING: Style.parse('yellow'),
}
_RESTS: Final = {
    Look.FACT: _QUIET,
    Look.RESOURCE: _QUIET,
    Look.WARNING: Style.parse('yellow'),
}
_NARROWEST: Final = 40


def painted(lines: Iterable[Line], width: int) -> str:
    """Text with ANSI colours for a terminal of `width` columns."""
    return ''.join(_paint(line, max(width, _NARROWEST)) for line in lines)


def _paint(line: Line, width: int) -> str:
    guides = '│ ' * line.depth
    label = f'{line.label:<{LABEL_WIDTH}} ' if line.label else ''
    name, rest = visible(line.name), visible(line.rest)
    text = f'{label}{name}{gap(line)}{rest}'
    hanging = ' ' * (len(label) or 2)
    rows = textwrap.wrap(
        text,
        width - len(guides),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    ) or ['']
    shown = []
    for number, row in enumerate(rows):
        begin = _style(_QUIET, guides)
        if number:
            shown.append(begin + _style(_RESTS.get(line.look, _PLAIN), row))
            continue
        head, tail = row[: len(label)], row[len(label) :]
        named, other = (tail[: len(name)], tail[len(name) :]) if name else ('', tail)
        shown.append(
            begin
            + _style(_QUIET, head)
            + _style(_NAMES.get(line.look, _PLAIN), named)
            + _style(_RESTS.get(line.look, _PLAIN), other)
        )
    return '\n'.join(shown) + '\n'


def _style(style: Style, text: str) -> str:
    return style.render(text, color_system=ColorSystem.STANDARD) if text else ''

"""Bounds on a YAML file, so that a hostile one is refused in time proportional to its size.

libyaml composes nested nodes by recursion in C, and an alias of an alias of an alias stands for
exponentially many values. Neither may reach the code that walks values.
"""

from __future__ import annotations

import re

from yaml import events
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, SequenceNode

from cpg_infra.config.diagnostics import Location
from cpg_infra.config.document import MAX_DEPTH
from cpg_infra.config.text import refuse

MAX_ALIASED = 100_000
"""Values that the aliases of one file may stand for, together."""

_MANY_BRACKETS = 2_000
_DEEP_LINE = re.compile(r'^[ ?:-]{400}|^.{10000}', re.MULTILINE)


def check_nesting(file: str, text: str) -> None:
    """Refuse more than `MAX_DEPTH` levels before anything recurses.

    Most files cannot nest deeply, as counting brackets and indentation shows; only the others are parsed
    once more, event by event. Raises `Refused`, or the parser's own error.
    """
    if text.count('[') + text.count('{') < _MANY_BRACKETS and not _DEEP_LINE.search(text):
        return
    parser = CParser(text)
    depth = 0
    while parser.check_event():
        event = parser.get_event()
        if isinstance(event, events.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                assert mark is not None  # noqa: S101 - the stubs are shared with events made by hand
                raise refuse(
                    'deep-nesting',
                    f'more than {MAX_DEPTH} levels of nesting',
                    Location(file, mark.line + 1, mark.column + 1),
                )
        elif isinstance(event, events.CollectionEndEvent):
            depth -= 1


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, SequenceNode) else []


def check_aliases(file: str, root: Node) -> None:
    """Refuse aliases that contain themselves, nest too deeply or stand for too many values.

    Raises `Refused`. Takes time proportional to the nodes written in the file.
    """
    sizes: dict[int, tuple[int, int]] = {}
    open_nodes: set[int] = set()
    written = 0
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        name = id(node)
        if leaving:
            open_nodes.discard(name)
            inner = [sizes[id(child)] for child in _children(node)]
            sizes[name] = 1 + sum(size for size, _ in inner), 1 + max((height for _, height in inner), default=0)
            continue
        if name in open_nodes:
            raise _refused(file, node, 'an anchor that contains an alias of itself')
        if name in sizes:
            continue
        written += 1
        open_nodes.add(name)
        stack.append((node, True))
        stack.extend((child, False) for child in _children(node))
    size, height = sizes[id(root)]
    if height > MAX_DEPTH:
        raise _refused(file, root, f'aliases make more than {MAX_DEPTH} levels of nesting')
    if size - written > MAX_ALIASED:
        raise _refused(file, root, f'aliases stand for more than {MAX_ALIASED:,} values')


def _refused(file: str, node: Node, message: str) -> Exception:
    mark = node.start_mark
    return refuse('aliases', message, Location(file, mark.line + 1, mark.column + 1))

"""Places in a TOML file, from the syntax tree of tree-sitter's grammar."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from cpg_infra.config.diagnostics import Path, Step
from cpg_infra.config.document import Place

_START: Place = (1, 1)


@dataclass(slots=True)
class Spot:
    """One value of the file: where it is, where its key is, and what is in it."""

    place: Place
    key: Place | None = None
    children: dict[Step, Spot] = field(default_factory=dict)
    text: str | None = None

    def find(self, steps: Path, *, key: bool = False) -> Place:
        """The place of the value that `steps` lead to, or of the nearest value that contains it."""
        spot = self
        for step in steps:
            inner = spot.step(step)
            if inner is None:
                return spot.key or spot.place
            spot = inner
        return spot.key if key and spot.key else spot.place

    def step(self, step: Step) -> Spot | None:
        """The value under a key or an index; an item of a list also by its text, its `id` or its `name`."""
        found = self.children.get(step)
        if found is not None or isinstance(step, int):
            return found
        for item in self.children.values():
            names = (item, item.children.get('id'), item.children.get('name'))
            if item.key is None and any(spot is not None and spot.text == step for spot in names):
                return item
        return None


class _Index:
    def __init__(self, text: str) -> None:
        source = text.encode()
        self._lines = source.split(b'\n')
        self.root = Spot(_START)
        self.repeated: tuple[str, Place, Place] | None = None
        self._declared: set[int] = set()
        self._document(_parse(source))

    def _place(self, node: Node) -> Place:
        return _place_of(node, self._lines)

    def _document(self, document: Node) -> None:
        for node in document.named_children:
            if not node.named_children:
                continue
            if node.type == 'pair':
                self._pair(self.root, node)
            elif node.type == 'table':
                self._table(node)
            elif node.type == 'table_array_element':
                self._table_array_item(node)

    def _table(self, node: Node) -> None:
        name, *pairs = node.named_children
        spot, keys = self.root, self._keys(name)
        known = None
        for key, place in keys:
            known = spot.children.get(key)
            spot = self._descend(spot, key, place)
        if keys and known is not None and (id(spot) in self._declared or spot.text is not None):
            self._repeats(keys[-1][0], spot, keys[-1][1])
        self._declared.add(id(spot))
        self._pairs(spot, pairs)

    def _table_array_item(self, node: Node) -> None:
        name, *pairs = node.named_children
        *parents, (last, place) = self._keys(name)
        spot = self.root
        for key, at in parents:
            spot = self._descend(spot, key, at)
        array = spot.children.setdefault(last, Spot(place, place))
        item = Spot(self._place(node))
        array.children[len(array.children)] = item
        self._pairs(item, pairs)

    def _descend(self, spot: Spot, key: str, place: Place) -> Spot:
        inner = spot.children.setdefault(key, Spot(place, place))
        # A header below an array of tables means its last item.
        last = inner.children.get(len(inner.children) - 1)
        return inner if last is None else last

    def _pairs(self, spot: Spot, nodes: list[Node]) -> None:
        for node in nodes:
            if node.type == 'pair' and node.named_children:
                self._pair(spot, node)

    def _pair(self, spot: Spot, node: Node) -> None:
        name, *rest = [child for child in node.named_children if child.type != 'comment']
        *parents, (last, place) = self._keys(name)
        for key, at in parents:
            spot = spot.children.setdefault(key, Spot(at, at))
        known = spot.children.get(last)
        if known is not None:
            self._repeats(last, known, place)
        elif rest:
            spot.children[last] = self._value(rest[0], place)

    def _value(self, node: Node, key: Place | None) -> Spot:
        spot = Spot(self._place(node), key)
        if node.type == 'array':
            items = [child for child in node.named_children if child.type != 'comment']
            spot.children = {position: self._value(item, None) for position, item in enumerate(items)}
        elif node.type == 'inline_table':
            self._pairs(spot, node.named_children)
        else:
            spot.text = _plain_text(node)
        return spot

    def _keys(self, node: Node) -> list[tuple[str, Place]]:
        leaves: list[tuple[str, Place]] = []
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if part.type == 'dotted_key':
                waiting.extend(reversed(part.named_children))
            else:
                leaves.append((_plain_text(part), self._place(part)))
        return leaves

    def _repeats(self, name: str, first: Spot, second: Place) -> None:
        if self.repeated is None:
            self.repeated = (name, first.key or first.place, second)


def _parse(source: bytes) -> Node:
    return Parser(Language(tree_sitter_toml.language())).parse(source).root_node


def _place_of(node: Node, lines: list[bytes]) -> Place:
    row, column = node.start_point
    # The grammar counts bytes, people count characters.
    return row + 1, len(lines[row][:column].decode(errors='replace')) + 1


def _plain_text(node: Node) -> str:
    written = (node.text or b'').decode(errors='replace')
    if written[:1] not in {'"', "'"}:
        return written
    try:
        return str(tomllib.loads(f'text = {written}')['text'])
    except tomllib.TOMLDecodeError:
        return written


def index(text: str) -> Spot:
    """All places of a file that `tomllib` has accepted."""
    return _Index(text).root


def first_repetition(text: str) -> tuple[str, Place, Place] | None:
    """The first key that stands twice in a file: its name, its first and its second place."""
    return _Index(text).repeated


def first_long_key(text: str, parts: int) -> Place | None:
    """The place of the first key with more than `parts` parts, in a file that need not be right."""
    source = text.encode()
    waiting = [(_parse(source), 1)]
    while waiting:
        node, length = waiting.pop()
        if length > parts:
            return _place_of(node, source.split(b'\n'))
        waiting.extend(
            (child, length + 1 if child.type == node.type == 'dotted_key' else 1)
            for child in reversed(node.named_children)
        )
    return None

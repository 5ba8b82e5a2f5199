"""Reads one YAML file: libyaml composes the nodes, we say what they mean.

Decisions, all stated in `docs/configuration.md`: scalars mean what YAML 1.2 says (`scalars.py`); keys are
always text, as written; a key stands once in a mapping; one document per file; no tabs; only the core tags.
Anchors, aliases and merge keys work, within bounds: what aliases stand for may add up to `MAX_ALIASED`
values, and nothing nests deeper than `MAX_DEPTH`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import yaml
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cpg_infra.config.diagnostics import Diagnostic, Location, Path
from cpg_infra.config.document import MAX_DEPTH, Document, Place, Plain
from cpg_infra.config.scalars import resolve_plain, resolve_tagged
from cpg_infra.config.text import Refused, place_in, refuse
from cpg_infra.config.yaml_bounds import check_aliases, check_nesting

_PLAIN = ' plain'
"""Our tag of a scalar without quotes, whose meaning is still to be found; no file can write a space in a tag."""
_TEXT = 'tag:yaml.org,2002:str'
_CORE = 'tag:yaml.org,2002:'
_MAPPING = _CORE + 'map'
_SEQUENCE = _CORE + 'seq'
_MERGE = '<<'

_PRINTABLE_TAG = re.compile(r'[!-~]{1,60}')


class _Composer(CParser):
    """libyaml's composer, told to leave the meaning of scalars to us."""

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool] | bool) -> str:  # noqa: FBT001 - the parser calls it so
        if kind is ScalarNode:
            return _PLAIN if isinstance(implicit, tuple) and implicit[0] else _TEXT
        return _MAPPING if kind is MappingNode else _SEQUENCE

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        """Nothing: no meaning depends on the path."""

    def ascend_resolver(self) -> None:
        """Nothing, as above."""


def read_yaml(file: str, text: str) -> Document:
    """The value of a YAML file, with the places of its parts.

    Raises `Refused` when the file cannot be parsed; duplicate keys are among the document's faults.
    """
    tab = text.find('\t')
    if tab >= 0:
        raise refuse('tab', 'a tab character', Location(file, *place_in(text, tab)), 'use spaces, or "\\t" in quotes')
    root = _compose(file, text)
    if root is None:
        raise refuse('empty-file', 'the file holds nothing but comments', Location(file, 1, 1))
    if '*' in text and '&' in text:
        check_aliases(file, root)
    reading = _Reading(file)
    value = reading.value(root, 1)
    return Document(file, value, YamlPlaces(root), tuple(reading.faults))


def _compose(file: str, text: str) -> Node | None:
    try:
        check_nesting(file, text)
        return _Composer(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        location = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file, 1, 1)
        raise refuse('not-yaml', f'not YAML: {_in_words(error)}', location) from None
    except yaml.reader.ReaderError as error:
        line, column = place_in(text, min(error.position, len(text)))
        raise refuse('not-yaml', f'not YAML: {error.reason}', Location(file, line, column)) from None
    except yaml.YAMLError as error:
        raise refuse('not-yaml', f'not YAML: {error}', Location(file, 1, 1)) from None


def _in_words(error: yaml.MarkedYAMLError) -> str:
    if error.context == 'expected a single document in the stream':
        return 'more than one document in the file'
    return ', '.join(part for part in (error.context, error.problem) if part)


def _place(node: Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


class _Reading:
    """Turns nodes into values; an aliased collection becomes one shared value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Diagnostic] = []
        self._made: dict[int, Plain] = {}

    def value(self, node: Node, depth: int) -> Plain:
        if type(node) is ScalarNode:
            return node.value if node.tag is _TEXT else self._scalar(node)
        if depth > MAX_DEPTH:
            raise self._refuse('deep-nesting', f'more than {MAX_DEPTH} levels of nesting', node)
        made = self._made.get(id(node))
        if made is not None:
            return made
        self._check_tag(node, _MAPPING if type(node) is MappingNode else _SEQUENCE)
        if type(node) is MappingNode:
            made = self._mapping(node, depth)
        else:
            made = [self.value(item, depth + 1) for item in node.value]
        self._made[id(node)] = made
        return made

    def _scalar(self, node: ScalarNode) -> Plain:
        try:
            if node.tag == _PLAIN:
                return resolve_plain(node.value)
            if node.tag.startswith(_CORE):
                return resolve_tagged(node.tag.removeprefix(_CORE), node.value)
        except KeyError:
            raise self._unknown_tag(node) from None
        except (ValueError, OverflowError) as error:
            raise self._refuse('not-yaml', str(error), node) from None
        raise self._unknown_tag(node)

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Plain]:
        result: dict[str, Plain] = {}
        first: dict[str, Node] = {}
        merged: list[MappingNode] = []
        for key, item in node.value:
            name = self._key(key)
            if name in first:
                self._duplicate(name, first[name], key)
                continue
            first[name] = key
            if name == _MERGE and key.tag == _PLAIN:
                merged = self._merged(item)
            else:
                result[name] = self.value(item, depth + 1)
        for other in merged:
            inherited = self.value(other, depth + 1)
            if isinstance(inherited, dict):
                result |= {key: value for key, value in inherited.items() if key not in result}
        return result

    def _key(self, key: Node) -> str:
        if not isinstance(key, ScalarNode):
            raise self._refuse('not-yaml', 'a key must be text', key)
        if key.tag not in {_PLAIN, _TEXT}:
            raise self._unknown_tag(key)
        return str(key.value)

    def _merged(self, item: Node) -> list[MappingNode]:
        items: list[Node] = item.value if isinstance(item, SequenceNode) else [item]
        for other in items:
            if not isinstance(other, MappingNode):
                raise self._refuse('not-yaml', '<< takes a mapping, or a list of mappings', other)
        return cast('list[MappingNode]', items)

    def _duplicate(self, name: str, first: Node, second: Node) -> None:
        place = Location(self.file, *_place(first))
        self.faults.append(
            Diagnostic(
                'duplicate-key',
                f"key '{name}' stands here again; it is first at {place}",
                suggestion='keep one of the two',
                location=Location(self.file, *_place(second)),
            ),
        )

    def _check_tag(self, node: Node, expected: str) -> None:
        if node.tag != expected:
            raise self._unknown_tag(node)

    def _unknown_tag(self, node: Node) -> Refused:
        tag = node.tag.replace(_CORE, '!!')
        shown = tag if _PRINTABLE_TAG.fullmatch(tag) else 'with odd characters'
        return self._refuse('tag', f'the tag {shown} is not supported here', node)

    def _refuse(self, code: str, message: str, node: Node) -> Refused:
        return refuse(code, message, Location(self.file, *_place(node)))


class YamlPlaces:
    """Places in a YAML file, found by walking the nodes that the parser made."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._indexes: dict[int, dict[str, tuple[Node, Node]]] = {}

    def find(self, steps: Path, *, key: bool = False) -> Place:
        """The place of the value that `steps` lead to, or of the nearest value that contains it."""
        node, key_node = self._root, None
        for step in steps:
            found = self._step(node, step)
            if found is None:
                # Inside a mapping the key tells more than the first line of the value.
                return _place(key_node if key_node is not None else node)
            key_node, node = found
        return _place(key_node if key and key_node is not None else node)

    def _step(self, node: Node, step: str | int) -> tuple[Node | None, Node] | None:
        if isinstance(node, MappingNode):
            return self._index(node).get(str(step))
        if isinstance(node, SequenceNode):
            if isinstance(step, int):
                return (None, node.value[step]) if 0 <= step < len(node.value) else None
            for item in node.value:
                if step in self._names(item):
                    return None, item
        return None

    def _names(self, item: Node) -> Iterator[str]:
        if isinstance(item, ScalarNode):
            yield item.value
        elif isinstance(item, MappingNode):
            index = self._index(item)
            for name in ('id', 'name'):
                if name in index:
                    yield index[name][1].value

    def _index(self, node: MappingNode) -> dict[str, tuple[Node, Node]]:
        index = self._indexes.get(id(node))
        if index is None:
            # Remembered before it is full: a mapping that merges itself never gets here, but is harmless so.
            index = self._indexes[id(node)] = {}
            for key, item in node.value:
                if isinstance(key, ScalarNode):
                    index.setdefault(key.value, (key, item))
            if _MERGE in index:
                source = index[_MERGE][1]
                for other in source.value if isinstance(source, SequenceNode) else [source]:
                    if isinstance(other, MappingNode):
                        for name, found in self._index(other).items():
                            index.setdefault(name, found)
        return index

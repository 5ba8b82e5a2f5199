"""Lowered resources as the evaluator reads them: a type token and inputs, plain JSON.

A provider that a plan brings along is a resource too, as it is to Pulumi: others name it as theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.evaluator.words import Plain


class UnreadableError(Exception):
    """A resource that gives access, or may, in a way that the evaluator does not understand."""


class Resources:
    """The resources of a plan, by type and by logical name."""

    def __init__(self, resources: Iterable[Mapping[str, Plain]]) -> None:
        self.by_name: dict[str, Mapping[str, Plain]] = {}
        self._by_type: defaultdict[str, list[Mapping[str, Plain]]] = defaultdict(list)
        for resource in resources:
            self.by_name[resource['name']] = resource
            self._by_type[resource['type']].append(resource)

    def inputs(self, *types: str) -> Iterator[Mapping[str, Plain]]:
        """The inputs of every resource of these types."""
        for type_ in types:
            for resource in self._by_type[type_]:
                yield resource['inputs']

    def named(self, *types: str) -> Iterator[tuple[str, Mapping[str, Plain]]]:
        """The logical name and the inputs of every resource of these types."""
        for type_ in types:
            for resource in self._by_type[type_]:
                yield resource['name'], resource['inputs']

    @property
    def types(self) -> set[str]:
        """Every type that occurs."""
        return {type_ for type_, found in self._by_type.items() if found}


def lowered(plan: Mapping[str, Plain]) -> list[dict[str, Plain]]:
    """The resources of a plan in its JSON form, its providers included."""
    providers = (
        {'name': name, 'type': f'pulumi:providers:{each["package"]}', 'inputs': each['inputs']}
        for name, each in plan.get('providers', {}).items()
    )
    return [*providers, *plan['resources']]


def text(value: Plain) -> str:
    """A text; what only a deployment knows is written as what will be asked: `«logical name.output»`."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        form, argument = next(iter(value.items()))
        if form == '$ref':
            return f'«{argument[0]}.{argument[1]}»'
        if form == '$lookup':
            function, arguments, output = argument
            asked = ', '.join(f'{key}={text(arguments[key])}' for key in sorted(arguments))
            return f'«{function}({asked}).{output}»'
        if form == '$concat':
            return ''.join(text(part) for part in argument)
    raise UnreadableError(f'not a text: {value!r}')


def ref(value: Plain) -> tuple[str, str] | None:
    """The logical name and the output of a reference; None for anything else."""
    if isinstance(value, Mapping) and set(value) == {'$ref'}:
        name, output = value['$ref']
        return name, output
    return None

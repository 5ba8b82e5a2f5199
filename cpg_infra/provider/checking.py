"""Checks inputs against the schema, each fault with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpg_infra.provider.resource import Fault
from cpg_infra.provider.schema import ListOf, ObjectOf, OneOf, Property, PropertyType, Scalar
from cpg_infra.provider.values import UNKNOWN, Json, Properties

_NAMES = {Scalar.TEXT: 'a text', Scalar.NUMBER: 'a number', Scalar.FLAG: 'true or false'}
_PYTHON = {Scalar.TEXT: str, Scalar.NUMBER: float, Scalar.FLAG: bool}


def check(inputs: Properties, expected: Mapping[str, Property], within: str = '') -> Iterator[Fault]:
    """Faults of these inputs: what is missing, what nobody knows, and what is of another type.

    Values that are not known yet pass. Keys of Pulumi's own begin with two underscores, and pass too.
    """
    for key, value in inputs.items():
        if key in expected:
            yield from _check_value(value, expected[key].type, within + key)
        elif not key.startswith('__'):
            yield Fault(within + key, f'is not known here; there are {", ".join(sorted(expected))}')
    for key, wanted in expected.items():
        if wanted.required and inputs.get(key) is None:
            yield Fault(within + key, 'is missing')


def _check_value(value: Json, expected: PropertyType, path: str) -> Iterator[Fault]:
    if value is None or value == UNKNOWN:
        return
    match expected:
        case Scalar():
            if not isinstance(value, _PYTHON[expected]):
                yield Fault(path, f'must be {_NAMES[expected]}')
        case OneOf(values):
            if value not in values:
                yield Fault(path, f'must be one of {", ".join(values)}')
        case ListOf(item):
            if isinstance(value, str) or not isinstance(value, Sequence):
                yield Fault(path, 'must be a list')
                return
            for place, each in enumerate(value):
                yield from _check_value(each, item, f'{path}[{place}]')
        case ObjectOf(properties):
            if isinstance(value, Mapping):
                yield from check(value, properties, f'{path}.')
            else:
                yield Fault(path, 'must be an object')

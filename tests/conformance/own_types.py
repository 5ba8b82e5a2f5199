"""Reads `cpg_infra.provider.schema` into shapes: the catalogue of our own resource types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Final

from cpg_infra.provider import schema
from tests.conformance.shapes import FLAG, NUMBER, TEXT, Field, Function, ListOf, OneOf, Record, ResourceType, Shape

_SCALARS: Final = {schema.Scalar.TEXT: TEXT, schema.Scalar.NUMBER: NUMBER, schema.Scalar.FLAG: FLAG}

FOR_AZURE: Final = frozenset({'cpg:azure:Blob'})
"""Types of which an organisation without datasets on Azure has none."""


class OwnTypes:
    """A `Catalogue` of the types of the provider `cpg`. It has no functions."""

    def tokens_like(self, token: str) -> Iterable[str]:
        return schema.SCHEMA

    @cache  # noqa: B019 - one catalogue lives as long as the tests
    def resource_type(self, token: str) -> ResourceType:
        own = schema.SCHEMA[token]
        return ResourceType(
            token,
            _fields(own.inputs),
            {name: _shape(each.type, name) for name, each in own.properties.items()},
            frozenset(name for name, each in own.properties.items() if each.secret),
        )

    def function(self, token: str) -> Function:
        raise KeyError(token)


def _fields(properties: Mapping[str, schema.Property]) -> Mapping[str, Field]:
    return {name: Field(_shape(each.type, name), each.required) for name, each in properties.items()}


def _shape(type_: schema.PropertyType, name: str) -> Shape:
    match type_:
        case schema.Scalar():
            return _SCALARS[type_]
        case schema.OneOf(values):
            return OneOf(values)
        case schema.ListOf(item):
            return ListOf(_shape(item, name))
        case schema.ObjectOf(properties):
            return Record(name, partial(_fields, properties))

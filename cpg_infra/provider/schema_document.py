"""The schema as Pulumi reads it, made from the types in `schema` and the keys in `settings`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from cpg_infra.provider.schema import SCHEMA, ListOf, ObjectOf, OneOf, Property, PropertyType, Scalar
from cpg_infra.provider.settings import CONFIGURATION, ENVIRONMENT

NAME: Final = 'cpg'
"""The package's name, as type tokens begin."""


def schema_document(version: str) -> str:
    """The JSON document that `pulumi package get-schema` shows."""
    types: dict[str, object] = {}
    document = {
        'name': NAME,
        'version': version,
        'description': 'Google groups, Hail Batch and metamist, for which Pulumi has no provider, and blobs on Azure without keys.',
        'config': {'variables': _properties(CONFIGURATION, '', types)},
        'provider': {'inputProperties': _configuration(types)},
        'resources': {
            token: {
                'description': each.description,
                'inputProperties': _properties(each.inputs, token, types),
                'requiredInputs': _required(each.inputs),
                'properties': _properties(each.properties, token, types),
                'required': _required(each.properties),
            }
            for token, each in SCHEMA.items()
        },
        'types': types,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _configuration(types: dict[str, object]) -> dict[str, object]:
    found = _properties(CONFIGURATION, '', types)
    return {key: {**spec, 'defaultInfo': {'environment': [ENVIRONMENT[key]]}} for key, spec in found.items()}


def _properties(
    properties: Mapping[str, Property], owner: str, types: dict[str, object]
) -> dict[str, dict[str, object]]:
    return {
        key: {
            **_type(each.type, f'{owner}{key[:1].upper()}{key[1:]}', types),
            'description': _description(each),
            **({'secret': True} if each.secret else {}),
        }
        for key, each in properties.items()
    }


def _required(properties: Mapping[str, Property]) -> list[str]:
    return sorted(key for key, each in properties.items() if each.required)


def _description(each: Property) -> str:
    choices = f' One of {", ".join(each.type.values)}.' if isinstance(each.type, OneOf) else ''
    return each.description + choices


def _type(type_: PropertyType, token: str, types: dict[str, object]) -> dict[str, object]:
    match type_:
        case Scalar():
            return {'type': type_.value}
        case OneOf():
            return {'type': 'string'}
        case ListOf(item):
            return {'type': 'array', 'items': _type(item, token, types)}
        case ObjectOf(properties):
            types[token] = {
                'type': 'object',
                'properties': _properties(properties, token, types),
                'required': _required(properties),
            }
            return {'$ref': f'#/types/{token}'}

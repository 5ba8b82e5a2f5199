"""Values as the engine sends them: protobuf structs with signatures for secrets and a text for unknowns.

As the real providers for Google and Azure do, ours ask for secrets in clear (the engine puts the mark back on
properties of the same name) and mark only those that they make themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast

from google.protobuf import json_format, struct_pb2

Properties: TypeAlias = dict[str, Any]

UNKNOWN: Final = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'
"""Stands for a value that is not known yet, in previews."""

DEFAULTS: Final = '__defaults'
"""The key under which a provider lists the inputs that it filled in itself."""

_SIGNATURE: Final = '4dabf18193072939515e22adb298388d'
_SECRET: Final = '1b47061264138c4ac30d75fd1eb44270'


def read(struct: struct_pb2.Struct) -> Properties:
    """Properties as plain data; whole numbers are whole again, secrets are in clear, and nothing tells who filled them in."""
    return cast('Properties', _plain(json_format.MessageToDict(struct)))


def write(properties: Mapping[str, Any], secrets: frozenset[str] = frozenset()) -> struct_pb2.Struct:
    """Plain data as a struct; the top-level keys in `secrets` are marked."""
    marked = {
        key: {_SIGNATURE: _SECRET, 'value': value} if key in secrets and value != UNKNOWN else value
        for key, value in properties.items()
    }
    struct = struct_pb2.Struct()
    struct.update(marked)
    return struct


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return _plain(value['value'])
        return {key: _plain(item) for key, item in value.items() if key != DEFAULTS}
    return value

"""Property values as plain JSON, and back.

Pulumi sends each value with marks (secret, dependencies). Comparisons must not see them: a member list does not
change because somebody marked it secret. So the marks are taken off at the edge, remembered per top-level key, and
put back on whatever is answered under that key.

An unknown value arrives as one particular text, also deep inside lists; it is compared like any other text, which
makes it differ from every known value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, cast

from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

Json: TypeAlias = 'bool | float | str | Sequence[Json] | Mapping[str, Json] | None'
Properties: TypeAlias = Mapping[str, Json]
"""Inputs or outputs of a resource."""

UNKNOWN: Final[str] = rpc.UNKNOWN
"""Stands for what only the deployment will tell."""

NO_SECRETS: Final[frozenset[str]] = frozenset()


class NotPlainError(ValueError):
    """A value that JSON does not have: an asset, an archive or a resource."""


def read_properties(struct: Struct) -> tuple[dict[str, Json], frozenset[str]]:
    """The values without marks, and the keys that are secret or hold a secret. Nulls are left out.

    Raises `NotPlainError` for assets, archives and resources.
    """
    marked = PropertyValue.unmarshal_map(struct)
    values = {key: _plain(value) for key, value in marked.items()}
    secret = frozenset(key for key, value in marked.items() if value.contains_secret())
    return {key: value for key, value in values.items() if value is not None}, secret


def write_properties(properties: Properties, secret: frozenset[str] = NO_SECRETS) -> Struct:
    """The message for these values; the named keys are marked secret. Nulls are left out."""
    return PropertyValue.marshal_map(
        {
            key: _marked(value).with_secret(is_secret=key in secret)
            for key, value in properties.items()
            if value is not None
        },
    )


def mark_secret(struct: Struct, keys: frozenset[str]) -> Struct:
    """The same message with these keys marked secret. What is not known yet cannot be marked, and stays."""
    marked = Struct()
    marked.CopyFrom(struct)
    for key in keys & set(struct.fields):
        value = PropertyValue.unmarshal(struct.fields[key])
        if not has_unknown(_plain(value)):
            marked.fields[key].CopyFrom(value.with_secret(is_secret=True).marshal())
    return marked


def has_unknown(value: Json) -> bool:
    """Whether the value, or any part of it, is not known yet."""
    return any(text == UNKNOWN for text in texts_in(value))


def texts_in(value: Json) -> Iterator[str]:
    """Every text in a value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from texts_in(item)


def text(properties: Properties, key: str) -> str:
    """A text that must be there. Raises `KeyError` when it is not."""
    value = optional_text(properties, key)
    if value is None:
        raise KeyError(key)
    return value


def optional_text(properties: Properties, key: str) -> str | None:
    """A text, or None."""
    value = properties.get(key)
    return value if isinstance(value, str) else None


def optional_texts(properties: Properties, key: str) -> tuple[str, ...] | None:
    """A list of texts, or None when there is none: absent and empty differ."""
    value = properties.get(key)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    return tuple(item for item in value if isinstance(item, str))


def texts(properties: Properties, key: str) -> tuple[str, ...]:
    """A list of texts; empty when it is absent."""
    return optional_texts(properties, key) or ()


def optional_number(properties: Properties, key: str) -> float | None:
    """A number, or None."""
    value = properties.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def flag(properties: Properties, key: str) -> bool:
    """A truth value; false when it is absent."""
    return properties.get(key) is True


def mapping(value: Json) -> Mapping[str, Json]:
    """The value if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Json) -> Sequence[Json]:
    """The value if it is a list, otherwise an empty one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _plain(marked: PropertyValue) -> Json:
    value = marked.value
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in cast('Sequence[PropertyValue]', value)]
    raise NotPlainError(f'an {type(value).__name__} is not a value of this type')


def _marked(value: Json) -> PropertyValue:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return PropertyValue(value)
    if isinstance(value, int | float):
        return PropertyValue(float(value))
    if isinstance(value, Mapping):
        return PropertyValue({key: _marked(item) for key, item in value.items() if item is not None})
    return PropertyValue([_marked(item) for item in value])

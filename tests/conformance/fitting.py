"""Whether a value has the shape that is due, and where it has not: paths and messages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plan import Archive, Computed, Lookup, Ref, Value
from tests.conformance.shapes import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    AnyOf,
    Anything,
    Field,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Scalar,
    Shape,
    Unreadable,
)

Faults: TypeAlias = Iterator[tuple[str, str]]
"""What is wrong, each with the path of the key."""

Deferred: TypeAlias = Callable[[Ref | Lookup | Computed, Shape, str], Faults]
"""Says what is wrong with a value that only a deployment fills in, for a shape at a path."""

_PYTHON_TYPES: Final[Mapping[Scalar, tuple[type, ...]]] = {
    TEXT: (str,),
    WHOLE: (int,),
    NUMBER: (int, float),
    FLAG: (bool,),
}


def faults(value: Value, shape: Shape, path: str, deferred: Deferred) -> Faults:
    """What is wrong with `value` where `shape` is due."""
    if isinstance(value, Archive):
        yield from () if _takes_files(shape) else [(path, f'must be {shape}, not an archive')]
        return
    if isinstance(value, Ref | Lookup | Computed):
        yield from deferred(value, shape, path)
        return
    match shape:
        case Anything():
            yield from _anything_faults(value, path, deferred)
        case AnyOf(options):
            yield from _any_of_faults(value, options, path, deferred)
        case ListOf(item) if isinstance(value, list | tuple):
            for position, each in enumerate(value):
                yield from faults(each, item, f'{path}[{position}]', deferred)
        case MapOf(item) if isinstance(value, Mapping):
            for key, each in value.items():
                yield from faults(each, item, f'{path}.{key}', deferred)
        case Record() if isinstance(value, Mapping):
            yield from record_faults(value, shape.fields, path, deferred)
        case _:
            yield from _plain_faults(value, shape, path)


def _plain_faults(value: Value, shape: Shape, path: str) -> Faults:
    match shape:
        case OneOf(values) if value in values:
            pass
        case OneOf(values) if isinstance(value, str):
            yield path, f"no value '{value}': {_near(value, values)}"
        case Scalar() if isinstance(value, _PYTHON_TYPES[shape]) and isinstance(value, bool) == (shape == FLAG):
            pass
        case _:
            yield path, f'must be {shape}, not {_said(value)}'


def _takes_files(shape: Shape) -> bool:
    if isinstance(shape, AnyOf):
        return any(map(_takes_files, shape.options))
    return isinstance(shape, Unreadable) and shape.said in {'pulumi.Archive', 'pulumi.Asset'}


def record_faults(values: Mapping[str, Value], fields: Mapping[str, Field], path: str, deferred: Deferred) -> Faults:
    """What is wrong with values under known keys. A null is as good as a key that is left out."""
    begin = f'{path}.' if path else ''
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            yield f'{begin}{key}', f"no key '{key}': {_near(key, fields)}"
        elif value is not None:
            if field.deprecated is not None:
                yield f'{begin}{key}', f'deprecated: {field.deprecated}'
            yield from faults(value, field.shape, f'{begin}{key}', deferred)
    for key, field in fields.items():
        if field.required and values.get(key) is None:
            yield f'{begin}{key}', f'is required, and must be {field.shape}'


def fits(given: Shape, due: Shape) -> bool:
    """Whether what has the shape `given` can stand where `due` is due, as far as shapes tell."""
    match given, due:
        case (_, AnyOf(options)):
            return any(fits(given, option) for option in options)
        case (AnyOf(options), _):
            return any(fits(option, due) for option in options)
        case (ListOf(item), ListOf(wanted)):
            return fits(item, wanted)
        case (Anything(), _) | (_, Anything()) | (MapOf() | Record(), MapOf() | Record()):
            return True
        case (Scalar() | OneOf(), Scalar() | OneOf()):
            pair = tuple(TEXT if isinstance(shape, OneOf) else shape for shape in (given, due))
            return pair[0] == pair[1] or pair == (WHOLE, NUMBER)
        case _:
            return False


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """`no output 'nubmer': did you mean 'number'?`."""
    return f"no {what} '{name}': {_near(name, known)}"


def _near(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    # Anything is nearer than nothing: a reader is served by the one name that is meant, or by all of a few.
    return did_you_mean(name, names) or (f'known are {", ".join(names)}' if names else 'there is none')


def _said(value: Value) -> str:
    """A value in words."""
    if isinstance(value, Mapping):
        return f'an object with {", ".join(value) or "no keys"}'
    if isinstance(value, list | tuple):
        return f'a list of {len(value)}'
    if value is None:
        return 'nothing'
    if isinstance(value, Archive):
        return 'an archive'
    if isinstance(value, bool):
        return f'the flag {str(value).lower()}'
    return f"the text '{value}'" if isinstance(value, str) else f'the number {value}'


def _anything_faults(value: Value, path: str, deferred: Deferred) -> Faults:
    """Anything may stand here, but what it refers to must exist."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from faults(each, Anything(), f'{path}.{key}', deferred)
    elif isinstance(value, list | tuple):
        for position, each in enumerate(value):
            yield from faults(each, Anything(), f'{path}[{position}]', deferred)


def _any_of_faults(value: Value, options: tuple[Shape, ...], path: str, deferred: Deferred) -> Faults:
    """What is wrong in the view of the option that comes nearest; of plain values, with the options together."""
    tried = [list(faults(value, option, path, deferred)) for option in options]
    if not all(tried):
        return
    if isinstance(value, Mapping | list | tuple | Ref | Lookup | Computed):
        yield from min(tried, key=len)
    else:
        yield path, f'must be {AnyOf(options)}, not {_said(value)}'

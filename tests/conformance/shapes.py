"""What a provider takes and gives, in words of our own: the shapes of values, resource types and functions.

Whatever describes a provider (its Python SDK, our own schema) is read into these; the checker knows nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, Protocol, TypeAlias

ScalarName: TypeAlias = Literal['text', 'whole number', 'number', 'flag']


@dataclass(frozen=True)
class Scalar:
    """One plain value."""

    name: ScalarName

    def __str__(self) -> str:
        return f'a {self.name}'


@dataclass(frozen=True)
class OneOf:
    """One of some texts."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return f'one of {", ".join(self.values)}'


@dataclass(frozen=True)
class ListOf:
    """Any number of values of one shape."""

    item: Shape

    def __str__(self) -> str:
        return 'a list'


@dataclass(frozen=True)
class MapOf:
    """Values of one shape under keys of the user's choice."""

    item: Shape

    def __str__(self) -> str:
        return 'a map'


@dataclass(frozen=True)
class Record:
    """Values under known keys. They are read when first needed, since types may contain themselves."""

    name: str
    read: Callable[[], Mapping[str, Field]] = field(compare=False, repr=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        return self.read()

    def __str__(self) -> str:
        return f'an object ({self.name})'


@dataclass(frozen=True)
class AnyOf:
    """A value of any of some shapes."""

    options: tuple[Shape, ...]

    def __str__(self) -> str:
        return ' or '.join(str(option) for option in self.options)


@dataclass(frozen=True)
class Anything:
    """Any value."""

    def __str__(self) -> str:
        return 'anything'


@dataclass(frozen=True)
class Unreadable:
    """A shape that plain data cannot have, or that its reader does not understand: using it is a fault."""

    said: str

    def __str__(self) -> str:
        return f'{self.said}, which plain data cannot be checked against'


Shape: TypeAlias = Scalar | OneOf | ListOf | MapOf | Record | AnyOf | Anything | Unreadable

TEXT: Final = Scalar('text')
WHOLE: Final = Scalar('whole number')
NUMBER: Final = Scalar('number')
FLAG: Final = Scalar('flag')


@dataclass(frozen=True)
class Field:
    """A value that is taken: `deprecated` says what its provider says against it."""

    shape: Shape
    required: bool = False
    deprecated: str | None = None


@dataclass(frozen=True)
class ResourceType:
    """A type of resource. `outputs` holds the inputs as well; `secrets` are keys of either."""

    token: str
    inputs: Mapping[str, Field]
    outputs: Mapping[str, Shape]
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Function:
    """A function that reads something."""

    token: str
    arguments: Mapping[str, Field]
    outputs: Mapping[str, Shape]


class Catalogue(Protocol):
    """What one provider knows. Both questions raise KeyError for a token that it does not know."""

    def resource_type(self, token: str) -> ResourceType: ...

    def function(self, token: str) -> Function: ...

    def tokens_like(self, token: str) -> Iterable[str]:
        """Tokens that may have been meant."""
        ...

"""What an input may be: plain JSON, an archive of files, or one of three things that only a deployment can fill in.

* `Ref`: an output of another resource of the same plan (a project's number, a Hail identity);
* `Lookup`: something that only the cloud knows, read by a provider function (the organisation's number);
* `Computed`: a named, pure function of other values, from the registry in `computations`.

A plan prefers plain values: whatever can be computed while planning is, so that a reviewer sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from cpg_infra.plan.archive import Archive

Scalar: TypeAlias = bool | int | float | str | None
Value: TypeAlias = Union[Scalar, Archive, 'Ref', 'Lookup', 'Computed', Sequence['Value'], Mapping[str, 'Value']]
Json: TypeAlias = Scalar | list['Json'] | dict[str, 'Json']


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of `output` of the resource with the logical name `resource`."""

    resource: str
    output: str

    def __str__(self) -> str:
        return f'«{self.resource}.{self.output}»'


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value of `output` in the reply of the provider function `function` to `arguments`.

    `arguments` is a tuple of pairs, sorted by key, so that a look-up can be compared and cached. An argument may
    itself be known only after deployment: the service principal of an application that Hail Batch invents.
    """

    function: str
    arguments: tuple[tuple[str, Text], ...]
    output: str

    def __str__(self) -> str:
        return f'«{self.function.rsplit(":", 1)[-1]}({", ".join(str(v) for _, v in self.arguments)}).{self.output}»'


@dataclass(frozen=True, slots=True)
class Computed:
    """The result of the registered computation `function` for `arguments`, some of which are not known yet."""

    function: str
    arguments: tuple[Value, ...]

    def __str__(self) -> str:
        if self.function == 'concat':
            return ''.join(str(argument) for argument in self.arguments)
        return f'{self.function}({", ".join(str(argument) for argument in self.arguments)})'


Deferred: TypeAlias = Ref | Lookup | Computed
Text: TypeAlias = str | Ref | Lookup | Computed
"""A text that may be known only after deployment."""


def is_known(value: Value) -> bool:
    """Whether a value holds nothing that only a deployment can fill in."""
    if isinstance(value, Ref | Lookup | Computed):
        return False
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list | tuple):
        return all(is_known(item) for item in value)
    return True


def refs_of(value: Value) -> list[Ref]:
    """Every `Ref` inside a value, in order of appearance, duplicates included."""
    return [leaf for leaf in unknowns_of(value) if isinstance(leaf, Ref)]


def unknowns_of(value: Value) -> list[Ref | Lookup]:
    """Everything inside a value that only a deployment will tell, in order of appearance, duplicates included.

    What the arguments of a look-up need comes after the look-up.
    """
    found: list[Ref | Lookup] = []
    _gather_unknowns(value, found)
    return found


_PLAIN = frozenset({str, bool, int, float, type(None)})


def _gather_unknowns(value: Value, found: list[Ref | Lookup]) -> None:
    # A plan holds hundreds of thousands of texts and few unknowns: a call per text would be a fifth of the time.
    if isinstance(value, Ref):
        found.append(value)
    elif isinstance(value, Lookup):
        found.append(value)
        _gather_unknowns([argument for _, argument in value.arguments], found)
    elif isinstance(value, Computed):
        for argument in value.arguments:
            if type(argument) not in _PLAIN:
                _gather_unknowns(argument, found)
    elif isinstance(value, dict):
        for item in value.values():
            if type(item) not in _PLAIN:
                _gather_unknowns(item, found)
    elif isinstance(value, list | tuple) and not _PLAIN.issuperset(map(type, value)):
        for item in value:
            if type(item) not in _PLAIN:
                _gather_unknowns(item, found)


def as_plain(value: Ref | Lookup | Computed) -> dict[str, object]:
    """The JSON form of a deferred value: an object with one key that begins with `$`."""
    if isinstance(value, Ref):
        return {'$ref': (value.resource, value.output)}
    if isinstance(value, Lookup):
        return {'$lookup': (value.function, dict(value.arguments), value.output)}
    return {f'${value.function}': value.arguments}

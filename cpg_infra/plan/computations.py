"""The registry of computations: pure functions that a plan may leave to be done at deploy time.

There are few on purpose. A plan names them, so each is part of the plan's format: its meaning must not change.
Each constructor here evaluates at once when every argument is known, and defers otherwise.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cpg_infra.plan.values import Computed, Json, Text, Value, is_known


def _concat(*parts: Json) -> str:
    return ''.join(str(part) for part in parts)


def member_order(address: str) -> tuple[str, str]:
    """Sort key of the members cache: by domain, then by name."""
    name, _, domain = address.partition('@')
    return domain, name


def _member_lines(*addresses: Json) -> str:
    unique = {str(address).lower() for address in addresses}
    return '\n'.join(sorted(unique, key=member_order)) or '\n'


def _base64_decode(text: Json) -> str:
    return base64.b64decode(str(text)).decode('utf-8')


COMPUTATIONS: Final[dict[str, Callable[..., Json]]] = {
    'concat': _concat,
    'member_lines': _member_lines,
    'base64_decode': _base64_decode,
}


def concat(*parts: Text) -> Text:
    """The texts one after the other; neighbours that are known are joined while planning."""
    joined: list[Text] = []
    for part in parts:
        pieces = part.arguments if isinstance(part, Computed) and part.function == 'concat' else (part,)
        for piece in pieces:
            if piece == '':
                continue
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            else:
                joined.append(piece)  # type: ignore[arg-type]  # arguments of a concat are texts
    if not joined:
        return ''
    return joined[0] if len(joined) == 1 else Computed('concat', tuple(joined))


def member_lines(addresses: Iterable[Text]) -> Text:
    """The text of a members cache: lower-case, unique, sorted by domain then name, one per line.

    There is no final newline; the text is a single newline when there is no member.
    """
    known: set[str] = set()
    deferred: dict[str, Text] = {}
    for address in addresses:
        if isinstance(address, str):
            known.add(address.lower())
        else:
            deferred[str(address)] = address
    ordered = sorted(known, key=member_order)
    if not deferred:
        return '\n'.join(ordered) or '\n'
    return Computed('member_lines', (*ordered, *(deferred[text] for text in sorted(deferred))))


def base64_decode(text: Text) -> Text:
    """The UTF-8 text that `text` holds in base 64."""
    return _deferred('base64_decode', text)


def _deferred(function: str, argument: Text) -> Text:
    if is_known(argument):
        return str(COMPUTATIONS[function](argument))
    return Computed(function, (argument,))


def evaluate(function: str, arguments: Iterable[Json]) -> Json:
    """The result of a computation whose arguments are known.

    Raises KeyError when no computation has this name.
    """
    return COMPUTATIONS[function](*arguments)


def evaluate_value(value: Value, resolve: Callable[[Value], Json]) -> Json:
    """The plain form of a value, with `resolve` filling in references and look-ups."""
    if isinstance(value, Computed):
        return evaluate(value.function, [evaluate_value(argument, resolve) for argument in value.arguments])
    if isinstance(value, Mapping):
        return {key: evaluate_value(item, resolve) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [evaluate_value(item, resolve) for item in value]
    return resolve(value)

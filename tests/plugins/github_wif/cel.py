"""The part of the Common Expression Language that mappings and conditions here are written in.

Texts, `a.b.c`, `+`, `==`, `!=`, `&&`, `||`, `!`, parentheses and `has(…)`. Anything else, and a field that a token does
not have, is an error, as it is where Google evaluates it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r'\s*(?:(?P<text>"[^"]*"|\'[^\']*\')|(?P<name>[A-Za-z_]\w*)|(?P<sign>&&|\|\||==|!=|[+().!]))')


class CelError(Exception):
    """An expression that cannot be read, or has no value for this token."""


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    reader = _Reader(expression, variables)
    value = reader.either()
    if reader.peek() is not None:
        raise CelError(f'not understood after {reader.position} tokens: {expression}')
    return value


class _Reader:
    def __init__(self, expression: str, variables: Mapping[str, Any]) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.position = 0
        self.variables = variables
        place = 0
        while place < len(expression.rstrip()):
            match = _TOKEN.match(expression, place)
            if match is None:
                raise CelError(f'not understood at {place}: {expression}')
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind]))
            place = match.end()

    def peek(self) -> str | None:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else None

    def take(self) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise CelError('the expression ends too early')
        self.position += 1
        return self.tokens[self.position - 1]

    def expect(self, sign: str) -> None:
        if self.take()[1] != sign:
            raise CelError(f'{sign} is missing')

    def either(self) -> Any:
        value = self.both()
        while self.peek() == '||':
            self.take()
            other = self.both()
            value = _flag(value) or _flag(other)
        return value

    def both(self) -> Any:
        value = self.relation()
        while self.peek() == '&&':
            self.take()
            other = self.relation()
            value = _flag(value) and _flag(other)
        return value

    def relation(self) -> Any:
        value = self.sum()
        while (sign := self.peek()) in {'==', '!='}:
            self.take()
            other = self.sum()
            if type(value) is not type(other):
                raise CelError(f'{value!r} and {other!r} cannot be compared')
            value = (value == other) is (sign == '==')
        return value

    def sum(self) -> Any:
        value = self.unary()
        while self.peek() == '+':
            self.take()
            other = self.unary()
            if not (isinstance(value, str) and isinstance(other, str)):
                raise CelError(f'{value!r} and {other!r} cannot be joined')
            value += other
        return value

    def unary(self) -> Any:
        if self.peek() == '!':
            self.take()
            return not _flag(self.unary())
        kind, word = self.take()
        if kind == 'text':
            return word[1:-1]
        if word == '(':
            value = self.either()
            self.expect(')')
            return value
        if kind == 'name' and word == 'has':
            self.expect('(')
            names = self._names(self.take()[1])
            self.expect(')')
            try:
                self._field(names)
            except CelError:
                return False
            return True
        if kind == 'name':
            return self._field(self._names(word))
        raise CelError(f'{word} is not understood')

    def _names(self, first: str) -> list[str]:
        names = [first]
        while self.peek() == '.':
            self.take()
            names.append(self.take()[1])
        return names

    def _field(self, names: list[str]) -> Any:
        value: Any = self.variables
        for name in names:
            if not isinstance(value, Mapping) or name not in value:
                raise CelError(f'no such field: {".".join(names)}')
            value = value[name]
        return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CelError(f'{value!r} is neither true nor false')
    return value

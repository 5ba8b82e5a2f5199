"""Conditions: AND, OR and NOT over terms, in the spellings of both clouds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from tests.evaluator.resources import UnreadableError

World = TypeVar('World')
Test = Callable[[World], bool]


@dataclass(frozen=True, slots=True)
class Language(Generic[World]):
    """A language of conditions: how a term looks, and what a term that was found says of the world."""

    term: re.Pattern[str]
    meaning: Callable[[re.Match[str]], Test[World]]

    def parse(self, condition: str) -> Test[World]:
        """The condition as a question to the world. Raises `UnreadableError` at what it does not know."""
        return _Parser(self, condition).whole()


_SPACE: Final = re.compile(r'\s*')
_AND: Final = re.compile(r'&&|and\b', re.IGNORECASE)
_OR: Final = re.compile(r'\|\||or\b', re.IGNORECASE)
_NOT: Final = re.compile(r'!(?!=)|not\b', re.IGNORECASE)


class _Parser(Generic[World]):
    """One reading of one condition, left to right: OR binds less than AND, AND less than NOT."""

    def __init__(self, language: Language[World], condition: str) -> None:
        self.language = language
        self.condition = condition
        self.at = 0

    def whole(self) -> Test[World]:
        test = self.either()
        self.take(_SPACE)
        if self.at != len(self.condition):
            raise self.fault()
        return test

    def either(self) -> Test[World]:
        tests = [self.both()]
        while self.take(_OR):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda world: any(test(world) for test in tests)

    def both(self) -> Test[World]:
        tests = [self.single()]
        while self.take(_AND):
            tests.append(self.single())
        return tests[0] if len(tests) == 1 else lambda world: all(test(world) for test in tests)

    def single(self) -> Test[World]:
        if self.take(_NOT):
            test = self.single()
            return lambda world: not test(world)
        if self.take(re.compile(r'\(')):
            test = self.either()
            if not self.take(re.compile(r'\)')):
                raise self.fault()
            return test
        found = self.take(self.language.term)
        if found is None:
            raise self.fault()
        return self.language.meaning(found)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if pattern is not _SPACE:
            self.take(_SPACE)
        found = pattern.match(self.condition, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def fault(self) -> UnreadableError:
        return UnreadableError(
            f'condition not understood at {self.condition[self.at : self.at + 40]!r}: {self.condition}'
        )

"""Whether a condition on a role assignment is one: its form, not what it allows.

condition  = term { ("AND" | "&&" | "OR" | "||") term }       three terms or more: in parentheses
term       = [ "NOT" | "!" ] ( "(" condition ")" | action | comparison )
action     = ("ActionMatches" | "SubOperationMatches") "{" text "}"
comparison = "@" source "[" attribute "]" operator ( text | number | "{" text { "," text } "}" )
"""

from __future__ import annotations

import re
from typing import Final

from tests.simulated_cloud.azure.refusals import refused

BYTES: Final = 8 * 1024
SUB_OPERATIONS: Final = ('Blob.List', 'Blob.Read.WithTagConditions', 'Blob.Write.Tier', 'Blob.Write.WithTagHeaders')
ACTIONS: Final = re.compile(r'Microsoft\.\w+(/[\w*]+)+', re.IGNORECASE)

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>'[^']*')
      | (?P<attribute>@(?:Resource|Request|Principal|Environment)\[[^\]]+\])
      | (?P<word>[A-Za-z][A-Za-z:]*)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<sign>&&|\|\||[!(){},])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_JOINS: Final = {'AND': 'AND', '&&': 'AND', 'OR': 'OR', '||': 'OR'}
_NOTS: Final = frozenset({'NOT', '!'})
_FUNCTIONS: Final = frozenset({'ACTIONMATCHES', 'SUBOPERATIONMATCHES'})


def refuse_condition(text: str) -> None:
    """Raises `Refused` for a text that is no condition."""
    if len(text.encode()) > BYTES:
        raise _bad(f'it is longer than {BYTES} bytes')
    _Condition(text).whole()


def _bad(why: str) -> Exception:
    return refused(400, 'RoleAssignmentConditionNotValid', f'The condition is not valid: {why}.')


class _Condition:
    """A text that is read from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise _bad(f'unexpected {text[position:].strip()[:20]!r}')
            self.tokens.append(match[0].strip())
            position = match.end()
        self.next = 0

    def whole(self) -> None:
        self.condition()
        if self.next < len(self.tokens):
            raise _bad(f'unexpected {self.tokens[self.next]!r}')

    def condition(self) -> None:
        terms, joins = 1, set()
        self.term()
        while (join := _JOINS.get(self.peek().upper())) is not None:
            self.take()
            self.term()
            terms += 1
            joins.add(join)
        if terms > 2 and len(joins) > 1:
            raise _bad('three or more terms need parentheses')

    def term(self) -> None:
        if self.peek().upper() in _NOTS:
            self.take()
        if self.peek() == '(':
            self.take()
            self.condition()
            self.take(')')
        elif self.peek().upper() in _FUNCTIONS:
            self.action(self.take().upper())
        elif self.peek().startswith('@'):
            self.take()
            self.comparison()
        else:
            raise _bad(f'a term begins with {self.peek() or "nothing"!r}')

    def action(self, function: str) -> None:
        self.take('{')
        text = self.take_text()
        self.take('}')
        if function == 'ACTIONMATCHES' and not ACTIONS.fullmatch(text):
            raise _bad(f'{text!r} is no action')
        if function == 'SUBOPERATIONMATCHES' and text.lower() not in {each.lower() for each in SUB_OPERATIONS}:
            raise _bad(f'{text!r} is no suboperation')

    def comparison(self) -> None:
        if not re.fullmatch(r'[A-Za-z][A-Za-z:]*', operator := self.take()):
            raise _bad(f'{operator!r} is no operator')
        if self.peek() != '{':
            self.take_value()
            return
        self.take()
        self.take_value()
        while self.peek() == ',':
            self.take()
            self.take_value()
        self.take('}')

    def peek(self) -> str:
        return self.tokens[self.next] if self.next < len(self.tokens) else ''

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token != expected):
            raise _bad(f'{expected or "more"!r} expected, not {token or "the end"!r}')
        self.next += 1
        return token

    def take_text(self) -> str:
        token = self.take()
        if not token.startswith("'"):
            raise _bad(f'a text expected, not {token!r}')
        return token[1:-1]

    def take_value(self) -> None:
        token = self.take()
        if not re.match(r"'|-?\d", token) and token.lower() not in {'true', 'false'}:
            raise _bad(f'a value expected, not {token!r}')

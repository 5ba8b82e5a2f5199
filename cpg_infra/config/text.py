"""From the bytes of a file to text that means what a reviewer sees.

Refused, each with its place: other encodings than UTF-8, control characters (a NUL means a binary file),
separators that only some programs take for a line's end, and the invisible characters that reorder what
is shown. A byte order mark at the start is ignored.
"""

from __future__ import annotations

import re

from cpg_infra.config.diagnostics import Diagnostic, Location

MAX_BYTES = 32 * 1024 * 1024
"""Largest file that is read, in bytes: hundreds of times more than a configuration of 1,000 datasets."""

_UNWELCOME = re.compile(
    '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]'
    '|\r(?!\n)',
)
_OTHER_ENCODINGS = {
    b'\xff\xfe': 'UTF-16',
    b'\xfe\xff': 'UTF-16',
    b'\x00\x00\xfe\xff': 'UTF-32',
}
_BYTE_ORDER_MARK = b'\xef\xbb\xbf'


class Refused(Exception):
    """A file cannot be used at all; `diagnostic` says where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(str(diagnostic))


def refuse(code: str, message: str, location: Location, suggestion: str | None = None) -> Refused:
    """The exception for a fault of a file as such."""
    return Refused(Diagnostic(code, message, suggestion=suggestion, location=location))


def place_in(text: str, offset: int) -> tuple[int, int]:
    """Line and column, counted from 1, of the character at `offset`."""
    line = text.count('\n', 0, offset) + 1
    return line, offset - (text.rfind('\n', 0, offset) + 1) + 1


def decode(file: str, content: bytes) -> str:
    """The text of a file.

    Raises `Refused` when it is too large, empty, binary or in another encoding than UTF-8.
    """
    if len(content) > MAX_BYTES:
        raise refuse(
            'large-file', f'the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read', Location(file)
        )
    for mark, encoding in _OTHER_ENCODINGS.items():
        if content.startswith(mark):
            raise refuse('encoding', f'the file is {encoding}', Location(file, 1, 1), 'save it as UTF-8')
    content = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        line, column = place_in(before, len(before))
        if 0 in content:
            raise refuse('binary', 'the file is binary', Location(file, line, column)) from None
        raise refuse(
            'encoding',
            f'byte 0x{content[error.start]:02x} is not UTF-8',
            Location(file, line, column),
            'save the file as UTF-8',
        ) from None
    found = _UNWELCOME.search(text)
    if found is not None:
        raise _unwelcome(file, text, found)
    if not text.strip():
        raise refuse('empty-file', 'the file is empty', Location(file, 1, 1))
    return text


def _unwelcome(file: str, text: str, found: re.Match[str]) -> Refused:
    location = Location(file, *place_in(text, found.start()))
    character = found.group()
    if character == '\x00':
        return refuse('binary', 'a NUL character: the file is binary', location)
    if character == '\r':
        return refuse('line-end', 'a carriage return without a line feed', location, 'end lines with a line feed')
    return refuse('control-character', f'the invisible character U+{ord(character):04X}', location, 'remove it')

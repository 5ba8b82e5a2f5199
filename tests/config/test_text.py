from __future__ import annotations

import pytest

from cpg_infra.config.text import MAX_BYTES, Refused, decode


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        decode('f.yaml', content)
    return str(caught.value)


def test_utf_8_is_read_and_a_byte_order_mark_ignored() -> None:
    assert decode('f.yaml', b'\xef\xbb\xbfa: \xc3\xa9\r\n') == 'a: é\r\n'


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'', 'f.yaml:1:1: the file is empty'),
        (b' \n\n', 'f.yaml:1:1: the file is empty'),
        ('a: 1'.encode('utf-16'), 'f.yaml:1:1: the file is UTF-16 (save it as UTF-8)'),
        (b'a: \xc3\xa9\nb: \xc3\xa9\xe9', 'f.yaml:2:5: byte 0xe9 is not UTF-8 (save the file as UTF-8)'),
        (b'a: \x00', 'f.yaml:1:4: a NUL character: the file is binary'),
        (b'\x89PNG\x00', 'f.yaml:1:1: the file is binary'),
        (b'a: 1\rb: 2', 'f.yaml:1:5: a carriage return without a line feed (end lines with a line feed)'),
        ('a: ana\u202e'.encode(), 'f.yaml:1:7: the invisible character U+202E (remove it)'),
        ('a\u2028b'.encode(), 'f.yaml:1:2: the invisible character U+2028 (remove it)'),
        (b'a: \x1b[2J', 'f.yaml:1:4: the invisible character U+001B (remove it)'),
    ],
)
def test_what_a_reviewer_could_not_see_is_refused_with_its_place(content: bytes, message: str) -> None:
    assert refusal(content) == message


def test_a_huge_file_is_not_decoded() -> None:
    assert refusal(b'a' * (MAX_BYTES + 1)) == 'f.yaml: the file has 33,554,433 bytes; at most 33,554,432 are read'

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.config.scalars import MAX_DIGITS, resolve_plain, resolve_tagged


@pytest.mark.parametrize('text', ['NO', 'on', 'yes', 'Off', 'y', 'tRUE', '1_000', '12:30', '2027-01-31', '0b1', '+', '.', '1e', '-.nan', '0o8', '<<'])  # fmt: skip
def test_words_and_dates_of_yaml_1_1_are_text(text: str) -> None:
    assert resolve_plain(text) == text


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('', None),
        ('~', None),
        ('NULL', None),
        ('true', True),
        ('FALSE', False),
        ('012', 12),
        ('0o17', 15),
        ('0xFf', 255),
        ('-7', -7),
        ('+7', 7),
        ('1.', 1.0),
        ('.5', 0.5),
        ('1e3', 1000.0),
        ('-.inf', -math.inf),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    assert resolve_plain(text) == value
    assert type(resolve_plain(text)) is type(value)


def test_not_a_number_is_a_float() -> None:
    value = resolve_plain('.nan')
    assert isinstance(value, float)
    assert math.isnan(value)


def test_a_number_too_long_for_anybody_is_refused() -> None:
    with pytest.raises(OverflowError, match='a number of 101 characters; at most 100 are read'):
        resolve_plain('9' * (MAX_DIGITS + 1))


@given(st.integers(-(10**50), 10**50))
def test_whole_numbers_read_back(number: int) -> None:
    assert resolve_plain(str(number)) == number


@pytest.mark.parametrize(
    ('tag', 'text', 'value'),
    [('str', '12', '12'), ('int', '12', 12), ('float', '12', 12.0), ('bool', 'true', True), ('null', '', None)],
)
def test_core_tags_say_the_kind(tag: str, text: str, value: object) -> None:
    assert resolve_tagged(tag, text) == value


def test_a_value_of_another_kind_than_its_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="'true' is not of the kind !!int"):
        resolve_tagged('int', 'true')

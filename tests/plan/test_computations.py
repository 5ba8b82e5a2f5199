"""Computations: evaluated at once when everything is known, deferred otherwise, and the same either way."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.plan import Computed, Ref, Value
from cpg_infra.plan.computations import (
    COMPUTATIONS,
    base64_decode,
    concat,
    evaluate,
    evaluate_value,
    member_lines,
    member_order,
)
from cpg_infra.plan.values import Json, Text

ANSWERS = {'one': '1', 'two': 'B@example.org', 'three': ''}

texts = st.text(max_size=4)
deferred = st.sampled_from(sorted(ANSWERS)).map(lambda name: Ref(name, 'output'))
maybe_deferred: st.SearchStrategy[Text] = texts | deferred
addresses = st.builds('{}@{}.org'.format, st.sampled_from('abcABC'), st.sampled_from('xyz'))


def answer(value: Value) -> Json:
    return ANSWERS[value.resource] if isinstance(value, Ref) else value  # type: ignore[return-value]  # plain here


@given(st.lists(maybe_deferred, max_size=6))
def test_joining_comes_to_the_same_whenever_it_is_done(parts: list[Text]) -> None:
    assert evaluate_value(concat(*parts), answer) == ''.join(str(answer(part)) for part in parts)


@given(st.lists(maybe_deferred, max_size=4), st.lists(maybe_deferred, max_size=4))
def test_joining_joins_is_one_join(left: list[Text], right: list[Text]) -> None:
    assert concat(concat(*left), concat(*right)) == concat(*left, *right)


def test_joining_leaves_only_what_is_not_known() -> None:
    number = Ref('project', 'number')
    assert concat('a', 'b', number, 'c', 'd') == Computed('concat', ('ab', number, 'cd'))
    assert concat(number) == number
    assert concat() == ''


@given(st.lists(addresses | st.just(Ref('two', 'output')), max_size=6))
def test_member_lines_come_to_the_same_whenever_they_are_written(members: list[Text]) -> None:
    known = {str(answer(member)).lower() for member in members}
    expected = '\n'.join(sorted(known, key=member_order)) or '\n'
    assert evaluate_value(member_lines(members), answer) == expected


def test_members_are_sorted_by_domain_then_name_lower_case_once_and_without_a_final_newline() -> None:
    assert (
        member_lines(['b@example.org', 'A@y.org', 'a@example.org', 'B@example.org'])
        == 'a@example.org\nb@example.org\na@y.org'
    )


def test_nobody_is_a_single_newline() -> None:
    assert member_lines([]) == '\n'


def test_deferred_members_come_after_those_that_are_known_in_a_fixed_order() -> None:
    first, second = Ref('a', 'identity'), Ref('b', 'identity')
    expected = Computed('member_lines', ('ana@example.org', first, second))
    assert member_lines([second, 'Ana@example.org', first, second]) == expected


def test_a_key_is_decoded_when_it_is_known() -> None:
    key = Ref('key', 'privateKey')
    assert base64_decode(base64.b64encode('{"ü": 1}'.encode()).decode()) == '{"ü": 1}'
    assert base64_decode(key) == Computed('base64_decode', (key,))


def test_values_are_evaluated_inside_lists_and_mappings() -> None:
    value: Value = {'a': [concat('x', Ref('one', 'output'))], 'b': (1, None)}
    assert evaluate_value(value, answer) == {'a': ['x1'], 'b': [1, None]}


def test_an_unknown_computation_is_an_error() -> None:
    with pytest.raises(KeyError):
        evaluate('reverse', ['a'])


def test_the_registry_is_part_of_the_format_of_a_plan() -> None:
    assert set(COMPUTATIONS) == {'concat', 'member_lines', 'base64_decode'}

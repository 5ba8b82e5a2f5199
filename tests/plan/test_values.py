"""Values: what a plan knows, and what only a deployment can fill in."""

from __future__ import annotations

import pytest

from cpg_infra.plan import Computed, Lookup, Ref, Value
from cpg_infra.plan.values import is_known, refs_of

NUMBER = Ref('alpha-gcp-project', 'number')
ORGANISATION = Lookup('gcp:organizations/getOrganization:getOrganization', (('domain', 'example.org'),), 'orgId')
JOINED = Computed('concat', ('projects/', NUMBER))


@pytest.mark.parametrize(
    ('value', 'shown'),
    [
        (NUMBER, '«alpha-gcp-project.number»'),
        (ORGANISATION, '«getOrganization(example.org).orgId»'),
        (JOINED, 'projects/«alpha-gcp-project.number»'),
        (Computed('base64_decode', (Ref('key', 'privateKey'),)), 'base64_decode(«key.privateKey»)'),
    ],
)
def test_a_deferred_value_shows_what_it_waits_for(value: Value, shown: str) -> None:
    assert str(value) == shown


@pytest.mark.parametrize('value', ['text', 1, 1.5, True, None, [], {}, {'a': ['b', {'c': None}]}])
def test_plain_values_are_known_and_refer_to_nothing(value: Value) -> None:
    assert is_known(value)
    assert list(refs_of(value)) == []


@pytest.mark.parametrize('value', [NUMBER, ORGANISATION, JOINED, [NUMBER], {'a': {'b': (JOINED,)}}])
def test_a_value_with_something_deferred_in_it_is_not_known(value: Value) -> None:
    assert not is_known(value)


def test_references_are_found_however_deep_in_order_and_as_often_as_they_stand() -> None:
    other = Ref('beta', 'id')
    value: Value = {
        'a': [NUMBER, {'b': JOINED}],
        'c': Computed('base64_decode', (Computed('concat', (other, 'x', NUMBER)),)),
    }
    assert list(refs_of(value)) == [NUMBER, NUMBER, other, NUMBER]
    assert list(refs_of(ORGANISATION)) == []

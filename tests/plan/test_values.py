"""Values: what a plan knows, and what only a deployment can fill in."""

from __future__ import annotations

import pytest

from cpg_infra.plan import Computed, DanglingReferenceError, Lookup, Plan, PlanBuilder, Ref, Value
from cpg_infra.plan.values import is_known, refs_of, unknowns_of

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


# Look-ups of what only a deployment tells ----------------------------------------------------------------

IDENTITY = Ref('alpha-azure-hail-batch-user-full', 'identity')
CLIENT = Lookup('azuread:index/getApplication:getApplication', (('objectId', IDENTITY),), 'clientId')
SERVICE_PRINCIPAL = Lookup('azuread:index/getServicePrincipal:getServicePrincipal', (('clientId', CLIENT),), 'objectId')


def test_a_look_up_refers_to_what_its_arguments_refer_to() -> None:
    value: Value = {'members': [SERVICE_PRINCIPAL, Computed('concat', ('id-', CLIENT))]}
    assert refs_of(value) == [IDENTITY, IDENTITY]
    assert unknowns_of(SERVICE_PRINCIPAL) == [SERVICE_PRINCIPAL, CLIENT, IDENTITY]
    assert str(SERVICE_PRINCIPAL) == (
        '«getServicePrincipal(«getApplication(«alpha-azure-hail-batch-user-full.identity»).clientId»).objectId»'
    )


def test_the_json_of_a_plan_holds_a_look_up_with_all_that_it_waits_for() -> None:
    builder = PlanBuilder()
    builder.output('member', SERVICE_PRINCIPAL)
    with pytest.raises(DanglingReferenceError, match='alpha-azure-hail-batch-user-full'):
        builder.close()
    outputs = {'member': SERVICE_PRINCIPAL}
    plan = Plan((), (), (), (), (), (), (), outputs)
    asked = {
        '$lookup': [
            CLIENT.function,
            {'objectId': {'$ref': ['alpha-azure-hail-batch-user-full', 'identity']}},
            'clientId',
        ]
    }
    assert plan.to_json()['outputs'] == {
        'member': {'$lookup': [SERVICE_PRINCIPAL.function, {'clientId': asked}, 'objectId']},
    }

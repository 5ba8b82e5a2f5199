"""The schema of our own types is complete, and drivers and provider may rely on it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from cpg_infra.plan.values import refs_of
from cpg_infra.provider.schema import SCHEMA, ObjectOf, Property
from tests.conformance.checker import registered
from tests.conformance.organisations import with_every_option
from tests.conformance.own_types import OwnTypes
from tests.conformance.shapes import NUMBER, TEXT, Field, ListOf, OneOf


def test_the_schema_holds_the_four_types() -> None:
    assert SCHEMA.keys() == {
        'cpg:google:GroupMembers',
        'cpg:hail:BillingProject',
        'cpg:hail:User',
        'cpg:metamist:Project',
    }


def test_every_input_of_the_schema_is_in_a_plan() -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for resource in registered(with_every_option()):
        used[resource.type] |= resource.inputs.keys()
    assert {token: used[token] for token in SCHEMA} == {token: set(own.inputs) for token, own in SCHEMA.items()}


FOR_REFRESH_AND_DRIFT = {
    ('cpg:google:GroupMembers', 'added'),
    ('cpg:google:GroupMembers', 'undeclared'),
    ('cpg:hail:BillingProject', 'status'),
}
"""Outputs that the provider and the reader of a refresh need, and no other resource."""


def test_every_other_output_of_the_schema_is_referred_to() -> None:
    plan = with_every_option()
    refs = {ref for resource in plan.resources for ref in refs_of(resource.inputs)}
    used = {(plan.resource_by_name[ref.resource].type, ref.output) for ref in refs}
    outputs = {(token, name) for token, own in SCHEMA.items() for name in own.outputs}
    assert {each for each in used if each[0] in SCHEMA} == outputs - FOR_REFRESH_AND_DRIFT


def properties() -> list[tuple[str, Property]]:
    found = [(f'{token}.{name}', each) for token, own in SCHEMA.items() for name, each in own.properties.items()]
    for path, each in found:
        if isinstance(each.type, ObjectOf):
            found += [(f'{path}.{name}', inner) for name, inner in each.type.properties.items()]
    return found


@pytest.mark.parametrize(('path', 'each'), properties())
def test_every_property_is_described_and_none_is_secret(path: str, each: Property) -> None:
    assert each.description.endswith('.'), path
    assert not each.secret, path


def test_inputs_are_outputs_too() -> None:
    user = OwnTypes().resource_type('cpg:hail:User')
    assert user.inputs == {
        'username': Field(TEXT, required=True),
        'url': Field(TEXT, required=True),
        'cloud': Field(OneOf(('gcp', 'azure')), required=True),
    }
    assert user.outputs == {'username': TEXT, 'url': TEXT, 'cloud': OneOf(('gcp', 'azure')), 'identity': TEXT}


def test_lists_and_numbers_are_read() -> None:
    project = OwnTypes().resource_type('cpg:hail:BillingProject')
    assert project.inputs['users'] == Field(ListOf(TEXT), required=True)
    assert project.inputs['limit'] == Field(NUMBER)


def test_there_are_no_functions() -> None:
    with pytest.raises(KeyError):
        OwnTypes().function('cpg:hail:getUser')

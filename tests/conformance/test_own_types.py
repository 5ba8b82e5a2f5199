"""The schema of our own types is complete, and drivers and provider may rely on it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from cpg_infra.plan import Options
from cpg_infra.plan.values import refs_of
from cpg_infra.provider.schema import SCHEMA, ObjectOf, Property
from tests.conformance.catalogues import CHECKER
from tests.conformance.checker import registered
from tests.conformance.organisations import with_every_option
from tests.conformance.own_types import FOR_AZURE, OwnTypes
from tests.conformance.shapes import NUMBER, TEXT, Field, ListOf, OneOf
from tests.engine.building import plan, resource


def test_the_schema_holds_the_five_types() -> None:
    assert SCHEMA.keys() == {
        'cpg:azure:Blob',
        'cpg:google:GroupMembers',
        'cpg:hail:BillingProject',
        'cpg:hail:User',
        'cpg:metamist:Project',
    }


def test_every_input_of_the_schema_is_in_a_plan() -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for each in registered(with_every_option()):
        used[each.type] |= each.inputs.keys()
    own = {token: keys for token, keys in used.items() if token in SCHEMA}
    assert own == {token: set(type_.inputs) for token, type_ in SCHEMA.items() if token not in FOR_AZURE}


FOR_REFRESH_AND_DRIFT = {
    ('cpg:azure:Blob', 'etag'),
    ('cpg:azure:Blob', 'url'),
    ('cpg:google:GroupMembers', 'added'),
    ('cpg:google:GroupMembers', 'undeclared'),
    ('cpg:hail:BillingProject', 'status'),
}
"""Outputs that the provider and the reader of a refresh need, and no other resource."""


def test_every_other_output_of_the_schema_is_referred_to() -> None:
    whole = with_every_option()
    refs = {ref for each in whole.resources for ref in refs_of(each.inputs)}
    used = {(whole.resource_by_name[ref.resource].type, ref.output) for ref in refs}
    outputs = {(token, name) for token, own in SCHEMA.items() for name in own.outputs}
    assert {each for each in used if each[0] in SCHEMA} == outputs - FOR_REFRESH_AND_DRIFT


def properties() -> list[tuple[str, Property]]:
    found = [(f'{token}.{name}', each) for token, own in SCHEMA.items() for name, each in own.properties.items()]
    for path, each in found:
        if isinstance(each.type, ObjectOf):
            found += [(f'{path}.{name}', inner) for name, inner in each.type.properties.items()]
    return found


@pytest.mark.parametrize(('path', 'each'), properties())
def test_every_property_is_described_and_only_contents_are_secret(path: str, each: Property) -> None:
    assert each.description.endswith('.'), path
    assert each.secret == path.endswith('.content'), path


def test_what_is_secret_is_known_to_be() -> None:
    assert OwnTypes().resource_type('cpg:azure:Blob').secrets == {'content'}


def test_inputs_are_outputs_too() -> None:
    user = OwnTypes().resource_type('cpg:hail:User')
    assert user.inputs == {
        'username': Field(TEXT, required=True),
        'url': Field(TEXT, required=True),
        'cloud': Field(OneOf(('gcp', 'azure')), required=True),
    }
    assert user.outputs == {'username': TEXT, 'url': TEXT, 'cloud': OneOf(('gcp', 'azure')), 'identity': TEXT}


def test_a_blob_conforms_and_its_content_must_be_named_a_secret() -> None:
    place = {'account': 'harbour', 'container': 'cache', 'name': 'members.txt'}
    inputs = {**place, 'content': 'ann', 'contentType': 'text/plain'}
    secret = Options(secret_inputs=('content',))
    assert CHECKER.check(plan(resource('blob', inputs, type='cpg:azure:Blob', options=secret))) == []
    (finding,) = CHECKER.check(plan(resource('blob', inputs, type='cpg:azure:Blob')))
    assert finding.path == 'content'
    assert finding.message.startswith('the provider keeps this secret')


def test_lists_and_numbers_are_read() -> None:
    project = OwnTypes().resource_type('cpg:hail:BillingProject')
    assert project.inputs['users'] == Field(ListOf(TEXT), required=True)
    assert project.inputs['limit'] == Field(NUMBER)


def test_there_are_no_functions() -> None:
    with pytest.raises(KeyError):
        OwnTypes().function('cpg:hail:getUser')

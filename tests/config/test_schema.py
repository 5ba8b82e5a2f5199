from __future__ import annotations

import json

import pytest

from cpg_infra.config.schema import KINDS, SchemaKind, schema


@pytest.mark.parametrize('kind', KINDS)
def test_each_kind_of_file_has_a_schema_of_plain_json(kind: SchemaKind) -> None:
    made = schema(kind)
    assert made['$schema'] == 'https://json-schema.org/draft/2020-12/schema'
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize('kind', KINDS)
def test_every_reference_of_a_schema_leads_somewhere(kind: SchemaKind) -> None:
    made = schema(kind)
    definitions = made.get('$defs', {})
    assert isinstance(definitions, dict)
    references = {part.partition('"')[0] for part in json.dumps(made).split('"$ref": "')[1:]}
    assert references <= {f'#/$defs/{name}' for name in definitions}


def required(part: object) -> object:
    return part.get('required', []) if isinstance(part, dict) else None


def test_what_may_stand_in_another_file_is_optional() -> None:
    assert required(schema('dataset')) == []
    assert required(schema('organisation')) == [
        'domain',
        'budget_currency',
        'common_dataset',
        'config_destination',
        'plugins_enabled',
    ]


def test_a_user_need_not_repeat_its_id() -> None:
    definitions = schema('users')['$defs']
    assert isinstance(definitions, dict)
    assert required(definitions['CPGInfrastructureUser']) == ['clouds']


def test_a_member_is_a_user_id_or_a_mapping() -> None:
    definitions = schema('members')['$defs']
    assert isinstance(definitions, dict)
    assert [part['type'] for part in definitions['DatasetMember']['anyOf']] == ['string', 'object']


def test_the_organisation_file_may_hold_the_datasets() -> None:
    properties = schema('organisation')['properties']
    assert isinstance(properties, dict)
    assert properties['datasets']['additionalProperties'] == {'$ref': '#/$defs/Dataset'}

"""What holds for every type: secrets, configuration, schema, faults of our own."""

from __future__ import annotations

import json

import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from cpg_infra.provider.redaction import REPLACEMENT
from cpg_infra.provider.schema import SCHEMA
from cpg_infra.provider.settings import CONFIGURATION, ENVIRONMENT
from tests.provider.conftest import settings
from tests.provider.engine import UNKNOWN, Failed, Held, Provider, _plain, _struct
from tests.services import Fault, LocalServices

GROUP = 'readers@groups.example.org'
MEMBERS = 'cpg:google:GroupMembers'


def test_secret_inputs_stay_secret_in_answers_and_change_nothing(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    news = {'group': GROUP, 'members': ['ann@example.org']}
    held = provider.create(MEMBERS, news, secret=['members'])
    assert held.secret == {'members', 'added', 'undeclared'}
    assert provider.diff(held, news) == {}
    found = provider.read(held)
    assert found is not None
    assert found.secret == held.secret


def test_secret_inputs_are_in_no_message(provider: Provider, services: LocalServices) -> None:
    services.world.group(GROUP)
    services.world.google.only_inside = 'example.org'
    news = {'group': GROUP, 'members': ['hush@example.net']}
    with pytest.raises(Failed) as failed:
        provider.create(MEMBERS, news, secret=['members'])
    assert 'hush' not in failed.value.message
    assert REPLACEMENT in failed.value.message
    assert provider.check(MEMBERS, {'group': GROUP, 'members': ['hush-hush']}, secret=['members']) == {
        'members[0] (secret)': f"'{REPLACEMENT}' is not an address"
    }


def test_a_service_that_repeats_our_token_does_not_make_us_tell_it(provider: Provider, services: LocalServices) -> None:
    services.world.google.tokens.clear()
    with pytest.raises(Failed, match=r'HTTP 401: Request had invalid credentials: \[secret\]'):
        provider.create(MEMBERS, {'group': GROUP, 'members': []})


def test_an_unknown_value_outside_a_preview_is_refused(provider: Provider, services: LocalServices) -> None:
    with pytest.raises(Failed, match='members is not known, although this is no preview'):
        provider.create(MEMBERS, {'group': GROUP, 'members': [UNKNOWN]})
    assert not services.calls


def test_a_type_that_nobody_knows_is_told(provider: Provider) -> None:
    with pytest.raises(
        Failed, match='the provider cpg has no type cpg:hail:Usr; there are cpg:azure:Blob, cpg:google:GroupMembers'
    ):
        provider.create('cpg:hail:Usr', {})


def test_a_fault_of_our_own_is_told_as_one(provider: Provider, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failed, match='a fault of the provider cpg itself: KeyError'):
        provider.delete(Held('cpg:hail:BillingProject', 'x', {}, {}))
    assert 'Traceback' in capfd.readouterr().err


def test_an_answer_that_is_no_json_is_told(provider: Provider, services: LocalServices) -> None:
    services.faults.append(Fault('groups:lookup', times=9, status=200, body='<html>'))
    with pytest.raises(Failed, match='the answer does not say name'):
        provider.create(MEMBERS, {'group': GROUP, 'members': []})


def test_the_schema_is_that_of_the_types(provider: Provider) -> None:
    schema = json.loads(provider.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert schema['version'] == '1.2.3'
    for token, type_ in SCHEMA.items():
        served = schema['resources'][token]
        assert set(served['inputProperties']) == set(type_.inputs)
        assert set(served['properties']) == set(type_.properties)
        assert set(served['requiredInputs']) == {key for key, each in type_.inputs.items() if each.required}
    assert {key for key, each in schema['provider']['inputProperties'].items() if each.get('secret')} == {
        'azureStorageToken', 'googleAccessToken', 'hailTokenGcp', 'hailTokenAzure', 'metamistToken',
    }  # fmt: skip
    assert set(schema['types']['cpg:metamist:ProjectMembers']['properties']) == {'reader', 'contributor', 'writer'}


def test_tokens_of_the_configuration_are_stored_as_secrets(provider: Provider) -> None:
    request = provider_pb2.CheckRequest(news=_struct({'googleAccessToken': 'token-1', 'metamistUrl': 'https://m'}))
    answer = provider.stub.CheckConfig(request)
    inputs, secret = _plain(answer.inputs)
    assert secret == {'googleAccessToken'}
    assert inputs == {'googleAccessToken': 'token-1', 'metamistUrl': 'https://m'}


@pytest.mark.parametrize(
    ('key', 'value', 'reason'),
    [
        ('patience', 'long', 'must be a number above 0'),
        ('requestsPerSecond', '0', 'must be a number above 0'),
        ('endpoints', '[]', 'must be a JSON object from address to address'),
        ('endpoints', '{"https://a": "b"}', 'b is not an address that begins with https:// or http://'),
        ('azureBlobUrl', 'https://blobs.example.org', 'https://blobs.example.org has no {account}'),
        ('azureBlobUrl', '{account}.example.org', '{account}.example.org is not an address that begins with'),
        ('azureBlobUrl', 'https://{account}.blob.example.org', ''),
        ('metamistURL', 'x', 'is no key of this provider'),
        ('version', '1.0.0', ''),
        ('patience', UNKNOWN, ''),
    ],
)
def test_faults_of_the_configuration_are_told(provider: Provider, key: str, value: str, reason: str) -> None:
    answer = provider.stub.CheckConfig(provider_pb2.CheckRequest(news=_struct({key: value})))
    assert [failure.property for failure in answer.failures] == ([key] if reason else [])
    assert all(failure.reason.startswith(reason) for failure in answer.failures)


def test_a_changed_configuration_replaces_nothing(provider: Provider) -> None:
    request = provider_pb2.DiffRequest(olds=_struct({'patience': '1'}), news=_struct({'patience': '2'}))
    answer = provider.stub.DiffConfig(request)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not answer.replaces


def test_the_environment_stands_in_for_the_configuration(services: LocalServices) -> None:
    services.world.group(GROUP)
    environment = {ENVIRONMENT[key]: value for key, value in settings(services).items()}
    with Provider(environment) as provider:
        provider.create(MEMBERS, {'group': GROUP, 'members': ['ann@example.org']})
        provider.configure(googleAccessToken='another-token')
        with pytest.raises(Failed, match='HTTP 401'):
            provider.create(MEMBERS, {'group': GROUP, 'members': ['ann@example.org']})
    assert services.world.members(GROUP) == {'ann@example.org'}
    assert set(ENVIRONMENT) == set(CONFIGURATION)


def test_the_configuration_of_a_stack_arrives_as_variables(services: LocalServices) -> None:
    services.world.group(GROUP)
    with Provider() as provider:
        variables = {f'cpg:config:{key}': value for key, value in settings(services).items()}
        provider.stub.Configure(provider_pb2.ConfigureRequest(variables=variables))
        provider.create(MEMBERS, {'group': GROUP, 'members': []})


def test_a_provider_may_be_attached_to(provider: Provider) -> None:
    provider.stub.Attach(plugin_pb2.PluginAttach(address='127.0.0.1:1'))
    provider.create(MEMBERS, {'group': GROUP, 'members': []}, preview=True)
    assert provider.stub.GetPluginInfo(Empty()).version == '1.2.3'

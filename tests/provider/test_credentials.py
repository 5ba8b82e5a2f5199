"""Every form of credentials, against token services on this machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.http import Http
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.settings import Settings
from tests.services import Fault, LocalServices
from tests.services.tokens import claims_of

SCOPE = 'https://www.googleapis.com/auth/cloud-identity.groups'
PERSON = {
    'type': 'authorized_user',
    'client_id': 'client',
    'client_secret': 'client-secret',
    'refresh_token': 'refresh-secret',
    'quota_project_id': 'quota-project',
}
FEDERATED = {
    'type': 'external_account',
    'audience': '//iam.googleapis.com/pool',
    'subject_token_type': 'urn:ietf:params:oauth:token-type:jwt',
    'token_url': 'https://sts.googleapis.com/v1/token',
}
ACTING = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/deployer@example.org:generateAccessToken'


class Asked:
    """One set of credentials at work."""

    def __init__(self, services: LocalServices, environment: Mapping[str, str], **settings: Any) -> None:
        self.redaction = Redaction()
        self._environment = environment
        self._settings = Settings(endpoints=services.endpoints(), first_wait=0.001, patience=1, **settings)

    def __call__(self, what: str, *arguments: str, times: int = 1) -> Any:
        async def ask() -> Any:
            http = Http(self._settings)
            credentials = Credentials(self._settings, http, self.redaction, self._environment)
            try:
                found = None
                for _ in range(times):
                    found = getattr(credentials, what)(*arguments)
                    if asyncio.iscoroutine(found):
                        found = await found
                    if callable(found):
                        found = await found(fresh=False)
                return found
            finally:
                await http.close()

        return asyncio.run(ask())


def file(folder: Path, content: Mapping[str, Any]) -> dict[str, str]:
    path = folder / 'credentials.json'
    path.write_text(json.dumps(content))
    return {'GOOGLE_APPLICATION_CREDENTIALS': str(path)}


def account_of(services: LocalServices, headers: Mapping[str, str]) -> str:
    return services.world.google.accounts[headers['Authorization'].removeprefix('Bearer ')]


def test_a_person_is_refreshed_once_and_pays_with_a_project(services: LocalServices, tmp_path: Path) -> None:
    asked = Asked(services, file(tmp_path, PERSON))
    headers = asked('google', SCOPE, times=3)
    assert account_of(services, headers) == 'client'
    assert headers['X-Goog-User-Project'] == 'quota-project'
    assert len(services.calls) == 1
    with pytest.raises(RefusedError, match='cpg:googleImpersonate'):
        asked('metamist', 'metamist')


def test_the_usual_place_is_found_without_a_variable(services: LocalServices, tmp_path: Path) -> None:
    (tmp_path / 'application_default_credentials.json').write_text(json.dumps(PERSON))
    assert account_of(services, Asked(services, {'CLOUDSDK_CONFIG': str(tmp_path)})('google', SCOPE)) == 'client'


def test_a_person_may_act_as_a_service_account(services: LocalServices, tmp_path: Path) -> None:
    asked = Asked(services, file(tmp_path, PERSON), google_impersonate='deployer@example.org')
    assert account_of(services, asked('google', SCOPE)) == 'deployer@example.org'
    assert asked('caller', 'metamist') == 'deployer@example.org'
    token = asked('metamist', 'metamist')['Authorization'].removeprefix('Bearer ')
    assert claims_of(token)['aud'] == 'metamist'


def test_a_key_file_signs_for_itself(services: LocalServices, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    content = {
        'type': 'service_account',
        'client_email': 'robot@example.org',
        'private_key': pem,
        'private_key_id': 'k',
    }
    asked = Asked(services, file(tmp_path, content))
    assert account_of(services, asked('google', SCOPE)) == 'robot@example.org'
    assert asked('caller', 'metamist') == 'robot@example.org'
    assert pem not in asked.redaction.clean(pem)
    with pytest.raises(RefusedError, match=r'the private key .* is broken'):
        Asked(services, file(tmp_path, {**content, 'private_key': 'nonsense'}))('google', SCOPE)


@pytest.mark.parametrize('form', ['file', 'json', 'url'])
def test_a_job_is_exchanged_by_federation(services: LocalServices, tmp_path: Path, form: str) -> None:
    subject = tmp_path / 'subject'
    source: dict[str, Any] = {'file': str(subject)}
    subject.write_text('subject-secret\n')
    if form == 'json':
        subject.write_text(json.dumps({'value': 'subject-secret'}))
        source['format'] = {'type': 'json', 'subject_token_field_name': 'value'}
    if form == 'url':
        services.faults.append(Fault('/job', status=200, body={'value': 'subject-secret'}))
        source = {
            'url': f'{services.url}/job',
            'headers': {'Authorization': 'Bearer job'},
            'format': {'type': 'json', 'subject_token_field_name': 'value'},
        }
    asked = Asked(services, file(tmp_path, {**FEDERATED, 'credential_source': source}))
    assert account_of(services, asked('google', SCOPE)) == 'federated'
    with pytest.raises(RefusedError, match='without a service account'):
        asked('metamist', 'metamist')
    acting = {**FEDERATED, 'credential_source': source, 'service_account_impersonation_url': ACTING}
    services.faults.append(Fault('/job', status=200, body={'value': 'subject-secret'}))
    asked = Asked(services, file(tmp_path, acting))
    assert account_of(services, asked('google', SCOPE)) == 'deployer@example.org'
    assert asked.redaction.clean('subject-secret') == '[secret]'


def test_credentials_that_act_as_another_are_followed(services: LocalServices, tmp_path: Path) -> None:
    content = {
        'type': 'impersonated_service_account',
        'source_credentials': PERSON,
        'service_account_impersonation_url': ACTING,
    }
    assert account_of(services, Asked(services, file(tmp_path, content))('google', SCOPE)) == 'deployer@example.org'


def test_a_machine_asks_its_metadata_server(services: LocalServices, tmp_path: Path) -> None:
    asked = Asked(services, {'CLOUDSDK_CONFIG': str(tmp_path)})
    assert account_of(services, asked('google', SCOPE)) == 'deployer@example.org'
    assert asked('caller', 'metamist') == 'deployer@example.org'


def test_nothing_at_all_is_told_with_what_helps(services: LocalServices, tmp_path: Path) -> None:
    asked = Asked(services, {'CLOUDSDK_CONFIG': str(tmp_path)})
    services.faults.append(Fault('computeMetadata', times=99, drop=True))
    with pytest.raises(RefusedError, match='there are no Google credentials: run `gcloud auth'):
        asked('google', SCOPE)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ({'type': 'gdch_service_account'}, 'credentials of the type gdch_service_account are not supported'),
        ({**FEDERATED, 'credential_source': {'executable': {}}}, 'credentials of this form are not supported'),
        ({**FEDERATED, 'credential_source': {'file': '/nowhere/at-all'}}, 'the identity of this job is not readable'),
        ({**PERSON, 'refresh_token': 'revoked-token'}, 'Google gives no token: HTTP 400: Token has been revoked'),
    ],
)
def test_credentials_that_do_not_work_are_told(
    services: LocalServices, tmp_path: Path, content: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        Asked(services, file(tmp_path, content))('google', SCOPE)


def test_a_file_that_cannot_be_read_is_told(services: LocalServices, tmp_path: Path) -> None:
    environment = file(tmp_path, {})
    Path(environment['GOOGLE_APPLICATION_CREDENTIALS']).write_text('{"refresh_token": "secret')
    with pytest.raises(RefusedError, match=r'are not JSON: .*credentials\.json$'):
        Asked(services, environment)('google', SCOPE)
    with pytest.raises(RefusedError, match='are not readable: /nowhere/at-all: No such file'):
        Asked(services, {'GOOGLE_APPLICATION_CREDENTIALS': '/nowhere/at-all'})('google', SCOPE)


def test_hail_tokens_come_from_settings_then_from_the_file(services: LocalServices, tmp_path: Path) -> None:
    tokens = tmp_path / 'tokens.json'
    tokens.write_text(json.dumps({'gcp': 'from-file', 'azure': 'azure-file', 'default': 'gateway'}))
    asked = Asked(services, {}, hail_tokens={'gcp': 'from-settings'}, hail_tokens_file=tokens)
    assert asked('hail', 'gcp', 'https://auth.hail.example.org') == {'Authorization': 'Bearer from-settings'}
    assert asked('hail', 'azure', 'https://internal.hail.example.org/dev/auth') == {
        'Authorization': 'Bearer azure-file',
        'X-Hail-Internal-Authorization': 'Bearer gateway',
    }
    with pytest.raises(RefusedError, match='set HAIL_TOKEN_AZURE, or the key `azure` in'):
        Asked(services, {}, hail_tokens_file=tmp_path / 'none.json')('hail', 'azure', 'https://auth.hail.example.org')


def test_settings_do_not_show_their_tokens() -> None:
    shown = repr(Settings(google_access_token='hush', metamist_token='hush', hail_tokens={'gcp': 'hush'}))
    assert 'hush' not in shown

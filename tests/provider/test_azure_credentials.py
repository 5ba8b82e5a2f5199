"""Every way to be known to Azure, against token services on this machine and a command line of our own."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.http import Http
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.settings import Settings
from tests.services import Fault, LocalServices

APPLICATION = {'AZURE_TENANT_ID': 'tenant', 'AZURE_CLIENT_ID': 'client'}


class Asked:
    """One set of credentials at work. No login of the person who runs the tests is found."""

    def __init__(self, services: LocalServices, folder: Path, environment: Mapping[str, str], **settings: Any) -> None:
        self.redaction = Redaction()
        self._services = services
        self._environment = {'AZURE_CONFIG_DIR': str(folder), 'PATH': str(folder), **environment}
        self._settings = Settings(endpoints=services.endpoints(), first_wait=0.001, patience=1, **settings)

    def token(self, *fresh: bool) -> str:
        """The last of as many tokens as are asked for."""

        async def ask() -> str:
            http = Http(self._settings)
            authorize = Credentials(self._settings, http, self.redaction, self._environment).azure_storage()
            try:
                headers = [await authorize(fresh=each) for each in fresh or (False,)]
            finally:
                await http.close()
            return headers[-1]['Authorization'].removeprefix('Bearer ')

        return asyncio.run(ask())

    def account(self) -> str:
        """Whom the token services know the token by."""
        return self._services.world.azure.accounts[self.token()]


def log_in(folder: Path, script: str, subscriptions: int = 1) -> None:
    """A command line `az` that does this, and the trace of a login."""
    az = folder / 'az'
    az.write_text(f'#!/bin/sh\n{script}\n')
    az.chmod(0o755)
    # Azure's own program writes a byte order mark.
    profile = json.dumps({'subscriptions': [{'id': 'x'}] * subscriptions})
    (folder / 'azureProfile.json').write_text(profile, encoding='utf-8-sig')


def prints(answer: Mapping[str, object]) -> str:
    return f"echo '{json.dumps(answer)}'"


def test_a_token_of_the_settings_comes_first(services: LocalServices, tmp_path: Path) -> None:
    asked = Asked(services, tmp_path, {**APPLICATION, 'AZURE_CLIENT_SECRET': 'app-secret'}, azure_storage_token='given')
    assert asked.token() == 'given'
    assert not services.calls


@pytest.mark.parametrize('prefix', ['AZURE', 'ARM'])
def test_an_application_proves_itself_by_its_secret(services: LocalServices, tmp_path: Path, prefix: str) -> None:
    named = {'TENANT_ID': 'tenant', 'CLIENT_ID': 'client', 'CLIENT_SECRET': 'app-secret'}
    asked = Asked(services, tmp_path, {f'{prefix}_{name}': value for name, value in named.items()})
    assert asked.account() == 'client of tenant'
    assert asked.redaction.clean('app-secret') == '[secret]'


def test_a_token_is_asked_for_once_and_again_when_it_is_refused(services: LocalServices, tmp_path: Path) -> None:
    asked = Asked(services, tmp_path, {**APPLICATION, 'AZURE_CLIENT_SECRET': 'app-secret'})
    first = asked.token(False, False)
    assert len(services.calls) == 1
    assert asked.token(False, True) != first
    assert asked.redaction.clean(first) == '[secret]'


def test_a_job_proves_itself_by_the_token_in_its_file(services: LocalServices, tmp_path: Path) -> None:
    assertion = tmp_path / 'assertion'
    asked = Asked(services, tmp_path, {**APPLICATION, 'AZURE_FEDERATED_TOKEN_FILE': str(assertion)})
    with pytest.raises(RefusedError, match=r'the identity of this job is not readable: .*No such file'):
        asked.account()
    assertion.write_text('job-assertion\n')
    assert asked.account() == 'client of tenant'
    assert asked.redaction.clean('job-assertion') == '[secret]'


def test_another_authority_is_asked_when_the_environment_names_it(services: LocalServices, tmp_path: Path) -> None:
    environment = {**APPLICATION, 'AZURE_CLIENT_SECRET': 'app-secret', 'AZURE_AUTHORITY_HOST': f'{services.url}/entra/'}
    assert Asked(services, tmp_path, environment).account() == 'client of tenant'


@pytest.mark.parametrize('missing', ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'])
def test_half_an_application_is_told_and_nobody_else_is_tried(
    services: LocalServices, tmp_path: Path, missing: str
) -> None:
    log_in(tmp_path, prints({'accessToken': 'somebody-else'}))
    environment = {name: value for name, value in APPLICATION.items() if name != missing}
    asked = Asked(services, tmp_path, {**environment, 'AZURE_CLIENT_SECRET': 'app-secret'})
    with pytest.raises(RefusedError, match=f'incomplete: AZURE_CLIENT_SECRET is set, {missing} is not'):
        asked.token()


def test_a_wrong_secret_is_told_and_nobody_else_is_tried(services: LocalServices, tmp_path: Path) -> None:
    log_in(tmp_path, prints({'accessToken': 'somebody-else'}))
    asked = Asked(services, tmp_path, {**APPLICATION, 'AZURE_CLIENT_SECRET': 'revoked'})
    with pytest.raises(RefusedError, match='Azure gives no token: HTTP 401: AADSTS7000215: Invalid client secret'):
        asked.token()


def test_a_machine_asks_its_metadata_service(services: LocalServices, tmp_path: Path) -> None:
    assert Asked(services, tmp_path, {}).account() == 'this machine'
    assert Asked(services, tmp_path, {'AZURE_CLIENT_ID': 'one-of-several'}).account() == 'one-of-several'
    log_in(tmp_path, prints({'accessToken': 'somebody-else'}))
    assert Asked(services, tmp_path, {'ARM_USE_MSI': 'true'}).account() == 'this machine'


def test_whoever_is_logged_in_comes_before_the_machine(services: LocalServices, tmp_path: Path) -> None:
    log_in(tmp_path, f'test "$*" = "account get-access-token --output json --resource https://storage.azure.com" && {prints({"accessToken": "of-a-person", "expires_on": time.time() + 3600})}')  # fmt: skip
    asked = Asked(services, tmp_path, {})
    assert asked.token() == 'of-a-person'
    assert asked.redaction.clean('of-a-person') == '[secret]'
    log_in(tmp_path, 'exit 1', subscriptions=0)
    assert asked.account() == 'this machine'
    assert len(services.calls) == 1


def test_the_tenant_of_the_environment_is_asked_for(services: LocalServices, tmp_path: Path) -> None:
    log_in(tmp_path, 'test "$7 $8" = "--tenant tenant" && ' + prints({'accessToken': 'of-the-tenant'}))
    assert Asked(services, tmp_path, {'AZURE_TENANT_ID': 'tenant'}).token() == 'of-the-tenant'


@pytest.mark.parametrize('minutes', [1, 60])
def test_a_token_of_the_command_line_is_used_until_it_ends(
    services: LocalServices, tmp_path: Path, minutes: int
) -> None:
    ends = dt.datetime.now().astimezone() + dt.timedelta(minutes=minutes)
    answer = prints({'accessToken': 'of-a-person', 'expiresOn': f'{ends:%Y-%m-%d %H:%M:%S.%f}'})
    log_in(tmp_path, f'echo once >> {tmp_path}/runs; {answer}')
    Asked(services, tmp_path, {}).token(False, False)
    assert len((tmp_path / 'runs').read_text().splitlines()) == (2 if minutes == 1 else 1)


@pytest.mark.parametrize(
    ('script', 'message'),
    [
        ('echo "ERROR: AADSTS700082: The refresh token has expired.\nRun az login." >&2; exit 1', 'gives no token: ERROR: AADSTS700082: The refresh token has expired. Run az login.'),
        ('echo no json', 'gives an answer without a token'),
        ('exec /nowhere/at-all', 'gives no token:'),
    ],
)  # fmt: skip
def test_a_command_line_that_does_not_help_is_told_and_the_machine_is_not_tried(
    services: LocalServices, tmp_path: Path, script: str, message: str
) -> None:
    log_in(tmp_path, script)
    with pytest.raises(RefusedError, match=f'`az account get-access-token` {message}'):
        Asked(services, tmp_path, {}).token()
    assert not services.calls


def test_a_command_line_that_does_not_run_is_told(services: LocalServices, tmp_path: Path) -> None:
    log_in(tmp_path, '')
    (tmp_path / 'az').write_text('#!/nowhere/at-all\n')
    with pytest.raises(RefusedError, match=r'/az does not run: No such file'):
        Asked(services, tmp_path, {}).token()


def test_nothing_at_all_is_told_with_what_helps_and_found_out_once(services: LocalServices, tmp_path: Path) -> None:
    services.faults.append(Fault('metadata', times=99, drop=True))
    settings = Settings(endpoints=services.endpoints(), first_wait=0.001, patience=1)

    async def ask_twice() -> list[str]:
        http = Http(settings)
        environment = {'AZURE_CONFIG_DIR': str(tmp_path), 'PATH': str(tmp_path)}
        authorize = Credentials(settings, http, Redaction(), environment).azure_storage()
        told = []
        for _ in range(2):
            with pytest.raises(RefusedError) as refused:
                await authorize(fresh=False)
            told.append(str(refused.value))
        await http.close()
        return told

    first, second = asyncio.run(ask_twice())
    assert first.startswith('there are no Azure credentials: this machine has no identity of its own. Run `az login`')
    assert first == second
    assert len(services.calls) == 3

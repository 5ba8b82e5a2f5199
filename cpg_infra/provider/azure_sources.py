"""Who we are to Azure: an application, whoever ran `az login`, or the identity of this machine.

The variables are those of Azure's own libraries; where Pulumi's Azure provider has names of its own (`ARM_…`) they do
as well, so that both act as the same identity. What the variables name is used, and nothing else is tried when it is
refused: falling back to somebody else would write with other rights than those that were meant.

Not the library `azure-identity`: with what it needs it is heavier than the rest of the provider, and it brings a
second HTTP client.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from cpg_infra.provider.http import Http, always
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.reply import Reply, ServiceError
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.tokens import Token
from cpg_infra.provider.values import Json, items, mapping, optional_text

ENTRA: Final = 'https://login.microsoftonline.com'
METADATA: Final = 'http://169.254.169.254'

_TENANT: Final = ('AZURE_TENANT_ID', 'ARM_TENANT_ID')
_CLIENT: Final = ('AZURE_CLIENT_ID', 'ARM_CLIENT_ID')
_SECRET: Final = ('AZURE_CLIENT_SECRET', 'ARM_CLIENT_SECRET')
_TOKEN_FILE: Final = ('AZURE_FEDERATED_TOKEN_FILE', 'ARM_OIDC_TOKEN_FILE_PATH')
_AUTHORITY: Final = ('AZURE_AUTHORITY_HOST',)
_MACHINE: Final = ('ARM_USE_MSI',)

_LIFE: Final = 1800.0
"""Seconds that a token is used when nobody says how long it lives."""

_CLI_PATIENCE: Final = 60.0
_METADATA_TRIES: Final = 3


class AzureSource(Protocol):
    """Somebody who is known to Azure."""

    async def access(self, service: str) -> Token:
        """An access token for a service, given by its address. Raises `RefusedError`."""


def azure_source(http: Http, redaction: Redaction, environment: Mapping[str, str]) -> AzureSource:
    """Who the environment says that we are. Looks at files. Raises `RefusedError` when it says it by half."""
    secret, token_file = _given(environment, _SECRET), _given(environment, _TOKEN_FILE)
    client = _given(environment, _CLIENT)
    if secret is not None or token_file is not None:
        return Application(http, redaction, environment, secret=secret, token_file=token_file)
    # A client without any proof is how an identity of this machine is chosen from several.
    if client is not None or (_given(environment, _MACHINE) or '').lower() == 'true':
        return Machine(http, client)
    az = shutil.which('az', path=environment.get('PATH'))
    home = environment.get('AZURE_CONFIG_DIR') or str(Path('~/.azure').expanduser())
    if az is not None and _is_logged_in(Path(home)):
        return CommandLine(az, environment)
    return Machine(http, None)


class Application:
    """An application, or a federated identity, known by a secret or by the token of another identity provider."""

    def __init__(
        self,
        http: Http,
        redaction: Redaction,
        environment: Mapping[str, str],
        *,
        secret: str | None,
        token_file: str | None,
    ) -> None:
        self._http = http
        self._redaction = redaction
        self._secret = secret
        self._token_file = token_file
        proof = (_SECRET if secret is not None else _TOKEN_FILE)[0]
        self._client = _needed(environment, _CLIENT, proof)
        authority = (_given(environment, _AUTHORITY) or ENTRA).rstrip('/')
        self._url = f'{authority}/{_needed(environment, _TENANT, proof)}/oauth2/v2.0/token'
        redaction.add(secret or '')

    async def access(self, service: str) -> Token:
        form = {
            'grant_type': 'client_credentials',
            'client_id': self._client,
            'scope': f'{service}/.default',
            **(await asyncio.to_thread(self._proof)),
        }
        return _granted(await self._http.send('POST', self._url, form=form))

    def _proof(self) -> dict[str, str]:
        if self._secret is not None:
            return {'client_secret': self._secret}
        # Read each time: such tokens live for minutes, and whoever made the file replaces it.
        try:
            assertion = Path(self._token_file or '').read_text(encoding='utf-8').strip()
        except OSError as error:
            raise RefusedError(f'the identity of this job is not readable: {error}') from None
        self._redaction.add(assertion)
        return {
            'client_assertion_type': 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            'client_assertion': assertion,
        }


class Machine:
    """The managed identity of this machine, from its metadata service; `client` chooses one of several."""

    def __init__(self, http: Http, client: str | None) -> None:
        self._http = http
        self._client = client
        self._absent = False

    async def access(self, service: str) -> Token:
        # Outside Azure nobody answers, and finding that out takes long: once is enough.
        reply = None if self._absent else await self._ask(service)
        if reply is None:
            self._absent = True
            raise RefusedError(
                'there are no Azure credentials: this machine has no identity of its own. Run `az login`, or set '
                'AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE'
            )
        return _granted(reply)

    async def _ask(self, service: str) -> Reply | None:
        """The answer; None when there is nobody to answer."""
        url = f'{METADATA}/metadata/identity/oauth2/token'
        params = {'api-version': '2018-02-01', 'resource': f'{service}/'}
        if self._client is not None:
            params['client_id'] = self._client
        metadata = always({'Metadata': 'true'})
        try:
            return await self._http.send('GET', url, metadata, params=params, most=_METADATA_TRIES)
        except ServiceError:
            return None


class CommandLine:
    """Whoever ran `az login`."""

    def __init__(self, az: str, environment: Mapping[str, str]) -> None:
        self._az = az
        self._environment = dict(environment)

    async def access(self, service: str) -> Token:
        return await asyncio.to_thread(self._run, service)

    def _run(self, service: str) -> Token:
        command = [self._az, 'account', 'get-access-token', '--output', 'json', '--resource', service]
        tenant = _given(self._environment, _TENANT)
        if tenant is not None:
            command += ['--tenant', tenant]
        try:
            run = subprocess.run(  # noqa: S603 - the program that the user's PATH names, arguments of ours
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_CLI_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RefusedError(f'`az account get-access-token` gave no token in {_CLI_PATIENCE:g} s') from None
        except OSError as error:
            raise RefusedError(f'{self._az} does not run: {error.strerror}') from None
        if run.returncode:
            raise RefusedError(f'`az account get-access-token` gives no token: {" ".join(run.stderr.split())[-400:]}')
        try:
            answer = mapping(json.loads(run.stdout))
        except ValueError:
            answer = {}
        token = optional_text(answer, 'accessToken')
        if token is None:
            raise RefusedError('`az account get-access-token` gives an answer without a token')
        return Token(token, _end_of(answer))


def _given(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := environment.get(name))), None)


def _needed(environment: Mapping[str, str], names: tuple[str, ...], because: str) -> str:
    found = _given(environment, names)
    if found is None:
        raise RefusedError(f'the Azure credentials are incomplete: {because} is set, {names[0]} is not')
    return found


def _is_logged_in(home: Path) -> bool:
    try:
        profile: Json = json.loads((home / 'azureProfile.json').read_text(encoding='utf-8-sig'))
    except (OSError, ValueError):
        return False
    return bool(items(mapping(profile).get('subscriptions')))


def _granted(reply: Reply) -> Token:
    body = mapping(reply.body)
    token = optional_text(body, 'access_token')
    if not reply.ok or token is None:
        raise reply.refusal('Azure gives no token')
    # Entra says it as a number, a machine's metadata service as a text.
    life = body.get('expires_in')
    return Token(token, time.time() + (float(life) if isinstance(life, int | float | str) and life else _LIFE))


def _end_of(answer: Mapping[str, Json]) -> float:
    """When a token of the command line ends: new versions say it in seconds, older ones in local time."""
    ends = answer.get('expires_on')
    if isinstance(ends, int | float):
        return float(ends)
    try:
        return dt.datetime.fromisoformat(optional_text(answer, 'expiresOn') or '').timestamp()
    except ValueError:
        return time.time() + _LIFE

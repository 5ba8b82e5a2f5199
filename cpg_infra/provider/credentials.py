"""Who the provider is to each service. Nothing here is ever put into state, a message or a log."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from cpg_infra.provider.azure_sources import AzureSource, azure_source
from cpg_infra.provider.google_keys import KeyFile
from cpg_infra.provider.google_sources import (
    Federated,
    Impersonated,
    Machine,
    Person,
    Source,
    claims_of,
)
from cpg_infra.provider.http import Authorize, Headers, Http, always
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.settings import Settings
from cpg_infra.provider.tokens import Token
from cpg_infra.provider.values import Json, mapping, optional_text

_SPARE: Final = 300.0
"""Seconds before its end at which a token is replaced."""

_AZURE_STORAGE: Final = 'https://storage.azure.com'
_INTERNAL: Final = 'https://internal.hail'
_SECRETS_OF_FILES: Final = ('client_secret', 'refresh_token', 'private_key')


class Credentials:
    """Authorisation for each service, from the settings, the environment, and files."""

    def __init__(self, settings: Settings, http: Http, redaction: Redaction, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._http = http
        self._redaction = redaction
        self._environment = environment
        self._tokens: dict[tuple[str, ...], Token] = {}
        self._turns: dict[tuple[str, ...], asyncio.Lock] = {}
        self._google: tuple[Source, str | None] | None = None
        self._azure: AzureSource | None = None
        for secret in settings.secrets:
            redaction.add(secret)

    def google(self, scope: str) -> Authorize:
        """Access to an API of Google."""

        async def authorize(*, fresh: bool) -> Headers:
            given = self._settings.google_access_token
            if given is not None:
                return _bearer(given)

            async def access() -> Token:
                source, _ = await self._source()
                return await source.access((scope,))

            token = await self._token(('access', scope), access, fresh=fresh)
            _, project = await self._source()
            # A person's requests count on a project of theirs; a machine's on its own.
            return _bearer(token) | ({'X-Goog-User-Project': project} if project else {})

        return authorize

    def azure_storage(self) -> Authorize:
        """Access to the blobs of Azure's storage accounts."""

        async def access() -> Token:
            if self._azure is None:
                self._azure = await asyncio.to_thread(azure_source, self._http, self._redaction, self._environment)
            return await self._azure.access(_AZURE_STORAGE)

        async def authorize(*, fresh: bool) -> Headers:
            given = self._settings.azure_storage_token
            return _bearer(given or await self._token(('azure', _AZURE_STORAGE), access, fresh=fresh))

        return authorize

    def metamist(self, audience: str) -> Authorize:
        """Access to metamist."""

        async def authorize(*, fresh: bool) -> Headers:
            return _bearer(await self._identity(audience, fresh=fresh))

        return authorize

    async def caller(self, audience: str) -> str | None:
        """The address that metamist knows us by; None when our token does not say it."""
        address = optional_text(claims_of(await self._identity(audience)), 'email')
        return address.lower() if address else None

    async def hail(self, cloud: str, url: str) -> Authorize:
        """Access to the Hail Batch service of a cloud at this address."""
        token, internal = await asyncio.to_thread(self._hail_tokens, cloud)
        headers = _bearer(token)
        if url.startswith(_INTERNAL):
            # Namespaces of developers lie behind a gateway, which asks for a token of its own.
            headers['X-Hail-Internal-Authorization'] = f'Bearer {internal}'
        return always(headers)

    async def _identity(self, audience: str, *, fresh: bool = False) -> str:
        given = self._settings.metamist_token
        if given is not None:
            return given

        async def identity() -> Token:
            source, _ = await self._source()
            return await source.identity(audience)

        return await self._token(('identity', audience), identity, fresh=fresh)

    async def _token(self, key: tuple[str, ...], fetch: Callable[[], Awaitable[Token]], *, fresh: bool = False) -> str:
        asked = time.time()
        async with self._turns.setdefault(key, asyncio.Lock()):
            token = self._tokens.get(key)
            if token is None or token.ends - _SPARE < asked or fresh:
                token = self._tokens[key] = await fetch()
                self._redaction.add(token.value)
            return token.value

    async def _source(self) -> tuple[Source, str | None]:
        """Who we are to Google, and the project that our requests count on."""
        if self._google is None:
            source, project = await asyncio.to_thread(self._default)
            if self._settings.google_impersonate is not None:
                source = Impersonated(self._http, source, self._settings.google_impersonate)
            self._google = source, project
        return self._google

    def _default(self) -> tuple[Source, str | None]:
        named = self._environment.get('GOOGLE_APPLICATION_CREDENTIALS')
        home = self._environment.get('CLOUDSDK_CONFIG') or str(Path('~/.config/gcloud').expanduser())
        path = Path(named) if named else Path(home) / 'application_default_credentials.json'
        if not named and not path.is_file():
            return Machine(self._http, self._environment.get('GCE_METADATA_HOST', 'metadata.google.internal')), None
        file = _read_json(path, 'the application default credentials')
        project = self._environment.get('GOOGLE_CLOUD_QUOTA_PROJECT') or optional_text(file, 'quota_project_id')
        return self._from_file(file, path), project

    def _from_file(self, file: Mapping[str, Json], path: Path) -> Source:
        for key in _SECRETS_OF_FILES:
            self._redaction.add(optional_text(file, key) or '')
        kind = optional_text(file, 'type')
        source: Source
        if kind == 'authorized_user':
            source = Person(self._http, file)
        elif kind == 'service_account':
            source = KeyFile(self._http, file)
        elif kind == 'external_account':
            source = Federated(self._http, self._redaction, file)
        elif kind == 'impersonated_service_account':
            source = self._from_file(mapping(file.get('source_credentials')), path)
        else:
            raise RefusedError(f'{path}: credentials of the type {kind} are not supported')
        acting = optional_text(file, 'service_account_impersonation_url')
        return source if acting is None else Impersonated(self._http, source, _account(acting))

    def _hail_tokens(self, cloud: str) -> tuple[str, str]:
        """The token for a cloud, and that for the gateway of developers' namespaces."""
        given = self._settings.hail_tokens.get(cloud)
        path = self._settings.hail_tokens_file
        if given is not None and not path.is_file():
            return given, given
        file = _read_json(path, 'the Hail tokens') if path.is_file() else {}
        token = given or optional_text(file, cloud)
        if token is None:
            raise RefusedError(
                f'there is no Hail token for {cloud}: set HAIL_TOKEN_{cloud.upper()}, or the key `{cloud}` in {path}'
            )
        internal = optional_text(file, 'default') or token
        self._redaction.add(token)
        self._redaction.add(internal)
        return token, internal


def _account(url: str) -> str:
    """`…/serviceAccounts/<address>:generateAccessToken` → the address."""
    return url.rpartition('/')[2].partition(':')[0]


def _bearer(token: str) -> dict[str, str]:
    return {'Authorization': f'Bearer {token}'}


def _read_json(path: Path, what: str) -> Mapping[str, Json]:
    try:
        return mapping(json.loads(path.read_text(encoding='utf-8')))
    except OSError as error:
        raise RefusedError(f'{what} are not readable: {path}: {error.strerror}') from None
    except ValueError:
        raise RefusedError(f'{what} are not JSON: {path}') from None

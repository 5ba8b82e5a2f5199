"""Where Google credentials come from: the kinds of application default credentials, each in a few lines of HTTP.

Not the library `google-auth`: with what it needs it is a quarter of the whole installation, and it brings a second
HTTP client. Left out are the forms that need a vendor's signature or a program of the user's (AWS and executable
sources): for these, `gcloud auth print-access-token` and the key `googleAccessToken`.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from cpg_infra.provider.http import Http, always
from cpg_infra.provider.redaction import Redaction
from cpg_infra.provider.reply import Reply
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.tokens import Token
from cpg_infra.provider.values import Json, mapping, optional_text

CLOUD_PLATFORM: Final = 'https://www.googleapis.com/auth/cloud-platform'

OAUTH: Final = 'https://oauth2.googleapis.com/token'
LIFE: Final = 3600
"""Seconds that a token lives when nothing else is said."""

_IAM: Final = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts'
_METADATA_TRIES: Final = 3


class Source(Protocol):
    """Somebody who is known to Google."""

    async def access(self, scopes: tuple[str, ...]) -> Token:
        """An access token for these scopes."""

    async def identity(self, audience: str) -> Token:
        """An identity token for this audience. Raises `RefusedError` for those who have none."""


class Person:
    """Whoever ran `gcloud auth application-default login`."""

    def __init__(self, http: Http, file: Mapping[str, Json]) -> None:
        self._http = http
        self._file = file

    async def access(self, scopes: tuple[str, ...]) -> Token:
        keys = ('client_id', 'client_secret', 'refresh_token')
        form = {'grant_type': 'refresh_token', **{key: optional_text(self._file, key) or '' for key in keys}}
        return granted(await self._http.send('POST', OAUTH, form=form), 'access_token')

    async def identity(self, audience: str) -> Token:
        raise RefusedError(
            f'the application default credentials are a person’s, who gets no identity token for {audience}: '
            'name a service account to act as (cpg:googleImpersonate)'
        )


class Machine:
    """The service account that this machine runs as, from its metadata server."""

    def __init__(self, http: Http, host: str) -> None:
        self._http = http
        self._root = f'http://{host}/computeMetadata/v1/instance/service-accounts/default'

    async def access(self, scopes: tuple[str, ...]) -> Token:
        return granted(await self._ask('/token', {'scopes': ','.join(scopes)}), 'access_token')

    async def identity(self, audience: str) -> Token:
        reply = await self._ask('/identity', {'audience': audience, 'format': 'full'})
        return identity_token(reply.text.strip())

    async def _ask(self, path: str, params: Mapping[str, str]) -> Reply:
        flavour = always({'Metadata-Flavor': 'Google'})
        try:
            reply = await self._http.send('GET', self._root + path, flavour, params=params, most=_METADATA_TRIES)
        except RefusedError:
            raise RefusedError(
                'there are no Google credentials: run `gcloud auth application-default login`, or name a file in '
                'GOOGLE_APPLICATION_CREDENTIALS'
            ) from None
        if not reply.ok:
            raise reply.refusal('the metadata server of this machine gives no token')
        return reply


class Federated:
    """Somebody of another identity provider (a CI job), exchanged by workload identity federation."""

    def __init__(self, http: Http, redaction: Redaction, file: Mapping[str, Json]) -> None:
        self._http = http
        self._redaction = redaction
        self._file = file

    async def access(self, scopes: tuple[str, ...]) -> Token:
        subject = await self._subject()
        self._redaction.add(subject)
        form = {
            'grant_type': 'urn:ietf:params:oauth:grant-type:token-exchange',
            'audience': optional_text(self._file, 'audience') or '',
            'scope': ' '.join(scopes),
            'requested_token_type': 'urn:ietf:params:oauth:token-type:access_token',
            'subject_token': subject,
            'subject_token_type': optional_text(self._file, 'subject_token_type') or '',
        }
        url = optional_text(self._file, 'token_url') or 'https://sts.googleapis.com/v1/token'
        return granted(await self._http.send('POST', url, form=form), 'access_token')

    async def identity(self, audience: str) -> Token:
        raise RefusedError(
            f'workload identity federation without a service account gives no identity token for {audience}: '
            'name a service account to act as (cpg:googleImpersonate)'
        )

    async def _subject(self) -> str:
        source = mapping(self._file.get('credential_source'))
        path, url = optional_text(source, 'file'), optional_text(source, 'url')
        if path is not None:
            try:
                content = await asyncio.to_thread(Path(path).read_text, encoding='utf-8')
            except OSError as error:
                raise RefusedError(f'the identity of this job is not readable: {error}') from None
        elif url is not None:
            headers = {key: str(value) for key, value in mapping(source.get('headers')).items()}
            reply = await self._http.send('GET', url, always(headers))
            if not reply.ok:
                raise reply.refusal('the identity of this job is not given')
            content = reply.text
        else:
            raise RefusedError(
                'credentials of this form are not supported: pass `gcloud auth print-access-token` as '
                'GOOGLE_OAUTH_ACCESS_TOKEN'
            )
        form = mapping(source.get('format'))
        if optional_text(form, 'type') != 'json':
            return content.strip()
        found = optional_text(
            mapping(json.loads(content)), optional_text(form, 'subject_token_field_name') or 'access_token'
        )
        if found is None:
            raise RefusedError('the identity of this job is not where its configuration says')
        return found


class Impersonated:
    """A service account that somebody else may act as."""

    def __init__(self, http: Http, source: Source, account: str) -> None:
        self._http = http
        self._source = source
        self._account = account

    async def access(self, scopes: tuple[str, ...]) -> Token:
        reply = await self._ask('generateAccessToken', {'scope': list(scopes), 'lifetime': f'{LIFE}s'})
        answer = mapping(reply.body)
        try:
            ends = dt.datetime.fromisoformat(optional_text(answer, 'expireTime') or '').timestamp()
        except ValueError:
            ends = time.time() + LIFE
        return Token(optional_text(answer, 'accessToken') or '', ends)

    async def identity(self, audience: str) -> Token:
        reply = await self._ask('generateIdToken', {'audience': audience, 'includeEmail': True})
        return identity_token(optional_text(mapping(reply.body), 'token') or '')

    async def _ask(self, what: str, body: Mapping[str, Json]) -> Reply:
        token = await self._source.access((CLOUD_PLATFORM,))
        source = always({'Authorization': f'Bearer {token.value}'})
        reply = await self._http.send('POST', f'{_IAM}/{self._account}:{what}', source, body=body)
        if not reply.ok:
            raise reply.refusal(f'acting as {self._account}')
        return reply


def identity_token(value: str) -> Token:
    """A token that says itself when it ends."""
    ends = claims_of(value).get('exp')
    return Token(value, float(ends) if isinstance(ends, int | float) else time.time() + LIFE / 2)


def claims_of(token: str) -> Mapping[str, Json]:
    """What a token says of itself, unchecked; nothing when it is of another form."""
    try:
        part = token.split('.')[1]
        return mapping(json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4))))
    except (IndexError, ValueError):
        return {}


def granted(reply: Reply, answer: str) -> Token:
    """The token in an answer of a token service. Raises `RefusedError` when there is none."""
    body = mapping(reply.body)
    token = optional_text(body, answer)
    if not reply.ok or token is None:
        raise reply.refusal('Google gives no token')
    if answer == 'id_token':
        return identity_token(token)
    life = body.get('expires_in')
    return Token(token, time.time() + (float(life) if isinstance(life, int | float) else LIFE / 2))

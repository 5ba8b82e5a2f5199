"""The token services of Google: refresh tokens, signed assertions, exchange, impersonation, a metadata server."""

from __future__ import annotations

from typing import Any

from tests.services.exchange import Answer, Refusal, Request
from tests.services.tokens import claims_of, identity_token
from tests.services.world import World

ACCOUNT = 'deployer@example.org'


class GoogleTokens:
    """Gives tokens that the other services accept, and notes whose they are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        parts = request.parts
        if 'computeMetadata' in parts:
            return self._machine(request)
        if 'serviceAccounts' in parts:
            return self._impersonate(request)
        return self._grant(request.body)

    def _grant(self, form: dict[str, str]) -> Answer:
        kind = form.get('grant_type', '').rpartition(':')[2]
        if kind == 'refresh_token':
            if form['refresh_token'] != 'refresh-secret' or form['client_secret'] != 'client-secret':
                raise Refusal(400, {'error': 'invalid_grant', 'error_description': 'Token has been revoked.'})
            return self._access(form['client_id'], form.get('scope', ''))
        if kind == 'jwt-bearer':
            claims = claims_of(form['assertion'])
            if 'target_audience' in claims:
                return Answer(body={'id_token': identity_token(claims['iss'], claims['target_audience'])})
            return self._access(claims['iss'], claims['scope'])
        if kind == 'token-exchange':
            if form['subject_token'] != 'subject-secret':
                raise Refusal(400, {'error': 'invalid_grant', 'error_description': 'The subject token is invalid.'})
            return self._access('federated', form['scope'])
        raise Refusal(400, {'error': 'unsupported_grant_type'})

    def _access(self, account: str, scope: str) -> Answer:
        token = self._token(account)
        self._world.google.scopes[token] = scope
        return Answer(body={'access_token': token, 'expires_in': 3599, 'scope': scope})

    def _token(self, account: str) -> str:
        token = f'ya29.{self._world.number():08d}-{account}'
        self._world.google.tokens.append(token)
        self._world.google.accounts[token] = account
        return token

    def _machine(self, request: Request) -> Answer:
        if request.headers.get('Metadata-Flavor') != 'Google':
            raise Refusal(403, 'Missing Metadata-Flavor header')
        if request.parts[-1] == 'identity':
            return Answer(body=identity_token(ACCOUNT, request.query['audience']))
        return self._access(ACCOUNT, request.query.get('scopes', ''))

    def _impersonate(self, request: Request) -> Answer:
        account, _, what = request.parts[-1].partition(':')
        body: Any = request.body
        if request.token not in self._world.google.tokens:
            raise Refusal(401, {'error': {'code': 401, 'message': 'no valid credentials', 'status': 'UNAUTHENTICATED'}})
        if what == 'generateIdToken':
            email = account if body.get('includeEmail') else None
            return Answer(body={'token': identity_token(email, body['audience'])})
        return Answer(body={'accessToken': self._token(account), 'expireTime': '2096-01-01T00:00:00Z'})

"""The token services of Azure: an application's secret, a federated assertion, the identity of a machine."""

from __future__ import annotations

from tests.services.exchange import Answer, Refusal, Request
from tests.services.world import World

SCOPE = 'https://storage.azure.com/.default'
RESOURCE = 'https://storage.azure.com/'


class AzureTokens:
    """`/<tenant>/oauth2/v2.0/token` and `/metadata/identity/oauth2/token`. Notes whose its tokens are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        if request.parts[0] == 'metadata':
            return self._machine(request)
        form = request.body
        proof = form.get('client_secret'), form.get('client_assertion')
        if form['grant_type'] != 'client_credentials' or proof not in {('app-secret', None), (None, 'job-assertion')}:
            text = f'AADSTS7000215: Invalid client secret provided: {proof}'
            raise Refusal(401, {'error': 'invalid_client', 'error_description': text})
        if form['scope'] != SCOPE:
            raise Refusal(400, {'error': 'invalid_scope', 'error_description': 'AADSTS70011: no such scope'})
        token = self._token(f'{form["client_id"]} of {request.parts[0]}')
        return Answer(body={'token_type': 'Bearer', 'expires_in': 3599, 'access_token': token})

    def _machine(self, request: Request) -> Answer:
        if request.headers.get('Metadata') != 'true' or request.query.get('resource') != RESOURCE:
            raise Refusal(400, {'error': 'invalid_request', 'error_description': 'Required metadata header'})
        token = self._token(request.query.get('client_id', 'this machine'))
        return Answer(body={'access_token': token, 'expires_in': '86399', 'resource': RESOURCE})

    def _token(self, account: str) -> str:
        token = f'eyJ0.{self._world.number():08d}'
        self._world.azure.tokens.append(token)
        self._world.azure.accounts[token] = account
        return token

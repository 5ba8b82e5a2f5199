"""A stand-in for the token exchanges of Google and Microsoft, over what a plan would have made.

Google's evaluates the provider's mapping and condition, then the policy of the account. Microsoft's compares issuer,
audience and subject letter by letter with the credentials of the identity. Both check the signature first.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from cpg_infra.plan import Plan, Resource
from tests.plugins.github_wif.cel import CelError, evaluate
from tests.plugins.github_wif.issuer import Issuer, decoded

GOOGLE_IAM = '//iam.googleapis.com/'
SUBJECT_BYTES = 127


class Refused(Exception):
    """What the exchange answers instead of a token."""


class TokenExchange:
    """Serves on loopback from `with` on."""

    def __init__(self, plan: Plan, issuer: Issuer) -> None:
        self._plan = plan
        self._issuer = issuer
        self._principals: dict[str, set[str]] = {}
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self._server.server_address[1]}'

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == '/v1/token':
            return self._federated(body['audience'], body['subject_token'])
        if match := re.fullmatch(r'/v1/projects/-/serviceAccounts/([^:]+):generateAccessToken', path):
            return self._impersonated(match[1], authorization.removeprefix('Bearer '))
        if path.endswith('/oauth2/v2.0/token'):
            return self._on_azure(body['client_id'], body['client_assertion'])
        raise Refused(f'nothing is served at {path}')

    def _claims(self, token: str) -> dict[str, Any]:
        head, body, signature = token.split('.')
        try:
            self._issuer.public_key.verify(
                decoded(signature), f'{head}.{body}'.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            raise Refused('the signature is not the issuer’s') from None
        claims: dict[str, Any] = json.loads(decoded(body))
        if claims['exp'] < time.time():
            raise Refused('the token has expired')
        return claims

    # Google -----------------------------------------------------------------------------------------------

    def _federated(self, audience: str, token: str) -> dict[str, Any]:
        provider = audience.removeprefix(GOOGLE_IAM)
        inputs = self._provider(provider)
        claims = self._claims(token)
        if claims['iss'] != inputs['oidc']['issuerUri']:
            raise Refused('the issuer is not the provider’s')
        if claims['aud'] not in {audience, f'https:{audience}'}:
            raise Refused('the audience is not the provider’s')
        pool = provider.partition('/providers/')[0]
        try:
            mapped = {key: evaluate(how, {'assertion': claims}) for key, how in inputs['attributeMapping'].items()}
            if evaluate(inputs['attributeCondition'], {'assertion': claims}) is not True:
                raise Refused('the attribute condition rejects the token')
        except CelError as error:
            raise Refused(f'the mapping or condition has no value for the token: {error}') from None
        if len(mapped['google.subject'].encode()) > SUBJECT_BYTES:
            raise Refused('google.subject is too long')
        begin = f'iam.googleapis.com/{pool}'
        principals = {f'principal://{begin}/subject/{mapped["google.subject"]}'}
        principals |= {
            f'principalSet://{begin}/{key}/{value}' for key, value in mapped.items() if key.startswith('attribute.')
        }
        access = secrets.token_hex()
        self._principals[access] = principals
        return {'access_token': access, 'token_type': 'Bearer'}

    def _provider(self, path: str) -> dict[str, Any]:
        parts = path.split('/')
        for resource in self._of_type('gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider'):
            inputs: Any = resource.inputs
            if [parts[5], parts[7]] == [inputs['workloadIdentityPoolId'], inputs['workloadIdentityPoolProviderId']]:
                return dict(inputs)
        raise Refused(f'there is no provider {path}')

    def _impersonated(self, account: str, access: str) -> dict[str, Any]:
        allowed: set[str] = set()
        for resource in self._of_type('gcp:serviceaccount/iAMBinding:IAMBinding'):
            inputs: Any = resource.inputs
            if (
                inputs['serviceAccountId'].endswith(f'/{account}')
                and inputs['role'] == 'roles/iam.workloadIdentityUser'
            ):
                allowed.update(inputs['members'])
        if not allowed & self._principals.get(access, set()):
            raise Refused(f"Permission 'iam.serviceAccounts.getAccessToken' denied on {account}")
        return {'accessToken': f'token of {account}'}

    # Azure ------------------------------------------------------------------------------------------------

    def _on_azure(self, identity: str, token: str) -> dict[str, Any]:
        claims = self._claims(token)
        for resource in self._of_type('azure-native:managedidentity:FederatedIdentityCredential'):
            inputs: Any = resource.inputs
            if inputs['resourceName'] == identity and (
                inputs['issuer'] == claims['iss']
                and claims['aud'] in inputs['audiences']
                and inputs['subject'] == claims['sub']
            ):
                return {'access_token': f'token of {identity}'}
        raise Refused('AADSTS700213: No matching federated identity record found for presented assertion subject')

    def _of_type(self, token: str) -> list[Resource]:
        return [resource for resource in self._plan.resources if resource.type == token]


def _handler(exchange: TokenExchange) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get('Content-Length', '0'))).decode()
            body = {key: values[0] for key, values in parse_qs(content).items()}
            try:
                status, answer = 200, exchange.answer(unquote(self.path), self.headers.get('Authorization', ''), body)
            except Refused as refused:
                status, answer = 403, {'error': str(refused)}
            encoded = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header('Content-Length', str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the parameter is given
            pass

    return Handler

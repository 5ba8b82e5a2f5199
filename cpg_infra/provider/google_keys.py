"""A service account by its key file: the one form of Google credentials that needs cryptography."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping

from cpg_infra.provider.google_sources import LIFE, OAUTH, granted
from cpg_infra.provider.http import Http
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.tokens import Token
from cpg_infra.provider.values import Json, optional_text


class KeyFile:
    """A service account by its private key. Needs the package cryptography."""

    def __init__(self, http: Http, file: Mapping[str, Json]) -> None:
        self._http = http
        self._file = file

    async def access(self, scopes: tuple[str, ...]) -> Token:
        return await self._grant({'scope': ' '.join(scopes)}, 'access_token')

    async def identity(self, audience: str) -> Token:
        return await self._grant({'target_audience': audience}, 'id_token')

    async def _grant(self, wanted: Mapping[str, str], answer: str) -> Token:
        url = optional_text(self._file, 'token_uri') or OAUTH
        now = int(time.time())
        header = {'alg': 'RS256', 'typ': 'JWT', 'kid': optional_text(self._file, 'private_key_id')}
        account = optional_text(self._file, 'client_email')
        claims = {'iss': account, 'aud': url, **wanted, 'iat': now, 'exp': now + LIFE}
        signed = f'{_part(header)}.{_part(claims)}'
        form = {
            'grant_type': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            'assertion': f'{signed}.{_base64(self._sign(signed.encode()))}',
        }
        return granted(await self._http.send('POST', url, form=form), answer)

    def _sign(self, message: bytes) -> bytes:
        try:
            from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - optional, and heavy
            from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 - likewise
        except ImportError:
            raise RefusedError(
                'to sign in with the key file of a service account, install cpg-infra[google-keys]'
            ) from None
        try:
            key = serialization.load_pem_private_key((optional_text(self._file, 'private_key') or '').encode(), None)
        except (ValueError, TypeError):
            raise RefusedError('the private key in the file of the application default credentials is broken') from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise RefusedError('the private key in the file of the application default credentials is no RSA key')
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _part(claims: Mapping[str, object]) -> str:
    return _base64(json.dumps(claims, separators=(',', ':')).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b'=').decode()

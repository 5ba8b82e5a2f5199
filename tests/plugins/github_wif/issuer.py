"""A stand-in for the issuer of GitHub's tokens: signs what a job would be given."""

from __future__ import annotations

import base64
import json
import time
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = 'https://token.actions.githubusercontent.com'


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip('=')


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class Issuer:
    """Has a key of its own; whoever wants to check a signature asks for `public_key`."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    def sign(self, claims: dict[str, Any]) -> str:
        head = encoded(json.dumps({'alg': 'RS256', 'typ': 'JWT'}).encode())
        body = encoded(json.dumps(claims).encode())
        signature = self._key.sign(f'{head}.{body}'.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f'{head}.{body}.{encoded(signature)}'


def job(
    audience: str,
    *,
    repository: str = 'lantern/aligner',
    repository_id: int = 7001,
    owner_id: int = 9001,
    environment: str | None = 'development',
    by_ids: bool = False,
    **changes: Any,
) -> dict[str, Any]:
    """The claims of a job's token, in either form of the subject."""
    named = f'org-{owner_id}/repo-{repository_id}' if by_ids else repository
    now = int(time.time())
    claims = {
        'iss': ISSUER,
        'aud': audience,
        'sub': f'repo:{named}:environment:{environment}' if environment else f'repo:{named}:ref:refs/heads/main',
        'repository': repository,
        'repository_id': str(repository_id),
        'repository_owner': repository.partition('/')[0],
        'repository_owner_id': str(owner_id),
        'exp': now + 86_400,
        'iat': now,
        **({'environment': environment} if environment else {}),
    }
    return {**claims, **changes}

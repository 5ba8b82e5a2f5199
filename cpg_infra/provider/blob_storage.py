"""The REST interface of Azure's blobs, as far as a text needs it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Final
from urllib.parse import quote

from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.http import Http
from cpg_infra.provider.reply import Reply, passing
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.settings import Settings, blob_url_faults

VERSION: Final = '2024-11-04'
"""Of the interface; deployed in every region."""

BLOB_NOT_FOUND: Final = 'BlobNotFound'
BLOB_EXISTS: Final = 'BlobAlreadyExists'
CONTAINER_NOT_FOUND: Final = 'ContainerNotFound'
CHANGED: Final = 'ConditionNotMet'
ROLE_MISSING: Final = 'AuthorizationPermissionMismatch'

_BROKEN: Final = 500
_MESSAGE: Final = re.compile(r'<Message>([^<\n]*)')


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob is."""

    account: str
    container: str
    name: str

    @property
    def id(self) -> str:
        """`account/container/name`; names may hold slashes, the others cannot."""
        return f'{self.account}/{self.container}/{self.name}'

    @classmethod
    def from_id(cls, written: str) -> Place:
        """Raises `RefusedError`."""
        account, _, rest = written.partition('/')
        container, _, name = rest.partition('/')
        if not (account and container and name):
            raise RefusedError(f'{written}: a blob is named <account>/<container>/<name>')
        return cls(account, container, name)


class BlobStorage:
    """Blobs of every account that we may write to."""

    def __init__(self, http: Http, credentials: Credentials, settings: Settings) -> None:
        self._http = http
        self._authorize = credentials.azure_storage()
        self._template = settings.azure_blob_url

    def url(self, place: Place) -> str:
        """The address of a blob."""
        root = self._template.replace('{account}', place.account)
        return f'{root}/{quote(place.container, safe="$")}/{quote(place.name)}'

    async def get(self, place: Place) -> Reply:
        """The blob: its bytes are the answer's."""
        return await self._send('GET', place)

    async def put(self, place: Place, content: str, content_type: str, *, only_new: bool = False) -> Reply:
        """Write the whole blob, in one request; refused as `BLOB_EXISTS` when it is there and may be `only_new`."""
        encoded = content.encode()
        checksum = base64.b64encode(hashlib.md5(encoded, usedforsecurity=False).digest()).decode()
        headers = {
            'x-ms-blob-type': 'BlockBlob',
            'x-ms-blob-content-type': content_type,
            # What arrives is held against it, and it is kept with the blob.
            'Content-MD5': checksum,
        }
        return await self._send('PUT', place, headers | ({'If-None-Match': '*'} if only_new else {}), encoded)

    async def delete(self, place: Place, etag: str | None) -> Reply:
        """Delete the blob; refused as `CHANGED` when it is in another state than that of `etag`."""
        condition = {'If-Match': etag} if etag is not None else {}
        return await self._send('DELETE', place, {'x-ms-delete-snapshots': 'include', **condition})

    async def _send(
        self, method: str, place: Place, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Reply:
        for fault in blob_url_faults(self._template):
            raise RefusedError(f'cpg:{fault.path}: {fault.reason}')
        sent = {'x-ms-version': VERSION, 'x-ms-date': formatdate(usegmt=True), **(headers or {})}
        # Each of these requests has the same effect when it comes twice, so a broken server may be asked again.
        reply = await self._http.send(
            method, self.url(place), self._authorize, headers=sent, content=content, again=_passing
        )
        return reply if reply.ok else replace(reply, words=_words(reply))


def code_of(reply: Reply) -> str:
    """The service's name for a refusal; empty when the answer is not the service's."""
    return reply.headers.get('x-ms-error-code', '')


def _passing(reply: Reply) -> bool:
    return passing(reply) or reply.status == _BROKEN


def _words(reply: Reply) -> str:
    """An explanation without the XML around it and without what differs from request to request."""
    message = _MESSAGE.search(reply.text)
    return ': '.join(filter(None, (code_of(reply), message.group(1) if message else reply.words)))

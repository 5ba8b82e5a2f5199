"""Blobs of Azure's storage accounts, as the data plane serves them to a bearer token."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import unquote

from tests.services.exchange import Answer, Refusal, Request
from tests.services.world import Azure, World

_OLDEST_VERSION = '2017-11-09'
"""The first that knows bearer tokens."""


class BlobService:
    """`/<account>/<container>/<blob>`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        azure = self._world.azure
        _admit(azure, request)
        account, container, *rest = [unquote(part) for part in request.path.lstrip('/').split('/')]
        blobs = azure.containers.get(f'{account}/{container}')
        if blobs is None and azure.makes_containers:
            blobs = self._world.container(account, container)
        if blobs is None:
            raise _refusal(404, 'ContainerNotFound', 'The specified container does not exist.')
        name = '/'.join(rest)
        match request.method:
            case 'PUT':
                return self._put(blobs, name, request)
            case 'GET':
                return _get(blobs, name)
            case 'DELETE':
                return _delete(blobs, name, request)
            case _:
                raise _refusal(405, 'UnsupportedHttpVerb', 'The resource does not support this verb.')

    def _put(self, blobs: dict[str, Any], name: str, request: Request) -> Answer:
        if request.headers.get('X-Ms-Blob-Type') != 'BlockBlob':
            raise _refusal(400, 'MissingRequiredHeader', 'An HTTP header that is mandatory was not specified.')
        if request.headers.get('If-None-Match') == '*' and name in blobs:
            raise _refusal(409, 'BlobAlreadyExists', 'The specified blob already exists.')
        content = request.body or ''
        checksum = base64.b64encode(hashlib.md5(content.encode(), usedforsecurity=False).digest()).decode()
        if request.headers.get('Content-Md5', checksum) != checksum:
            raise _refusal(400, 'Md5Mismatch', 'The MD5 value specified did not match with the calculated one.')
        kind = request.headers.get('X-Ms-Blob-Content-Type', 'application/octet-stream')
        blob = self._world.blob(blobs, name, content, kind)
        return Answer(201, '', {'ETag': blob['etag'], 'Content-MD5': checksum})


def _get(blobs: dict[str, Any], name: str) -> Answer:
    blob = _found(blobs, name)
    return Answer(body=blob['content'], headers={'ETag': blob['etag'], 'Content-Type': blob['type']})


def _delete(blobs: dict[str, Any], name: str, request: Request) -> Answer:
    blob = _found(blobs, name)
    if request.headers.get('If-Match', blob['etag']) != blob['etag']:
        raise _refusal(412, 'ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.')
    if blob.get('snapshots') and request.headers.get('X-Ms-Delete-Snapshots') != 'include':
        raise _refusal(409, 'SnapshotsPresent', 'This operation is not permitted while the blob has snapshots.')
    del blobs[name]
    return Answer(202, '')


def _found(blobs: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in blobs:
        raise _refusal(404, 'BlobNotFound', 'The specified blob does not exist.')
    found: dict[str, Any] = blobs[name]
    return found


def _admit(azure: Azure, request: Request) -> None:
    if request.headers.get('X-Ms-Version', '') < _OLDEST_VERSION or 'X-Ms-Date' not in request.headers:
        raise _refusal(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not correct.')
    if request.token not in azure.tokens:
        raise _refusal(401, 'InvalidAuthenticationInfo', f'Server failed to authenticate the request: {request.token}')
    if azure.refuses:
        azure.refuses -= 1 if azure.refuses > 0 else 0
        text = 'This request is not authorized to perform this operation using this permission.'
        raise _refusal(403, 'AuthorizationPermissionMismatch', text)


def _refusal(status: int, code: str, message: str) -> Refusal:
    body = (
        f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}\n'
        'RequestId:0a1b2c3d-0000-0000-0000-000000000000\nTime:2026-11-22T00:00:00.0000000Z</Message></Error>'
    )
    return Refusal(status, body, **{'x-ms-error-code': code, 'Content-Type': 'application/xml'})

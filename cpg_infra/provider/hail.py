"""What Hail's two services (auth and batch) have in common: address, authorisation, and how an id is written."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.http import Http
from cpg_infra.provider.reply import Reply
from cpg_infra.provider.resource import RefusedError
from cpg_infra.provider.values import Json, Properties, text

BAD_REQUEST: Final = 400
UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404


class Hail:
    """Requests to the Hail services of both clouds."""

    def __init__(self, http: Http, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials

    async def send(self, method: str, where: Properties, path: str, body: Json = None) -> Reply:
        """Ask the service at `where` (its `url` and `cloud`)."""
        url, cloud = text(where, 'url').rstrip('/'), text(where, 'cloud')
        authorize = await self._credentials.hail(cloud, url)
        reply = await self._http.send(method, f'{url}/api/v1alpha{path}', authorize, body=body)
        if reply.status == UNAUTHORIZED:
            raise reply.refusal(f'{url} does not accept the token for {cloud}, or its owner lacks the permission')
        return reply


def part(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe='')


def id_of(inputs: Properties, name: str) -> str:
    """`gcp/shallow-test`: names repeat from cloud to cloud."""
    return f'{text(inputs, "cloud")}/{text(inputs, name)}'


def from_id(written: str, name: str) -> dict[str, Json]:
    """The inputs that `<cloud>/<name>@<address of the service>` names, for an import. Raises `RefusedError`."""
    cloud, _, rest = written.partition('/')
    found, _, url = rest.partition('@')
    if not (cloud and found and url.startswith(('https://', 'http://'))):
        raise RefusedError(f'{written}: an import names <cloud>/<name>@<address of the service>')
    return {'cloud': cloud, name: found, 'url': url}

"""The Groups Settings API of Google, for the one setting that we keep: members from outside the domain."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.google_http import NOT_FOUND, google_passing
from cpg_infra.provider.http import Http
from cpg_infra.provider.reply import Reply, ServiceError
from cpg_infra.provider.settings import Settings
from cpg_infra.provider.values import Json, mapping, optional_text
from cpg_infra.provider.waiting import Waiting

SETTINGS: Final = 'https://www.googleapis.com'

_SCOPE: Final = 'https://www.googleapis.com/auth/apps.groups.settings'
_KEY: Final = 'allowExternalMembers'


class GroupsSettings:
    """The setting of each group, by the group's address."""

    def __init__(self, http: Http, credentials: Credentials, settings: Settings) -> None:
        self._http = http
        self._authorize = credentials.google(_SCOPE)
        self._waiting = Waiting.of(settings)

    async def allows_external(self, address: str) -> str:
        """The setting as Google keeps it: `true` or `false`, a text. A new group is waited for."""

        async def look() -> Reply | None:
            reply = await self._send('GET', address)
            return None if reply.status == NOT_FOUND else reply

        return _setting(await self._waiting.eventually(look) or await self._send('GET', address), address)

    async def allow_external(self, address: str, value: str) -> None:
        """Change the setting."""
        reply = await self._send('PATCH', address, {_KEY: value})
        if _setting(reply, address) != value:
            raise ServiceError(f'{address}: Google kept {_KEY} as it was')

    async def _send(self, method: str, address: str, body: Json = None) -> Reply:
        # Without `alt` the answer is XML.
        url = f'{SETTINGS}/groups/v1/groups/{quote(address, safe="@")}'
        return await self._http.send(
            method, url, self._authorize, params={'alt': 'json'}, body=body, again=google_passing
        )


def _setting(reply: Reply, address: str) -> str:
    value = optional_text(mapping(reply.body), _KEY)
    if not reply.ok or value is None:
        raise reply.refusal(f'{address}: its setting {_KEY}')
    return value

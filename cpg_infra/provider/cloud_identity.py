"""The Cloud Identity API of Google: groups and their members."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.google_http import NOT_FOUND, exists, google_passing, hidden
from cpg_infra.provider.http import Http
from cpg_infra.provider.reply import Reply, ServiceError
from cpg_infra.provider.settings import Settings
from cpg_infra.provider.values import Json, items, mapping, optional_text, text
from cpg_infra.provider.waiting import Waiting

IDENTITY: Final = 'https://cloudidentity.googleapis.com'

_SCOPE: Final = 'https://www.googleapis.com/auth/cloud-identity.groups'
_PAGE: Final = '500'
_ALREADY_EXISTS, _ABORTED, _UNAVAILABLE = 6, 10, 14
"""Codes of operations that end in an error."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of a group, by its lower-case address; `name` is `groups/x/memberships/y`."""

    name: str
    address: str
    roles: frozenset[str]

    @property
    def group(self) -> str:
        """The group, `groups/x`."""
        return self.name.partition('/memberships/')[0]


class CloudIdentity:
    """Groups and their members."""

    def __init__(self, http: Http, credentials: Credentials, settings: Settings) -> None:
        self._http = http
        self._authorize = credentials.google(_SCOPE)
        self.waiting = Waiting.of(settings)

    async def find_group(self, group: str) -> str | None:
        """The name `groups/x` of a group given by its address or its name; None when there is none."""
        reply = await self._look_up(group)
        return None if reply.status == NOT_FOUND else reply.said('name', f'the group {group} is not found')

    async def group(self, group: str) -> str:
        """The same of a group that must be there. It is waited for: it may have been made a moment ago."""

        async def look() -> Reply | None:
            reply = await self._look_up(group)
            return None if reply.status == NOT_FOUND or hidden(reply) else reply

        reply = await self.waiting.eventually(look) or await self._look_up(group)
        return reply.said('name', f'the group {group} is not found')

    async def _look_up(self, group: str) -> Reply:
        if group.startswith('groups/'):
            return await self._send('GET', f'/v1/{group}')
        return await self._send('GET', '/v1/groups:lookup', params={'groupKey.id': group.lower()})

    async def address(self, name: str) -> str:
        """The address of the group `groups/x`."""
        reply = await self._send('GET', f'/v1/{name}')
        reply.said('name', f'the group {name} is not readable')
        return text(mapping(mapping(reply.body).get('groupKey')), 'id').lower()

    async def memberships(self, group: str) -> dict[str, Membership]:
        """The direct members by lower-case address, every page. Raises `ServiceError` when any page fails."""
        found: dict[str, Membership] = {}
        token = ''
        while True:
            params = {'pageSize': _PAGE, 'view': 'FULL'} | ({'pageToken': token} if token else {})
            reply = await self._send('GET', f'/v1/{group}/memberships', params=params)
            if not reply.ok:
                raise reply.refusal(f'the members of {group} are not readable')
            body = mapping(reply.body)
            for item in items(body.get('memberships')):
                member = _membership(mapping(item))
                found[member.address] = member
            token = optional_text(body, 'nextPageToken') or ''
            if not token:
                return found

    async def membership(self, group: str, address: str) -> Membership | None:
        """One membership, asked for directly; None when there is none."""
        reply = await self._send('GET', f'/v1/{group}/memberships:lookup', params={'memberKey.id': address})
        if reply.status == NOT_FOUND:
            return None
        return Membership(reply.said('name', f'{address}: its membership is not readable'), address, frozenset())

    async def add(self, group: str, address: str) -> bool:
        """Make somebody a member. True when this did it, false when somebody else had.

        Raises `ServiceError`, with status 404 when the member is not known to Google (yet).
        """
        body: dict[str, Json] = {'preferredMemberKey': {'id': address}, 'roles': [{'name': 'MEMBER'}]}
        ours = False
        for wait in self.waiting.waits(self.waiting.work):
            reply = await self._send('POST', f'/v1/{group}/memberships', body=body)
            # A try of ours that broke off may have made the membership that is now in the way.
            ours = ours or reply.uncertain
            if exists(reply):
                return ours
            if not reply.ok:
                raise reply.refusal(f'{address} is not added')
            error = await self._end_of(reply, lambda: self._is_member(group, address))
            if error is None:
                return True
            if error.get('code') == _ALREADY_EXISTS:
                return ours
            if error.get('code') not in {_ABORTED, _UNAVAILABLE} or wait is None:
                raise ServiceError(f'{address} is not added: {optional_text(error, "message")}')
            ours = True
            await asyncio.sleep(wait)
        raise AssertionError('the last wait is None')

    async def remove(self, membership: Membership) -> None:
        """End a membership. That it ended before is not an error."""

        async def gone() -> bool:
            return not await self._is_member(membership.group, membership.address)

        reply = await self._send('DELETE', f'/v1/{membership.name}')
        if reply.status == NOT_FOUND:
            return
        if not reply.ok:
            raise reply.refusal(f'{membership.address} is not removed')
        error = await self._end_of(reply, gone)
        if error is not None:
            raise ServiceError(f'{membership.address} is not removed: {optional_text(error, "message")}')

    async def _is_member(self, group: str, address: str) -> bool:
        return await self.membership(group, address) is not None

    async def _end_of(self, reply: Reply, is_done: Callable[[], Awaitable[bool]]) -> Mapping[str, Json] | None:
        """Wait for an operation; its error, or None when it went well.

        `is_done` looks at the effect, for operations that cannot be asked for.
        """
        for wait in self.waiting.waits(self.waiting.work):
            operation = mapping(reply.body)
            if operation.get('error') is not None:
                return mapping(operation['error'])
            if operation.get('done') is True or 'response' in operation:
                return None
            if wait is None:
                break
            await asyncio.sleep(wait)
            name = optional_text(operation, 'name')
            polled = await self._send('GET', f'/v1/{name}') if name else None
            if polled is not None and polled.ok:
                reply = polled
            elif await is_done():
                return None
        return {'message': f'the operation had not ended after {self.waiting.work:g} s'}

    async def _send(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Json = None
    ) -> Reply:
        url = f'{IDENTITY}{path}'
        return await self._http.send(method, url, self._authorize, params=params, body=body, again=google_passing)


def _membership(item: Mapping[str, Json]) -> Membership:
    name = text(item, 'name')
    roles = frozenset(optional_text(mapping(role), 'name') or '' for role in items(item.get('roles')))
    address = optional_text(mapping(item.get('preferredMemberKey')), 'id')
    # What has no address, such as everybody of a customer, is known by its name.
    return Membership(name, (address or name).lower(), roles)

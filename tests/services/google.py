"""Cloud Identity and Groups Settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from tests.services.exchange import Answer, Request, google_error
from tests.services.world import Google, World


class CloudIdentity:
    """`/v1/groups…` and `/v1/operations…`. Writes to one group that cross are aborted, as Google does.

    With `exists` another test double makes and deletes the groups, and it says which there are.
    """

    def __init__(self, world: World, exists: Callable[[str], bool] | None = None) -> None:
        self._world = world
        self._exists = exists
        self._writing: set[str] = set()
        self._guard = threading.Lock()

    @property
    def _google(self) -> Google:
        return self._world.google

    def begin(self, request: Request) -> str | None:
        """The group that a write is about to change, until `end`. Raises `Refusal` when another write is there."""
        if request.method not in {'POST', 'DELETE'} or '/memberships' not in request.path:
            return None
        group = '/'.join(request.parts[1:3])
        with self._guard:
            if group in self._writing:
                raise google_error(409, 'ABORTED', 'The operation was aborted.')
            self._writing.add(group)
        return group

    def end(self, group: str | None) -> None:
        with self._guard:
            self._writing.discard(group or '')

    def handle(self, request: Request) -> Answer:  # noqa: PLR0911 - one for each call of the API
        _authorised(self._google, request)
        match request.method, request.parts[1:]:
            case 'GET', ['groups:lookup']:
                return Answer(body={'name': self._look_up(request.query['groupKey.id'])})
            case 'GET', ['groups', group]:
                found = self._group(group)
                return Answer(body={'name': f'groups/{group}', 'groupKey': {'id': found['email']}})
            case 'POST', ['groups']:
                return self._make(request.body)
            case 'GET', ['groups', group, 'memberships']:
                return self._list(self._group(group), f'groups/{group}', request)
            case 'GET', ['groups', group, 'memberships:lookup']:
                return self._find(self._group(group), f'groups/{group}', request.query['memberKey.id'])
            case 'POST', ['groups', group, 'memberships']:
                return self._add(self._group(group), f'groups/{group}', request.body)
            case 'DELETE', ['groups', group, 'memberships', number]:
                return self._remove(self._group(group), number)
            case 'GET', ['operations', name]:
                return self._operation(f'operations/{name}')
            case _:
                raise google_error(404, 'NOT_FOUND', 'Method not found.')

    def _look_up(self, email: str) -> str:
        google = self._google
        left = google.invisible.get(email.lower(), 0)
        if left:
            google.invisible[email.lower()] = left - 1
        elif (name := self._named(email)) is not None:
            return name
        raise google_error(404, 'NOT_FOUND', f'Error(2001): Group {email} not found.')

    def _named(self, email: str) -> str | None:
        groups = self._google.groups
        name = next((name for name, group in groups.items() if group['email'] == email.lower()), None)
        if self._exists is None:
            return name
        if self._exists(email.lower()):
            return name or self._world.group(email)
        if name is not None:
            del groups[name]
        return None

    def _group(self, name: str) -> dict[str, Any]:
        try:
            return self._google.groups[f'groups/{name}']
        except KeyError:
            raise google_error(404, 'NOT_FOUND', 'Requested entity was not found.') from None

    def _make(self, body: Any) -> Answer:
        email = body['groupKey']['id']
        if any(group['email'] == email.lower() for group in self._google.groups.values()):
            raise google_error(409, 'ALREADY_EXISTS', f'Error(2002): Group {email} already exists.')
        return Answer(body={'done': True, 'response': {'name': self._world.group(email)}})

    def _list(self, group: dict[str, Any], name: str, request: Request) -> Answer:
        shown = []
        for number, member in list(group['members'].items()):
            if member['hidden'] > 0:
                member['hidden'] -= 1
                continue
            if 'removed' in member:
                if member['removed'] == 0:
                    del group['members'][number]
                    continue
                member['removed'] -= 1
            shown.append((number, member))
        start = int(request.query.get('pageToken', '0') or 0)
        size = min(int(request.query.get('pageSize', '100')), self._google.page)
        body: dict[str, Any] = {
            'memberships': [_shown(name, number, member) for number, member in shown[start : start + size]]
        }
        if start + size < len(shown):
            body['nextPageToken'] = str(start + size)
        return Answer(body=body if shown else {})

    def _find(self, group: dict[str, Any], name: str, address: str) -> Answer:
        for number, member in group['members'].items():
            if member['address'].lower() == address.lower() and 'removed' not in member:
                return Answer(body={'name': f'{name}/memberships/{number}'})
        raise google_error(404, 'NOT_FOUND', f'Error(4003): {address} is not a member.')

    def _add(self, group: dict[str, Any], name: str, body: Any) -> Answer:
        google = self._google
        address = body['preferredMemberKey']['id']
        if [role['name'] for role in body['roles']] != ['MEMBER']:
            raise google_error(400, 'INVALID_ARGUMENT', 'Error(3009): a member needs the role MEMBER.')
        left = google.unknown.get(address.lower(), 0)
        if left:
            google.unknown[address.lower()] = left - 1 if left > 0 else left
            raise google_error(404, 'NOT_FOUND', f'Error(4002): {address} not found.')
        inside = google.only_inside is None or address.endswith(f'@{google.only_inside}')
        if not inside and group['settings']['allowExternalMembers'] != 'true':
            raise google_error(400, 'FAILED_PRECONDITION', f'Error(2005): {address} is not of this organisation.')
        for member in group['members'].values():
            if member['address'].lower() == address.lower() and 'removed' not in member:
                raise google_error(409, 'ALREADY_EXISTS', f'Error(4003): Member {address} already exists.')
        membership = self._world.member(name, address, hidden=google.lag)
        return self._start({'name': membership, 'preferredMemberKey': {'id': address}})

    def _remove(self, group: dict[str, Any], number: str) -> Answer:
        member = group['members'].get(number)
        if member is None or 'removed' in member:
            raise google_error(404, 'NOT_FOUND', 'Error(4003): Membership not found.')
        if self._google.lag:
            member['removed'] = self._google.lag
        else:
            del group['members'][number]
        return self._start({})

    def _start(self, response: dict[str, Any]) -> Answer:
        if not self._google.slow_operations:
            return Answer(body={'done': True, 'response': response})
        name = f'operations/{self._world.number()}'
        self._google.operations[name] = {'left': self._google.slow_operations, 'response': response}
        return Answer(body={'name': name, 'done': False})

    def _operation(self, name: str) -> Answer:
        operation = self._google.operations.get(name)
        if operation is None or not self._google.operations_are_readable:
            raise google_error(404, 'NOT_FOUND', 'Method not found.')
        operation['left'] -= 1
        if operation['left'] > 0:
            return Answer(body={'name': name, 'done': False})
        return Answer(body={'name': name, 'done': True, 'response': operation['response']})


class GroupsSettings:
    """`/groups/v1/groups/<address>`. Values are texts, and an answer holds all of them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        _authorised(self._world.google, request)
        if request.query.get('alt') != 'json':
            return Answer(body='<?xml version="1.0"?><entry/>')
        address = unquote(request.parts[3]).lower()
        for group in self._world.google.groups.values():
            if group['email'] == address:
                if request.method == 'PATCH':
                    wrong = [value for value in request.body.values() if not isinstance(value, str)]
                    if wrong:
                        raise google_error(400, 'INVALID_ARGUMENT', f'Invalid Value: {wrong}')
                    group['settings'] |= request.body
                return Answer(body={'email': address, **group['settings']})
        raise google_error(404, 'NOT_FOUND', f'Resource Not Found: {address}')


def _shown(group: str, number: str, member: dict[str, Any]) -> dict[str, Any]:
    return {
        'name': f'{group}/memberships/{number}',
        'preferredMemberKey': {'id': member['address']},
        'roles': [{'name': role} for role in member['roles']],
    }


def _authorised(google: Google, request: Request) -> None:
    if request.token not in google.tokens:
        raise google_error(401, 'UNAUTHENTICATED', f'Request had invalid credentials: {request.token}')

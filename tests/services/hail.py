"""Hail Batch: the auth service has the users, the batch service the billing projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from tests.services.exchange import Answer, Refusal, Request
from tests.services.world import Hail, World


class HailServices:
    """`/<cloud>/auth/api/v1alpha…` and `/<cloud>/batch/api/v1alpha…`."""

    def __init__(self, world: World, application_named: Callable[[str], str] | None = None) -> None:
        self._world = world
        self._application_named = application_named

    def handle(self, request: Request) -> Answer:
        cloud, service, *_ = request.parts
        hail = self._world.hail[cloud]
        if request.token not in hail.tokens:
            raise Refusal(401, f'Unauthorized: {request.token}')
        rest = [unquote(part) for part in request.parts[4:]]
        if service == 'auth':
            return self._users(hail, cloud, request.method, rest, request.body)
        return _batch(hail, request.method, rest, request.body)

    def _users(self, hail: Hail, cloud: str, method: str, rest: list[str], body: Any) -> Answer:
        match method, rest:
            case 'GET', ['users', name]:
                if name not in hail.users:
                    raise Refusal(404, f'User {name} not found')
                return Answer(body=self._seen(hail, cloud, name))
            case 'POST', ['users', name, 'create']:
                return _make_user(hail, name, body)
            case _:
                raise Refusal(404, 'no such path')

    def _seen(self, hail: Hail, cloud: str, name: str) -> dict[str, Any]:
        user = hail.users[name]
        if user['state'] == 'creating':
            if user['reads_left'] == 0:
                user |= {'state': 'active', 'hail_identity': self._identity(cloud, name)}
            elif user['reads_left'] > 0:
                user['reads_left'] -= 1
        return {key: value for key, value in user.items() if key != 'reads_left'} | {'username': name}

    def _identity(self, cloud: str, name: str) -> str:
        """An account on Google Cloud; on Azure the object id of an application."""
        if cloud == 'azure' and self._application_named is not None:
            return self._application_named(name)
        domain = 'hail-example.iam.gserviceaccount.com' if cloud == 'gcp' else 'hail-example.onmicrosoft.com'
        return f'{name}-{self._world.number():03d}@{domain}'


def _make_user(hail: Hail, name: str, body: Any) -> Answer:
    if body.get('user') != name or 'login_id' not in body:
        raise Refusal(400, 'user and login_id are needed')
    if hail.wants_developer is True and 'is_developer' not in body:
        raise Refusal(400, "KeyError: 'is_developer'")
    if hail.wants_developer is False and 'is_developer' in body:
        raise Refusal(400, 'unexpected field is_developer')
    if name in hail.users:
        raise Refusal(409, f'User {name} already exists')
    hail.users[name] = {
        'state': 'creating',
        'hail_identity': None,
        'is_service_account': body['is_service_account'],
        'reads_left': hail.activates_after,
    }
    return Answer(body=None)


def _batch(hail: Hail, method: str, rest: list[str], body: Any) -> Answer:
    match method, rest:
        case 'GET', ['billing_projects', name]:
            found = _project(hail, name)
            return Answer(body={'billing_project': name, **{key: found[key] for key in ('status', 'users', 'limit')}})
        case 'POST', ['billing_projects', name, 'create']:
            hail.projects.setdefault(name, {'status': 'open', 'users': [], 'limit': None})
            return Answer(body=name)
        case 'POST', ['billing_projects', name, 'reopen']:
            if _project(hail, name)['status'] == 'deleted':
                raise Refusal(403, f'Billing project {name} has been deleted and cannot be reopened.')
            _project(hail, name)['status'] = 'open'
            return Answer(body=name)
        case 'POST', ['billing_projects', name, 'close']:
            project = _project(hail, name)
            if project.get('running'):
                raise Refusal(403, f'Billing project {name} has open or running batches.')
            project['status'] = 'closed'
            return Answer(body=name)
        case 'POST', ['billing_projects', name, 'users', user, action]:
            return _change_users(hail, _project(hail, name), name, user, action)
        case 'POST', ['billing_limits', name, 'edit']:
            _project(hail, name)['limit'] = body['limit']
            return Answer(body={'billing_project': name, 'limit': body['limit']})
        case _:
            raise Refusal(404, 'no such path')


def _project(hail: Hail, name: str) -> dict[str, Any]:
    if name not in hail.projects:
        raise Refusal(403, f'Unknown Hail Batch billing project {name}.')
    return hail.projects[name]


def _change_users(hail: Hail, project: dict[str, Any], name: str, user: str, action: str) -> Answer:
    if project['status'] != 'open':
        raise Refusal(403, f'Billing project {name} is closed and cannot be modified.')
    if user not in hail.users and user not in hail.people:
        raise Refusal(403, f'Unknown user {user}.')
    there = user in project['users']
    if there == (action == 'add'):
        if hail.old:
            raise Refusal(403, f'User {user} is {"already" if there else "not"} member of billing project {name}.')
    elif action == 'add':
        project['users'].append(user)
    else:
        project['users'].remove(user)
    return Answer(body={'billing_project': name, 'user': user})

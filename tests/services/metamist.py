"""metamist: projects, and their members by role."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from tests.services.exchange import Answer, Refusal, Request
from tests.services.tokens import claims_of
from tests.services.world import Metamist, World

ROLES = {'reader', 'contributor', 'writer', 'data_manager', 'project_admin', 'project_member_admin'}


class MetamistService:
    """`/api/v1/project…`. Who asks is told by the identity token."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        metamist = self._world.metamist
        claims = claims_of(request.token or '')
        if not claims or metamist.audience not in {None, claims.get('aud')}:
            raise Refusal(401, {'detail': f'Not authenticated :( {request.token}'})
        caller = claims.get('email', '')
        match request.method, request.path.removeprefix('/api/v1'):
            case 'GET', '/project/all':
                return Answer(body=list(_visible(metamist, caller)))
            case 'PUT', '/project/':
                return self._make(request, caller)
            case 'PATCH', path if path.endswith('/members'):
                return _set_members(metamist, unquote(path.split('/')[2]), request.body, caller)
            case _:
                raise Refusal(404, {'detail': 'Not Found'})

    def _make(self, request: Request, caller: str) -> Answer:
        metamist, name = self._world.metamist, request.query['name']
        if caller not in metamist.creators:
            raise Refusal(403, {'detail': f'{caller} does not have access to create a project'})
        if name in metamist.projects:
            raise Refusal(500, {'name': 'IntegrityError', 'description': f"Duplicate entry '{name}'"})
        number = self._world.number()
        metamist.projects[name] = {'id': number, 'dataset': request.query['dataset'], 'members': {}}
        if request.query.get('create_test_project', 'true') != 'false':
            metamist.projects[f'{name}-test'] = {
                'id': self._world.number(),
                'dataset': request.query['dataset'],
                'members': {},
            }
        return Answer(body=number)


def _roles(metamist: Metamist, project: dict[str, Any], caller: str) -> list[str]:
    """The caller's roles: of the project, and of the groups of administrators."""
    roles = set(project['members'].get(caller, ()))
    if caller in metamist.creators:
        roles.add('project_admin')
    if caller in metamist.member_admins:
        roles.add('project_member_admin')
    return sorted(roles)


def _visible(metamist: Metamist, caller: str) -> Any:
    for name, project in metamist.projects.items():
        roles = _roles(metamist, project, caller)
        if roles:
            yield {'id': project['id'], 'name': name, 'dataset': project['dataset'], 'meta': {}, 'roles': roles}


def _set_members(metamist: Metamist, name: str, body: Any, caller: str) -> Answer:
    project = metamist.projects.get(name)
    if project is None or 'project_member_admin' not in _roles(metamist, project, caller):
        raise Refusal(403, {'detail': f'{caller} does not have access to {name}, or it does not exist'})
    for member in body:
        if set(member['roles']) - ROLES:
            raise Refusal(400, {'detail': f'Role is not valid for member {member["member"]}'})
    project['members'] = {member['member']: member['roles'] for member in body}
    return Answer(body={'success': True})

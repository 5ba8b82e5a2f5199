"""`cpg:metamist:Project`: a project of the metadata service and its members by role. Never deleted.

The service replaces the whole member list in one transaction and does not tell who is in it, beyond the caller's own
roles. So the state remembers what was set last, changes made elsewhere go unseen, and an update sends everybody. The
caller's own other roles are sent along: without them the first write would lock us out. Roles that administrators
have through the service's groups are not in the list, and stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from cpg_infra.provider.changes import compare, compare_names
from cpg_infra.provider.credentials import Credentials
from cpg_infra.provider.http import Authorize, Http
from cpg_infra.provider.reply import Reply, passing
from cpg_infra.provider.resource import (
    Change,
    ChangeKind,
    Created,
    Fault,
    PartlyDoneError,
    RefusedError,
    Report,
    State,
)
from cpg_infra.provider.schema import SCHEMA, ObjectOf
from cpg_infra.provider.settings import Settings
from cpg_infra.provider.values import Json, Properties, has_unknown, items, mapping, optional_text, text, texts

_MEMBERS: Final = SCHEMA['cpg:metamist:Project'].inputs['members'].type
ROLES: Final = tuple(_MEMBERS.properties) if isinstance(_MEMBERS, ObjectOf) else ()
"""The roles that a project's members are declared by."""

_FORBIDDEN: Final = 403
_BROKEN: Final = 500


class MetamistProject:
    """The resource type."""

    def __init__(self, http: Http, credentials: Credentials, settings: Settings) -> None:
        self._http = http
        self._credentials = credentials
        self._settings = settings

    def check(self, inputs: Properties) -> Iterable[Fault]:
        if 'url' not in inputs and self._settings.metamist_url is None:
            yield Fault('url', 'is needed: neither the project nor the provider (cpg:metamistUrl) has it')
        members = inputs.get('members')
        if isinstance(members, Mapping):
            if not any(texts(members, role) or has_unknown(members[role]) for role in members):
                yield Fault('members', 'name nobody, which would lock everybody out; leave the key out instead')
            for role in members:
                for place, member in enumerate(texts(members, role)):
                    if not member.strip():
                        yield Fault(f'members.{role}[{place}]', 'is empty')

    def diff(self, state: State, news: Properties) -> Iterable[Change]:
        yield from compare('name', state, news, replaces=True)
        # An existing project stays with its dataset, so what was asked for is compared, not what is.
        if state.inputs.get('dataset', state.outputs.get('dataset')) != news.get('dataset'):
            yield Change('dataset')
        for key in ('url', 'audience'):
            yield from compare(key, state, news)
        if 'members' in news:
            yield from self._compare_members(state, mapping(news['members']))
        elif 'members' in state.outputs:
            yield Change('members', ChangeKind.DELETE, of_inputs='members' in state.inputs)

    @staticmethod
    def _compare_members(state: State, news: Properties) -> Iterator[Change]:
        if 'members' not in state.outputs:
            yield Change('members', ChangeKind.ADD)
            return
        olds, asked = mapping(state.outputs['members']), mapping(state.inputs.get('members'))
        for role in ROLES:
            yield from compare_names(f'members.{role}', texts(olds, role), texts(news, role), texts(asked, role))

    def planned(self, state: State | None, news: Properties) -> Properties:
        return {**news, 'dataset': news['dataset'] if state is None else state.outputs.get('dataset')}

    async def create(self, news: Properties, report: Report) -> Created:
        name = text(news, 'name')
        project = await self._find(news)
        if project is None:
            project = await self._make(news)
        dataset = optional_text(project, 'dataset') or text(news, 'dataset')
        _tell_dataset(dataset, news, report)
        outputs: dict[str, Json] = {**news, 'dataset': dataset}
        try:
            await self._set_members(project, news)
        except RefusedError as error:
            raise PartlyDoneError(name, {**outputs, 'members': None}, [str(error)]) from None
        return Created(name, outputs)

    async def update(self, state: State, news: Properties, report: Report) -> Properties:
        dataset = optional_text(state.outputs, 'dataset') or text(news, 'dataset')
        _tell_dataset(dataset, news, report)
        if 'members' in news:
            project = await self._find(news)
            if project is None:
                raise RefusedError(self._not_shown(text(news, 'name')))
            await self._set_members(project, news)
        return {**news, 'dataset': dataset}

    async def read(self, state: State, report: Report) -> State | None:
        imported = not state.outputs and not state.inputs
        name, _, url = state.id.partition('@')
        known: dict[str, Json] = {'name': name, **({'url': url} if url else {})}
        where = known if imported else (state.outputs or state.inputs)
        project = await self._find(where)
        if project is None:
            if imported:
                return None
            raise RefusedError(self._not_shown(text(where, 'name')))
        dataset = project.get('dataset')
        if imported:
            return State(name, {**known, 'dataset': dataset}, {**known, 'dataset': dataset})
        return State(state.id, state.inputs, {**state.outputs, 'dataset': dataset})

    async def delete(self, state: State, report: Report) -> None:
        name = optional_text(state.outputs, 'name') or state.id
        report.info(f'the metamist project {name} and its members stay: projects are never deleted')

    @staticmethod
    def _not_shown(name: str) -> str:
        return (
            f'metamist does not show the project {name} to us. Projects are never deleted, so either our roles were '
            'taken away, or the address is that of another metamist'
        )

    async def _find(self, where: Properties) -> Mapping[str, Json] | None:
        """The project among those that we may see."""
        reply = await self._send('GET', where, '/project/all')
        if not reply.ok or not isinstance(reply.body, list):
            raise reply.refusal('the projects of metamist are not readable')
        name = text(where, 'name')
        return next((mapping(item) for item in reply.body if mapping(item).get('name') == name), None)

    async def _make(self, news: Properties) -> Mapping[str, Json]:
        name = text(news, 'name')
        params = {'name': name, 'dataset': text(news, 'dataset'), 'create_test_project': 'false'}
        reply = await self._send('PUT', news, '/project/', params=params)
        if reply.ok:
            return await self._find(news) or {'name': name}
        if reply.status == _FORBIDDEN:
            raise reply.refusal(f'the metamist project {name} is not made; the caller must be a project creator')
        # A name that is taken is answered like any failure: look whether it is there.
        found = await self._find(news) if reply.status >= _BROKEN else None
        if found is None:
            raise reply.refusal(f'the metamist project {name} is not made, or exists and is not shown to us')
        return found

    async def _set_members(self, project: Mapping[str, Json], news: Properties) -> None:
        if 'members' not in news:
            return
        name = text(news, 'name')
        roles = _roles_of(mapping(news['members']))
        keep = [role for role in items(project.get('roles')) if isinstance(role, str) and role not in ROLES]
        if keep:
            caller = await self._credentials.caller(self._audience(news))
            if caller is None:
                raise RefusedError(
                    f'the members of {name} are not set: our identity token has no e-mail, and without it our own '
                    f'roles ({", ".join(sorted(keep))}) would be lost'
                )
            roles.setdefault(caller, set()).update(keep)
        body: list[Json] = [{'member': member, 'roles': sorted(roles[member])} for member in sorted(roles)]
        reply = await self._send('PATCH', news, f'/project/{quote(name, safe="")}/members', body=body)
        if reply.status == _FORBIDDEN:
            raise reply.refusal(f'the members of {name} are not set; the project is unknown, or the role missing')
        if not reply.ok:
            raise reply.refusal(f'the members of {name} are not set')

    async def _send(
        self,
        method: str,
        where: Properties,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json = None,
    ) -> Reply:
        url = f'{self._url(where)}/api/v1{path}'
        authorize: Authorize = self._credentials.metamist(self._audience(where))
        # All but making a project may be repeated: reads, and a write that replaces everything.
        again = passing if method == 'PUT' else _failed
        return await self._http.send(method, url, authorize, params=params, body=body, again=again)

    def _url(self, where: Properties) -> str:
        url = optional_text(where, 'url') or self._settings.metamist_url
        if url is None:
            raise RefusedError('url: neither the project nor the provider (cpg:metamistUrl) has the address')
        return url.rstrip('/')

    def _audience(self, where: Properties) -> str:
        return optional_text(where, 'audience') or self._settings.metamist_audience or self._url(where)


def _tell_dataset(dataset: str, news: Properties, report: Report) -> None:
    if dataset != text(news, 'dataset'):
        report.warning(
            f'the metamist project {text(news, "name")} exists and belongs to the dataset {dataset}: metamist cannot '
            f'move it to {text(news, "dataset")}'
        )


def _failed(reply: Reply) -> bool:
    return passing(reply) or reply.status == _BROKEN


def _roles_of(members: Mapping[str, Json]) -> dict[str, set[str]]:
    """The roles of each member, by lower-case address."""
    roles: dict[str, set[str]] = {}
    for role in ROLES:
        for member in texts(members, role):
            roles.setdefault(member.lower(), set()).add(role)
    return roles

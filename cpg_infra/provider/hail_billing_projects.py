"""`cpg:hail:BillingProject`: who may charge jobs to a dataset, and up to what.

The service answers "yes" to a create whether the project is new, open, closed, or was deleted and stays so: only
reading it back tells. A closed one is opened again; a deleted one cannot come back, and that is an error.

A preview shows a create, so a create takes nobody's place away: users who are there and not declared are recorded,
and the next update, whose preview shows it, removes them. An update removes whom the state knows, never somebody who
came since.

Deleting closes the project, after its users have been removed (a closed one refuses that). Nothing is destroyed: its
past and its name stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cpg_infra.provider.changes import compare, compare_names
from cpg_infra.provider.hail import FORBIDDEN, Hail, from_id, id_of, part
from cpg_infra.provider.reply import Reply
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
from cpg_infra.provider.values import (
    UNKNOWN,
    Json,
    Properties,
    items,
    mapping,
    optional_number,
    optional_text,
    text,
    texts,
)

OPEN, CLOSED, DELETED = 'open', 'closed', 'deleted'


@dataclass(slots=True)
class _Project:
    """A billing project as the service tells it, while it is being changed."""

    status: str
    users: list[str]
    limit: float | None
    failures: list[str] = field(default_factory=list)

    def outputs(self, inputs: Properties) -> dict[str, Json]:
        """The outputs for what exists; users stand in the order in which they are asked for."""
        asked = texts(inputs, 'users')
        users = [user for user in asked if user in self.users] + sorted(set(self.users) - set(asked))
        return {**inputs, 'users': users, 'limit': self.limit, 'status': self.status}


class HailBillingProject:
    """The resource type."""

    def __init__(self, hail: Hail) -> None:
        self._hail = hail

    def check(self, inputs: Properties) -> Iterable[Fault]:
        for place, user in enumerate(texts(inputs, 'users')):
            if user != UNKNOWN and not user.strip():
                yield Fault(f'users[{place}]', 'is empty')
        limit = optional_number(inputs, 'limit')
        if limit is not None and limit < 0:
            yield Fault('limit', 'is below 0')

    def diff(self, state: State, news: Properties) -> Iterable[Change]:
        yield from compare('name', state, news, replaces=True)
        yield from compare('cloud', state, news, replaces=True)
        # The service has moved; the project on it is the same.
        yield from compare('url', state, news)
        yield from compare_names(
            'users', texts(state.outputs, 'users'), texts(news, 'users'), texts(state.inputs, 'users')
        )
        yield from compare('limit', state, news)
        if optional_text(state.outputs, 'status') != OPEN:
            yield Change('status', ChangeKind.UPDATE, of_inputs=False)

    def planned(self, state: State | None, news: Properties) -> Properties:
        return {**news, 'status': OPEN}

    async def create(self, news: Properties, report: Report) -> Created:
        resource_id = id_of(news, 'name')
        await self._done(news, '/create', f'the billing project {text(news, "name")} is not made')
        project = await self._opened(news)
        await self._apply(project, news, ())
        others = sorted(set(project.users) - set(texts(news, 'users')))
        if others:
            report.warning(
                f'the billing project {text(news, "name")} has users that are not declared: {", ".join(others)}; '
                'the next update removes them'
            )
        if project.failures:
            raise PartlyDoneError(resource_id, project.outputs(news), project.failures)
        return Created(resource_id, project.outputs(news))

    async def update(self, state: State, news: Properties, report: Report) -> Properties:
        project = await self._opened(news)
        await self._apply(project, news, texts(state.outputs, 'users'))
        if project.failures:
            raise PartlyDoneError(state.id, project.outputs(news), project.failures)
        return project.outputs(news)

    async def read(self, state: State, report: Report) -> State | None:
        where: Mapping[str, Json] = state.outputs or state.inputs or from_id(state.id, 'name')
        project = await self._read(where)
        if project.status == DELETED:
            return None
        inputs: dict[str, Json] = {key: where[key] for key in ('name', 'url', 'cloud')}
        inputs['users'] = texts(state.inputs, 'users')
        outputs = project.outputs(inputs)
        inputs |= {key: outputs[key] for key in ('users', 'limit')}
        return State(id_of(inputs, 'name'), inputs, outputs)

    async def delete(self, state: State, report: Report) -> None:
        where = state.outputs
        name = text(where, 'name')
        project = await self._read(where)
        if project.status != OPEN:
            return
        for user in list(project.users):
            await self._remove(project, where, user)
        if project.failures:
            raise RefusedError('; '.join([*project.failures, f'the billing project {name} stays open']))
        await self._done(where, '/close', f'the billing project {name} is not closed')
        report.info(f'the billing project {name} is closed; it is never destroyed')

    async def _apply(self, project: _Project, news: Properties, known: tuple[str, ...]) -> None:
        """Removals, then the limit, then additions; one that fails does not stop the others."""
        wanted = texts(news, 'users')
        for user in sorted((set(known) - set(wanted)) & set(project.users)):
            await self._remove(project, news, user)
        limit = optional_number(news, 'limit')
        if limit != project.limit:
            name = text(news, 'name')
            try:
                await self._edit_limit(news, limit)
                project.limit = limit
            except RefusedError as error:
                project.failures.append(f'the limit of {name} is not changed: {error}')
        for user in wanted:
            if user not in project.users:
                await self._add(project, news, user)

    async def _opened(self, where: Properties) -> _Project:
        """The project, opened when it was closed. Raises `RefusedError` for a deleted one."""
        name = text(where, 'name')
        project = await self._read(where)
        if project.status == DELETED:
            raise RefusedError(
                f'the billing project {name} was deleted, and Hail never gives a name again: '
                'choose another, or ask its administrators'
            )
        if project.status == CLOSED:
            await self._done(where, '/reopen', f'the billing project {name} is not opened again')
            project.status = OPEN
        return project

    async def _read(self, where: Properties) -> _Project:
        name = text(where, 'name')
        reply = await self._hail.send('GET', where, f'/billing_projects/{part(name)}')
        if reply.status == FORBIDDEN:
            raise reply.refusal(f'the billing project {name} does not exist, or the token may not see it')
        if not reply.ok:
            raise reply.refusal(f'the billing project {name} is not readable')
        body = mapping(reply.body)
        return _Project(
            reply.said('status', f'the billing project {name}'),
            [user for user in items(body.get('users')) if isinstance(user, str)],
            optional_number(body, 'limit'),
        )

    async def _add(self, project: _Project, where: Properties, user: str) -> None:
        try:
            reply = await self._post(where, f'/users/{part(user)}/add')
            if not reply.ok and user not in (await self._read(where)).users:
                raise reply.refusal(f'{user} is not added to {text(where, "name")}')
            project.users.append(user)
        except RefusedError as error:
            project.failures.append(str(error))

    async def _remove(self, project: _Project, where: Properties, user: str) -> None:
        try:
            reply = await self._post(where, f'/users/{part(user)}/remove')
            # Older versions answer 403 to what is so already: look what is so.
            if not reply.ok and user in (await self._read(where)).users:
                raise reply.refusal(f'{user} is not removed from {text(where, "name")}')
            project.users.remove(user)
        except RefusedError as error:
            project.failures.append(str(error))

    async def _edit_limit(self, where: Properties, limit: float | None) -> None:
        name = text(where, 'name')
        reply = await self._hail.send('POST', where, f'/billing_limits/{part(name)}/edit', {'limit': limit})
        if not reply.ok:
            raise reply.refusal(name)

    async def _done(self, where: Properties, action: str, failure: str) -> None:
        reply = await self._post(where, action)
        if not reply.ok:
            raise reply.refusal(failure)

    async def _post(self, where: Properties, action: str) -> Reply:
        return await self._hail.send('POST', where, f'/billing_projects/{part(text(where, "name"))}{action}')

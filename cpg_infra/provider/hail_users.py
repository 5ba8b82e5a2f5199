"""`cpg:hail:User`: a user of Hail Batch that programs run as. Made once, never deleted.

Making one is asynchronous: the service answers at once and makes the cloud identity later. Nothing that depends on
the identity may go on without it, so a user without an identity is not done: the state then holds the user but no
identity, and the next run waits again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Final

from cpg_infra.provider.cancelling import Cancelling
from cpg_infra.provider.changes import compare
from cpg_infra.provider.hail import BAD_REQUEST, NOT_FOUND, Hail, from_id, id_of, part
from cpg_infra.provider.reply import Reply, ServiceError
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
from cpg_infra.provider.values import UNKNOWN, Json, Properties, mapping, optional_text, text

_NAME: Final = re.compile(r'[a-z0-9]+(-[a-z0-9]+)*')
_FIRST_LOOK: Final = 1.0
_LONGEST_LOOK: Final = 10.0


class HailUser:
    """The resource type. `patience`: seconds that a new user may take to become active."""

    def __init__(self, hail: Hail, cancelling: Cancelling, *, patience: float, first_wait: float) -> None:
        self._hail = hail
        self._cancelling = cancelling
        self._patience = patience
        self._first_wait = min(first_wait, _FIRST_LOOK)
        # Services that were heard to refuse `is_developer`.
        self._without_developer: set[str] = set()

    def check(self, inputs: Properties) -> Iterable[Fault]:
        name = optional_text(inputs, 'username')
        if name not in {None, UNKNOWN} and not _NAME.fullmatch(name or ''):
            yield Fault('username', 'has other characters than lower-case letters, digits and single inner hyphens')

    def diff(self, state: State, news: Properties) -> Iterable[Change]:
        yield from compare('username', state, news, replaces=True)
        yield from compare('cloud', state, news, replaces=True)
        # The service has moved; the user on it is the same.
        yield from compare('url', state, news)
        if optional_text(state.outputs, 'identity') is None:
            yield Change('identity', ChangeKind.ADD, of_inputs=False)

    def planned(self, state: State | None, news: Properties) -> Properties:
        moved = state is None or state.outputs.get('url') != news.get('url')
        known = None if state is None or moved else state.outputs.get('identity')
        return {**news, 'identity': known or UNKNOWN}

    async def create(self, news: Properties, report: Report) -> Created:
        # Taken before anything is asked: a run that is stopped while the user is being made does not wait either.
        stop = self._cancelling.current
        resource_id = id_of(news, 'username')
        await self._ensure(news)
        try:
            return Created(resource_id, await self._active(resource_id, news, report, stop))
        except ServiceError as error:
            # The user exists: the state must know, whatever the reads say.
            raise PartlyDoneError(resource_id, news, [f'{error}. Run again to wait for its identity']) from None

    async def update(self, state: State, news: Properties, report: Report) -> Properties:
        stop = self._cancelling.current
        await self._ensure(news)
        return await self._active(state.id, news, report, stop)

    async def read(self, state: State, report: Report) -> State | None:
        where: Mapping[str, Json] = state.outputs or state.inputs or from_id(state.id, 'username')
        user = await self._find(where)
        if user is None:
            return None
        inputs = {key: where[key] for key in ('username', 'url', 'cloud')}
        identity = optional_text(user, 'hail_identity')
        if optional_text(user, 'state') != 'active' or not identity:
            report.warning(f'the Hail user {text(where, "username")} is {optional_text(user, "state")}')
            return State(id_of(inputs, 'username'), inputs, inputs)
        return State(id_of(inputs, 'username'), inputs, {**inputs, 'identity': identity})

    async def delete(self, state: State, report: Report) -> None:
        report.info(
            f'the Hail user {optional_text(state.outputs, "username") or state.id} stays: users are never deleted'
        )

    async def _find(self, where: Properties) -> Mapping[str, Json] | None:
        reply = await self._hail.send('GET', where, f'/users/{part(text(where, "username"))}')
        if reply.status == NOT_FOUND:
            return None
        if not reply.ok:
            raise reply.refusal(f'the Hail user {text(where, "username")} is not readable')
        return mapping(reply.body)

    async def _ensure(self, where: Properties) -> None:
        if await self._find(where) is None:
            await self._make(where)

    async def _make(self, where: Properties) -> None:
        name, url = text(where, 'username'), text(where, 'url')
        body: dict[str, Json] = {'user': name, 'login_id': None, 'is_service_account': True}
        # One version of the service wants to be told, another does not understand it.
        bodies = [body] if url in self._without_developer else [{**body, 'is_developer': False}, body]
        refused: Reply | None = None
        for sent in bodies:
            reply = await self._hail.send('POST', where, f'/users/{part(name)}/create', sent)
            if reply.ok or await self._is_there_after(reply, where):
                if refused is not None:
                    self._without_developer.add(url)
                return
            refused = reply if refused is None or 'is_developer' not in reply.words else refused
            if reply.status != BAD_REQUEST:
                break
        if refused is not None:
            raise refused.refusal(f'the Hail user {name} is not made')

    async def _is_there_after(self, reply: Reply, where: Properties) -> bool:
        """Whether a refused create was refused because an earlier one had gone through."""
        return (reply.uncertain or 'exists' in reply.words) and await self._find(where) is not None

    async def _active(self, resource_id: str, news: Properties, report: Report, stop: asyncio.Event) -> Properties:
        """The outputs once the user is active and has an identity; `stop` ends the waiting."""
        name = text(news, 'username')
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        wait = self._first_wait
        why = f'after {self._patience:g} s (cpg:hailUserTimeout)'
        while True:
            user = await self._find(news) or {}
            state, identity = optional_text(user, 'state'), optional_text(user, 'hail_identity')
            if state == 'active' and identity:
                return {**news, 'identity': identity}
            if state not in {None, 'creating', 'active'}:
                raise RefusedError(
                    f'the Hail user {name} is {state}: its name stays taken, and only the administrators of Hail '
                    'can bring it back'
                )
            if loop.time() >= deadline:
                break
            report.status(f'the Hail user {name} is {state or "not visible yet"}')
            if await self._cancelling.sleep(wait, stop):
                why = 'when the run was stopped'
                break
            wait = min(2 * wait, _LONGEST_LOOK)
        raise PartlyDoneError(
            resource_id,
            news,
            [f'the Hail user {name} was still {state or "not visible"} {why}. Run again to wait for its identity'],
        )

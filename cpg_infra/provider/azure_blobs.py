"""`cpg:azure:Blob`: a text in a container of an Azure storage account.

Azure's own resource for it wants a key of the account, and accounts of ours have none. So the blob is written over
the data plane, as whoever runs this.

A blob that exists is taken over: it is written whatever is in it, and that is told. Deleting removes only what we
wrote: a blob that somebody wrote since stays, so that the end of one resource does not take away what another (under
a new logical name, for example) has just declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from cpg_infra.provider.blob_storage import (
    BLOB_EXISTS,
    BLOB_NOT_FOUND,
    CHANGED,
    CONTAINER_NOT_FOUND,
    ROLE_MISSING,
    BlobStorage,
    Place,
    code_of,
)
from cpg_infra.provider.changes import compare
from cpg_infra.provider.replication import Replication
from cpg_infra.provider.reply import Reply, ServiceError
from cpg_infra.provider.resource import Change, Created, Fault, Report, State
from cpg_infra.provider.values import UNKNOWN, Json, Properties, optional_text, text

TEXT: Final = 'text/plain; charset=utf-8'
"""The media type when none is asked for."""

_PLACE: Final = ('account', 'container', 'name')
_ACCOUNT: Final = re.compile(r'[a-z0-9]{3,24}')
_CONTAINER: Final = re.compile(r'(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web')
_LONGEST_NAME: Final = 1024


class AzureBlob:
    """The resource type."""

    def __init__(self, storage: BlobStorage, replication: Replication) -> None:
        self._storage = storage
        self._replication = replication

    def check(self, inputs: Properties) -> Iterable[Fault]:
        account, container, name = (optional_text(inputs, key) for key in _PLACE)
        if account not in {None, UNKNOWN} and not _ACCOUNT.fullmatch(account or ''):
            yield Fault('account', 'is not 3 to 24 lower-case letters and digits')
        if container not in {None, UNKNOWN} and not _CONTAINER.fullmatch(container or ''):
            yield Fault('container', 'is not 3 to 63 lower-case letters, digits and single inner hyphens')
        if name is not None and name != UNKNOWN:
            yield from _name_faults(name)
        if inputs.get('contentType') == '':
            yield Fault('contentType', 'is empty')

    def diff(self, state: State, news: Properties) -> Iterable[Change]:
        for key in _PLACE:
            yield from compare(key, state, news, replaces=True)
        yield from compare('content', state, news)
        if state.outputs.get('contentType') != _type(news):
            yield Change('contentType', of_inputs='contentType' in news or 'contentType' in state.inputs)
        # The service has moved; the blob is to be there too.
        if _is_known(news) and _place(news) == _place(state.outputs) and state.outputs.get('url') != self._url(news):
            yield Change('url', of_inputs=False)

    def planned(self, state: State | None, news: Properties) -> Properties:
        written = state is None or any(True for _ in self.diff(state, news))
        etag = UNKNOWN if state is None or written else state.outputs.get('etag')
        return {**news, 'contentType': _type(news), 'etag': etag, 'url': self._url(news)}

    async def create(self, news: Properties, report: Report) -> Created:
        place = _place(news)
        reply = await self._put(news, report, only_new=True)
        if code_of(reply) in {BLOB_EXISTS, CHANGED}:
            # After a try that broke off, what is there is what we wrote.
            if not reply.uncertain:
                report.info(f'the blob {place.id} exists and is written anew')
            reply = await self._put(news, report)
        return Created(place.id, self._written(news, reply))

    async def update(self, state: State, news: Properties, report: Report) -> Properties:
        return self._written(news, await self._put(news, report))

    async def read(self, state: State, report: Report) -> State | None:
        known = state.outputs or state.inputs
        place = _place(known) if known else Place.from_id(state.id)
        reply = await self._storage.get(place)
        if code_of(reply) in {BLOB_NOT_FOUND, CONTAINER_NOT_FOUND}:
            return None
        if not reply.ok:
            raise self._refusal(reply, place, 'is not readable')
        content_type = reply.headers.get('content-type', '')
        found: dict[str, Json] = {
            'account': place.account,
            'container': place.container,
            'name': place.name,
            # What is no text does not become equal to one.
            'content': reply.content.decode(errors='replace'),
        }
        outputs = {**found, 'contentType': content_type, 'etag': _etag(reply), 'url': self._storage.url(place)}
        if 'contentType' in state.inputs or content_type != TEXT:
            found['contentType'] = content_type
        return State(place.id, found, outputs)

    async def delete(self, state: State, report: Report) -> None:
        place = _place(state.outputs)
        reply = await self._storage.delete(place, optional_text(state.outputs, 'etag'))
        if code_of(reply) == CHANGED:
            report.warning(f'the blob {place.id} was written since by somebody else, and stays')
        elif not reply.ok and code_of(reply) not in {BLOB_NOT_FOUND, CONTAINER_NOT_FOUND}:
            raise self._refusal(reply, place, 'is not deleted')

    async def _put(self, news: Properties, report: Report, *, only_new: bool = False) -> Reply:
        place = _place(news)

        async def put() -> Reply:
            return await self._storage.put(place, text(news, 'content'), _type(news), only_new=only_new)

        where = f'{place.account}/{place.container}'
        return await self._replication.admitted(where, put, _lacks_role, report)

    def _written(self, news: Properties, reply: Reply) -> Properties:
        place = _place(news)
        if not reply.ok:
            raise self._refusal(reply, place, 'is not written')
        return {**news, 'contentType': _type(news), 'etag': _etag(reply), 'url': self._storage.url(place)}

    def _refusal(self, reply: Reply, place: Place, what: str) -> ServiceError:
        doing = f'the blob {place.id} {what}'
        if code_of(reply) == CONTAINER_NOT_FOUND:
            return reply.refusal(f'{doing}: the account {place.account} has no container {place.container}')
        if _lacks_role(reply):
            return reply.refusal(
                f'{doing}: whoever runs this needs the role Storage Blob Data Contributor, or the organisation’s own '
                f'role MUTATE, on the container; writing waits {self._replication.patience:g} s for a new one '
                '(cpg:azureRoleTimeout)'
            )
        return reply.refusal(doing)

    def _url(self, news: Properties) -> str:
        return self._storage.url(_place(news)) if _is_known(news) else UNKNOWN


def _name_faults(name: str) -> Iterable[Fault]:
    if not 1 <= len(name) <= _LONGEST_NAME:
        yield Fault('name', f'is not 1 to {_LONGEST_NAME} characters long')
    if {'.', '..'} & set(name.split('/')):
        yield Fault('name', 'has a part . or .., which would lead to another blob')
    if name.endswith(('.', '/')):
        yield Fault('name', 'ends with a dot or a slash, which the service takes off')


def _place(properties: Properties) -> Place:
    return Place(*(text(properties, key) for key in _PLACE))


def _is_known(properties: Properties) -> bool:
    return all(properties.get(key) != UNKNOWN for key in _PLACE)


def _type(inputs: Properties) -> str:
    return optional_text(inputs, 'contentType') or TEXT


def _etag(reply: Reply) -> str:
    etag = reply.headers.get('etag')
    if not etag:
        raise ServiceError('the answer does not say the ETag', reply.status)
    return etag


def _lacks_role(reply: Reply) -> bool:
    return code_of(reply) == ROLE_MISSING

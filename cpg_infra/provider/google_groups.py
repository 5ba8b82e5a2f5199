"""`cpg:google:GroupMembers`: the whole member list of one Google group, and its setting for outside members.

Others add members too, and on purpose: to groups that were made by hand, or in an emergency. So the list is additive
unless it says `authoritative`: removed is only what this resource added itself, which is why it keeps a list of that
(`added`). Whoever else is there is reported (`undeclared`), never removed in silence. An authoritative list removes
everybody else, but not an owner: without its owner nobody may be left who can mend the group.

Google aborts writes to one group that cross, so there is one at a time. Whoever stays is not touched. Removals come
first, then the setting (outside members need it), then additions.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import Final

from cpg_infra.provider.changes import compare, compare_names, folded
from cpg_infra.provider.cloud_identity import CloudIdentity
from cpg_infra.provider.group_writes import GroupWrites
from cpg_infra.provider.groups_settings import GroupsSettings
from cpg_infra.provider.resource import Change, ChangeKind, Created, Fault, PartlyDoneError, RefusedError, Report, State
from cpg_infra.provider.values import UNKNOWN, Json, Properties, flag, optional_text, optional_texts, text, texts

_ADDRESS: Final = re.compile(r'[^@\s]+@[^@\s.]+(\.[^@\s.]+)+')
_BY_NAME: Final = re.compile(r'groups/[^/\s]+')
_SHOWN: Final = 10


class GroupMembers:
    """The resource type. `identity` and `settings` are the two APIs of Google."""

    def __init__(self, identity: CloudIdentity, settings: GroupsSettings) -> None:
        self._identity = identity
        self._settings = settings
        self._turns: dict[str, asyncio.Lock] = {}
        # What this run was asked for, by group and resource: when one resource takes a group over from another
        # (a new logical name, another way to write the group), the old one's end must not take away what the new one
        # declares.
        self._declared: dict[str, dict[tuple[str, str], set[str]]] = {}

    def check(self, inputs: Properties) -> Iterable[Fault]:
        group = optional_text(inputs, 'group')
        if group not in {None, UNKNOWN} and not _BY_NAME.fullmatch(group or '') and not _ADDRESS.fullmatch(group or ''):
            yield Fault('group', 'is neither an address nor of the form groups/…')
        for place, member in enumerate(texts(inputs, 'members')):
            if member == UNKNOWN:
                continue
            if not _ADDRESS.fullmatch(member):
                yield Fault(f'members[{place}]', f'{member!r} is not an address')
            elif group is not None and member.lower() == group.lower():
                yield Fault(f'members[{place}]', 'a group cannot be a member of itself')

    def diff(self, state: State, news: Properties) -> Iterable[Change]:
        yield from _compare_group(state, news)
        if flag(state.outputs, 'authoritative') != flag(news, 'authoritative'):
            yield Change('authoritative', ChangeKind.UPDATE if 'authoritative' in state.inputs else ChangeKind.ADD)
        if 'members' in news:
            there = texts(state.outputs, 'members')
            wanted = texts(news, 'members')
            known = {*folded(there), *folded(wanted)}
            left_over = [name for name in texts(state.outputs, 'added') if name not in known]
            yield from compare_names('members', [*there, *left_over], wanted, texts(state.inputs, 'members'))
            if 'members' not in state.outputs and not wanted:
                yield Change('members', ChangeKind.ADD)
        elif 'members' in state.outputs:
            yield Change('members', ChangeKind.DELETE, of_inputs='members' in state.inputs)
        if 'allowExternalMembers' in news:
            yield from compare('allowExternalMembers', state, news)

    def planned(self, state: State | None, news: Properties) -> Properties:
        unchanged = state is not None and not any(
            change.path.startswith(('members', 'authoritative', 'group')) for change in self.diff(state, news)
        )
        found: dict[str, Json] = {}
        for key in ('added', 'undeclared'):
            found[key] = state.outputs.get(key) if unchanged and state is not None else UNKNOWN
        return {**news, **found}

    async def create(self, news: Properties, report: Report) -> Created:
        group = text(news, 'group')
        outputs, failures = await self._make_so(news, {}, report)
        if failures:
            raise PartlyDoneError(group.lower(), outputs, failures)
        return Created(group.lower(), outputs)

    async def update(self, state: State, news: Properties, report: Report) -> Properties:
        outputs, failures = await self._make_so(news, state.outputs, report)
        if failures:
            raise PartlyDoneError(state.id, outputs, failures)
        return outputs

    async def read(self, state: State, report: Report) -> State | None:
        group = optional_text(state.outputs, 'group') or optional_text(state.inputs, 'group') or state.id
        name = await self._identity.find_group(group)
        if name is None:
            return None
        imported = not state.outputs and not state.inputs
        inputs, outputs = dict(state.inputs), dict(state.outputs)
        inputs['group'] = outputs['group'] = group
        if imported or 'members' in inputs:
            declared = texts(inputs, 'members')
            writes = await GroupWrites.begin(self._identity, name, look_for=declared)
            keeps_all = imported or flag(inputs, 'authoritative')
            members = writes.members(declared, authoritative=keeps_all)
            ours = {*writes.present, *folded(declared)}
            added = [address for address in texts(outputs, 'added') if address in ours]
            inputs['members'] = outputs['members'] = members
            outputs['added'], outputs['undeclared'] = added, writes.undeclared(members)
            _warn(group, outputs, report)
        if imported or 'allowExternalMembers' in inputs:
            setting = await self._settings.allows_external(await self._address(group, name))
            inputs['allowExternalMembers'] = outputs['allowExternalMembers'] = setting
        return State(group.lower(), inputs, outputs)

    async def delete(self, state: State, report: Report) -> None:
        group = text(state.outputs, 'group')
        leaving = folded([*texts(state.outputs, 'added'), *self._authoritative_members(state)])
        if not leaving or 'members' not in state.outputs:
            return
        name = await self._identity.find_group(group)
        if name is None:
            return
        async with self._turn(name):
            writes = await GroupWrites.begin(self._identity, name)
            declared = self._declared.get(name, {})
            declared.pop((report.urn, state.id), None)
            kept = {address for others in declared.values() for address in others} & set(leaving)
            if kept:
                report.info(f'{group}: {_some(sorted(kept))} stay, another resource declares them')
            await writes.remove(address for address in leaving if address not in kept)
            if writes.failures:
                raise RefusedError('; '.join(writes.failures))

    @staticmethod
    def _authoritative_members(state: State) -> tuple[str, ...]:
        return texts(state.outputs, 'members') if flag(state.outputs, 'authoritative') else ()

    async def _make_so(self, news: Properties, old: Properties, report: Report) -> tuple[Properties, list[str]]:
        """Bring the group to what is asked for; the outputs, and what did not work."""
        group = text(news, 'group')
        name = await self._identity.group(group)
        async with self._turn(name):
            return await self._in_turn(name, news, old, report)

    async def _in_turn(
        self, name: str, news: Properties, old: Properties, report: Report
    ) -> tuple[Properties, list[str]]:
        group, wanted = text(news, 'group'), optional_texts(news, 'members')
        authoritative = flag(news, 'authoritative')
        added = texts(old, 'added')
        failures: list[str] = []
        outputs: dict[str, Json] = {**news, 'added': added, 'undeclared': []}
        writes = None
        if wanted is not None:
            self._declared.setdefault(name, {})[report.urn, group.lower()] = set(folded(wanted))
            writes = await GroupWrites.begin(self._identity, name, added=added, status=report.status)
            await writes.remove(writes.surplus(wanted, authoritative=authoritative))
        setting = optional_text(news, 'allowExternalMembers')
        if setting is not None:
            try:
                address = await self._address(group, name)
                if await self._settings.allows_external(address) != setting:
                    await self._settings.allow_external(address, setting)
            except RefusedError as error:
                failures.append(str(error))
                outputs['allowExternalMembers'] = old.get('allowExternalMembers')
        if writes is not None and wanted is not None:
            await writes.add(wanted)
            members = writes.members(wanted, authoritative=authoritative)
            outputs |= {'members': members, 'added': sorted(writes.added), 'undeclared': writes.undeclared(members)}
            failures = [*writes.failures, *failures]
            _warn(group, outputs, report, known=texts(old, 'undeclared'))
        return outputs, failures

    async def _address(self, group: str, name: str) -> str:
        return await self._identity.address(name) if group.startswith('groups/') else group.lower()

    def _turn(self, name: str) -> asyncio.Lock:
        return self._turns.setdefault(name, asyncio.Lock())


def _compare_group(state: State, news: Properties) -> Iterator[Change]:
    old, new = optional_text(state.outputs, 'group') or '', optional_text(news, 'group') or ''
    if old.lower() != new.lower():
        yield Change('group', replaces=True)


def _warn(group: str, outputs: Properties, report: Report, known: Iterable[str] = ()) -> None:
    """Name the members that nobody declared, unless the state has named them before."""
    undeclared = texts(outputs, 'undeclared')
    if set(undeclared) - set(known):
        report.warning(f'{group} has members that are not declared, and keeps them: {_some(undeclared)}')


def _some(names: Iterable[str]) -> str:
    shown = [*names]
    more = len(shown) - _SHOWN
    return ', '.join(shown[:_SHOWN]) + (f' and {more} more' if more > 0 else '')

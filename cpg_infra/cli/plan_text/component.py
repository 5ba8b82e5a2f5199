"""One component of a dataset: its groups, its things with who may do what on them, what it asks of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cpg_infra.cli.plan_text.access import Access
from cpg_infra.cli.plan_text.azure_storage import AzureStorageFacts
from cpg_infra.cli.plan_text.facts import facts, value_note
from cpg_infra.cli.plan_text.index import Index, Section
from cpg_infra.cli.plan_text.lines import Line, Look
from cpg_infra.cli.plan_text.vocabulary import RESOURCES, THINGS
from cpg_infra.plan import Asset, AssetKind, Group, Membership, PrincipalKind, Resource

_FOLDED: Final = frozenset(
    {
        AssetKind.BLOB,
        AssetKind.SERVICE_ENABLEMENT,
        AssetKind.ACCOUNT_KEY,
        AssetKind.SECRET_VERSION,
        AssetKind.STORAGE_SETTINGS,
    }
)
"""Things that say little alone: several in one line, or a word on the thing that they are part of."""

_BY_PHYSICAL_NAME: Final = frozenset({AssetKind.REGISTRY})
"""Things whose resource has the name that people type."""

_SECRET_INPUTS: Final = ('secretData', 'content')


_API: Final = 'gcp:projects/service:Service'

_ORDER: Final = {kind: number for number, kind in enumerate(THINGS)}
"""Kinds in the order of the vocabulary: the project before what it costs, both before the rest."""


class ComponentLines:
    """Writes the components of one dataset."""

    def __init__(self, index: Index, dataset: str, access: Access, storage: AzureStorageFacts) -> None:
        self._index = index
        self._dataset = dataset
        self._access = access
        self._storage = storage

    def of(self, section: Section, depth: int) -> Iterator[Line]:
        """The lines of one component."""
        yield from self._groups(section.groups, depth)
        for thing in sorted(section.things, key=lambda thing: _ORDER[thing.kind]):
            if thing.kind not in _FOLDED and not self._is_api(thing):
                yield self._thing(thing, depth)
                yield from (Line(Look.ACCESS, depth + 1, said) for said in self._access.on(thing))
        for resource in section.resources:
            # A plugin need not say what its resource stands for.
            if not resource.intents:
                yield _raw(resource, depth)
        yield from self._parts_elsewhere(section.things, depth)
        yield from self._enabled(section.things, depth)
        yield from self._files(section.things, depth)
        for key, grants in section.lets_in.items():
            thing = self._index.assets[key]
            yield Line(Look.THING, depth, thing.name, self._whose(thing), THINGS[thing.kind])
            yield from (Line(Look.ACCESS, depth + 1, said) for said in self._access.roles(grants))
        yield from self._joins(section.joins, depth)

    # Groups -----------------------------------------------------------------------------------------------

    def _groups(self, groups: Iterable[Group], depth: int) -> Iterator[Line]:
        empty = []
        for group in groups:
            name = self._access.short(group.name)
            notes = [note for note in ('cached' if group.cached else '', group.description) if note]
            shown = f'{name} ({", ".join(notes)})' if notes else name
            members = self._access.members(self._index.members_of.get(group.key, ()))
            if members:
                yield Line(Look.THING, depth, f'{shown}:', members, 'group')
            else:
                empty.append(shown)
        if empty:
            yield Line(Look.THING, depth, 'nobody directly:', ', '.join(empty), 'group')

    def _joins(self, memberships: Sequence[Membership], depth: int) -> Iterator[Line]:
        """Memberships in groups of others: the same names together, the rest group by group."""
        same: dict[str, list[str]] = {}
        other: dict[str, list[Membership]] = {}
        for membership in memberships:
            group = self._index.groups[membership.group]
            home = group.owner.dataset
            member = membership.member.split(':', 2)[2]
            suffix = member.removeprefix(f'{self._dataset}-')
            if home and suffix != member and group.name == f'{home}-{suffix}':
                same.setdefault(home, []).append(suffix)
            else:
                other.setdefault(group.name, []).append(membership)
        for home, suffixes in same.items():
            yield Line(Look.THING, depth, f'groups of {home} with the same name:', ', '.join(suffixes), 'is in')
        for name, members in other.items():
            yield Line(Look.THING, depth, f'{name}:', self._access.members(members, plain=PrincipalKind.GROUP), 'is in')

    # Things -----------------------------------------------------------------------------------------------

    def _thing(self, thing: Asset, depth: int) -> Line:
        maker = self._index.maker_of.get(thing.key)
        name = maker.physical if maker is not None and thing.kind in _BY_PHYSICAL_NAME else thing.name
        if thing.kind is AssetKind.RAW and maker is not None:
            return _raw(maker, depth)
        said = [*facts(maker), *self._storage.of(maker)] if maker is not None else ['made elsewhere']
        for part in self._index.inside.get(thing.key, ()):
            said += self._part(part)
        return Line(Look.THING, depth, name, ', '.join(said), THINGS[thing.kind])

    def _part(self, part: Asset) -> Iterator[str]:
        if part.kind is AssetKind.ACCOUNT_KEY:
            yield f'key {part.name.rpartition("/")[2]} known after deployment'
        elif part.kind is AssetKind.SECRET_VERSION:
            maker = self._index.maker_of.get(part.key)
            inputs = maker.inputs if maker is not None else {}
            yield from (value_note(inputs[key]) for key in _SECRET_INPUTS if key in inputs)

    def _is_part(self, thing: Asset) -> bool:
        return thing.within in self._index.assets

    def _parts_elsewhere(self, things: Iterable[Asset], depth: int) -> Iterator[Line]:
        """Keys and secret values of things that are not in the plan."""
        for thing in things:
            if thing.kind in {AssetKind.ACCOUNT_KEY, AssetKind.SECRET_VERSION} and not self._is_part(thing):
                yield Line(Look.THING, depth, thing.name, ', '.join(self._part(thing)), THINGS[thing.kind])

    def _enabled(self, things: Iterable[Asset], depth: int) -> Iterator[Line]:
        by_project: dict[str, list[str]] = {}
        for thing in things:
            if thing.kind is AssetKind.SERVICE_ENABLEMENT or self._is_api(thing):
                project, _, host = thing.name.removeprefix(f'{_API}:').rpartition('/')
                by_project.setdefault(project, []).append(host.removesuffix('.googleapis.com'))
        for project, hosts in by_project.items():
            yield Line(Look.THING, depth, f'{project}:', ', '.join(hosts), 'enabled APIs')

    def _files(self, things: Iterable[Asset], depth: int) -> Iterator[Line]:
        by_bucket: dict[str, list[str]] = {}
        for thing in things:
            if thing.kind is AssetKind.BLOB:
                bucket, _, path = thing.name.removeprefix('gs://').partition('/')
                by_bucket.setdefault(bucket, []).append(path)
        for bucket, paths in by_bucket.items():
            yield Line(Look.THING, depth, f'{bucket}:', ', '.join(paths), 'files')

    def _is_api(self, thing: Asset) -> bool:
        """Whether it is an API that a plugin enables."""
        return thing.kind is AssetKind.RAW and thing.name.startswith(f'{_API}:')

    def _whose(self, thing: Asset) -> str:
        if not thing.managed:
            return 'made elsewhere'
        return f'of {thing.owner.dataset}' if thing.owner.dataset else 'of the organisation'


def _raw(resource: Resource, depth: int) -> Line:
    """A resource that stands for no kind of thing: by what people call its type, else by the type itself."""
    word = RESOURCES.get(resource.type)
    if word is not None:
        return Line(Look.THING, depth, resource.physical, '', word)
    return Line(Look.THING, depth, resource.physical, resource.type, THINGS[AssetKind.RAW])

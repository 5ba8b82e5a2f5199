"""Access in words: `read: analysis, main-read · read, write and delete: full`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from cpg_infra.cli.plan_text.index import Index
from cpg_infra.cli.remarks import amount
from cpg_infra.plan import Asset, Entitlement, Grant, Membership, PrincipalKind
from cpg_infra.plan.roles import IN_WORDS

WIDEST: Final = 100
"""Columns of access that still read well in one line; more becomes one line a role."""

MOST_OTHERS: Final = 8
"""How many that other datasets let in are named; each is named in its own dataset's part."""

_STRENGTH: Final = {role: number for number, role in enumerate(IN_WORDS)}
"""The order of roles in their own list, which begins with the weakest of each kind."""

_PLURALS: Final = {
    '': '',
    'person': 'people',
    'account': 'accounts',
    'Hail user': 'Hail users',
    'group': 'groups',
    'from elsewhere': 'from elsewhere',
}

Place = Callable[[tuple[str | int, ...]], str]
"""Where a configuration value is written, as text; empty when that is not known."""


class Access:
    """Says who may do what, from the point of view of one dataset: its own names lose its prefix."""

    def __init__(self, index: Index, dataset: str, place: Place, *, everybody: bool) -> None:
        self._index = index
        self._dataset = dataset
        self._place = place
        self._everybody = everybody
        self._called: dict[tuple[str, PrincipalKind], tuple[str, str]] = {}

    def short(self, name: str) -> str:
        """A name without the dataset's own: `alpha-analysis` is `analysis` in the part of alpha."""
        return (self._dataset and name.removeprefix(f'{self._dataset}-')) or name

    def on(self, asset: Asset) -> list[str]:
        """Who may do what on a thing, and who may ask for it; one line if it fits."""
        said = self.roles(self._index.grants_on.get(asset.key, ()))
        joined = ' · '.join(said)
        lines = [joined] if said and len(joined) <= WIDEST else said
        return [*lines, *map(self._temporary, self._index.entitlements_on.get(asset.key, ()))]

    def roles(self, grants: Iterable[Grant]) -> list[str]:
        """Each role in words with who holds it; roles with the same holders together."""
        by_role: dict[str, list[Grant]] = {}
        for grant in sorted(grants, key=lambda grant: _STRENGTH[grant.role]):
            word = IN_WORDS[grant.role]
            if grant.condition is not None:
                word = f'{word} when {grant.condition}'
            by_role.setdefault(word, []).append(grant)
        by_holders: dict[str, list[str]] = {}
        for role, held in by_role.items():
            by_holders.setdefault(self._holders(held), []).append(role)
        return [f'{" / ".join(roles)}: {holders}' for holders, roles in by_holders.items()]

    def members(self, memberships: Iterable[Membership], plain: PrincipalKind = PrincipalKind.PERSON) -> str:
        """Who is in a group: first those of the plain kind, which are not called it; people by their user id."""
        named: dict[str, list[str]] = {'': [], 'person': [], 'group': [], 'account': [], 'Hail user': []}
        others = 0
        for membership in memberships:
            kind, name = self.principal(membership.member, plain)
            if self._hidden(membership, named[kind]):
                others += 1
                continue
            if membership.expires is not None:
                notes = (f'until {membership.expires}', membership.reason, self._place(membership.origin))
                name = f'{name} ({"; ".join(note for note in notes if note)})'
            named[kind].append(name)
        return _listed(named, others)

    def principal(self, key: str, plain: PrincipalKind) -> tuple[str, str]:
        """The class of a principal (empty for the plain one) and what people call it."""
        called = self._called.get((key, plain))
        if called is None:
            called = self._called[key, plain] = self._call(key, plain)
        return called

    def _call(self, key: str, plain: PrincipalKind) -> tuple[str, str]:
        principal = self._index.principals[key]
        if principal.kind is PrincipalKind.PERSON:
            return ('' if plain is PrincipalKind.PERSON else 'person'), principal.user or principal.label
        name = key.split(':', 2)[2]
        if principal.kind is PrincipalKind.FEDERATED:
            return 'from elsewhere', name
        if principal.kind is PrincipalKind.GROUP:
            return ('' if plain is PrincipalKind.GROUP else 'group'), self.short(name)
        if principal.hail_username is not None:
            return 'Hail user', self.short(name)
        local, _, domain = name.partition('@')
        home = domain.partition('.')[0]
        return 'account', local if home in self._index.projects_of.get(self._dataset, ()) else name

    def _holders(self, grants: Iterable[Grant]) -> str:
        named: dict[str, list[str]] = {'': [], 'account': [], 'Hail user': [], 'person': [], 'from elsewhere': []}
        others = 0
        for grant in grants:
            kind, name = self.principal(grant.principal, plain=PrincipalKind.GROUP)
            if self._hidden(grant, named[kind]):
                others += 1
            else:
                # Access beside the groups is unusual: say who asked for it.
                place = self._place(grant.origin) if kind == 'person' else ''
                named[kind].append(f'{name} ({place})' if place else name)
        return _listed(named, others)

    def _hidden(self, intent: Grant | Membership, named: list[str]) -> bool:
        return not self._everybody and intent.owner.dataset != self._dataset and len(named) >= MOST_OTHERS

    def _temporary(self, entitlement: Entitlement) -> str:
        kind, name = self.principal(entitlement.principal, plain=PrincipalKind.GROUP)
        approvers = ', '.join(entitlement.approvers)
        notes = (
            f'approved by {approvers}' if approvers else 'a justification is enough',
            self._place(entitlement.origin),
        )
        return (
            f'may ask to {IN_WORDS[entitlement.role]}, {amount(entitlement.max_duration.days, "day")} at most: '
            f'{kind and f"{kind} "}{name} ({"; ".join(note for note in notes if note)})'
        )


def _listed(named: dict[str, list[str]], others: int) -> str:
    parts = []
    for kind, names in named.items():
        if names:
            word = kind if len(names) == 1 else _PLURALS[kind]
            parts.append(f'{word and f"{word} "}{", ".join(names)}')
    if others:
        parts.append(f'{others} more that other datasets let in')
    return '; '.join(parts)

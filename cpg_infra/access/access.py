"""`Access`: the access model of a plan, indexed so that questions are quick."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Final, TypeAlias

from cpg_infra.access.holding import AccessPath, Allowance, Holding, HoldingAsAccount
from cpg_infra.access.nesting import FOREVER, Nesting
from cpg_infra.plan import AccountRole, AssetKind, Entitlement, HailRole, Plan, ProjectRole, Role, TablesRole
from cpg_infra.plan.access import account_as_principal

REACHES: Final[Mapping[Role, AssetKind]] = {
    ProjectRole.LIST_BUCKETS: AssetKind.BUCKET,
    TablesRole.READ: AssetKind.TABLE,
    TablesRole.WRITE: AssetKind.TABLE,
}
"""Roles on something that are about what lies in it too, and the kind of thing that they are about."""

_AT_ONCE: Final = dt.timedelta()

_Key: TypeAlias = tuple[str, Role, str, str, dt.timedelta]
"""What tells holdings of one principal apart, in the order in which they are told: asset, role, what the role was given
on, condition (empty: none), how long it lasts (zero: it need not be asked for)."""


class Access:
    """Effective access of everybody in a plan. Answers come in canonical order and are worked out when asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.nesting = Nesting(plan.memberships)
        self._given: dict[str, list[Allowance]] = defaultdict(list)
        self._given_on: dict[str, list[Allowance]] = defaultdict(list)
        allowances: tuple[Allowance, ...] = (*plan.grants, *plan.entitlements)
        for allowance in allowances:
            self._given[allowance.principal].append(allowance)
            self._given_on[allowance.asset].append(allowance)
        self._keys_of: dict[str, tuple[_Key, ...]] = {}
        self._within: dict[tuple[str, AssetKind], list[str]] = defaultdict(list)
        self._container: dict[str, tuple[str, AssetKind]] = {}
        for asset in plan.assets:
            if asset.within is not None:
                self._within[asset.within, asset.kind].append(asset.key)
                self._container[asset.key] = (asset.within, asset.kind)
        self._accounts = {
            asset.key: account_as_principal(asset.key)
            for asset in plan.assets
            if asset.kind is AssetKind.MACHINE_ACCOUNT
        }
        self._on_hail = {principal.key for principal in plan.principals if principal.hail_username is not None}

    def of(self, principal: str) -> tuple[Holding, ...]:
        """What a principal (a group too) holds, directly and through groups, by asset and role."""
        last_days: dict[_Key, dt.date] = {}
        for holder, last in self.nesting.above(principal).items():
            if holder in self._given:
                _remember(last_days, self._keys(holder), last)
        return self._holdings(principal, last_days)

    def on(self, asset: str) -> tuple[Holding, ...]:
        """Who holds something on an asset, groups included, by principal and role."""
        last_days: dict[str, dict[_Key, dt.date]] = defaultdict(dict)
        for allowance in self._allowances(asset):
            key = (_key(allowance, asset),)
            for principal, last in self.nesting.below(allowance.principal).items():
                _remember(last_days[principal], key, last)
        return tuple(
            holding for principal in sorted(last_days) for holding in self._holdings(principal, last_days[principal])
        )

    def as_account(self, principal: str) -> tuple[HoldingAsAccount, ...]:
        """What a principal may do by becoming machine accounts, and accounts that those may become.

        A workflow elsewhere holds nothing but the right to come in: this is all that it may do. Of several ways to an
        account a shortest one is told. By asset, role and way.
        """
        found: list[HoldingAsAccount] = []
        seen = {principal}
        ways: deque[tuple[str, tuple[Holding, ...]]] = deque([(principal, ())])
        while ways:
            here, way = ways.popleft()
            held = self.of(here)
            found += [HoldingAsAccount(way, holding) for holding in held] if way else []
            for holding in held:
                account = self._accounts.get(holding.asset)
                if isinstance(holding.role, AccountRole) and account is not None and account not in seen:
                    seen.add(account)
                    ways.append((account, (*way, holding)))
        return tuple(sorted(found, key=HoldingAsAccount.sort_key))

    def as_account_on(self, asset: str) -> tuple[HoldingAsAccount, ...]:
        """Who may do something on an asset by becoming machine accounts, by principal, role and way."""
        able: set[str] = set()
        pending = [holding.principal for holding in self.on(asset)]
        assets = {account: key for key, account in self._accounts.items()}
        seen: set[str] = set()
        while pending:
            account = assets.get(pending.pop())
            if account is not None and account not in seen:
                seen.add(account)
                become = {holding.principal for holding in self.on(account) if isinstance(holding.role, AccountRole)}
                able |= become
                pending += become
        return tuple(
            holding
            for principal in sorted(able)
            for holding in self.as_account(principal)
            if holding.holding.asset == asset
        )

    def everything(self) -> Iterator[Holding]:
        """Every holding of every principal of the plan."""
        for principal in self.plan.principals:
            yield from self.of(principal.key)

    def paths(self, holding: Holding) -> Iterator[AccessPath]:
        """Each way to a holding, short ones first; made one by one, because there can be very many."""
        key = (holding.asset, holding.role, holding.on, holding.condition or '', holding.at_most or _AT_ONCE)
        ways = [
            zip(self.nesting.routes(holding.principal, allowance.principal), repeat(allowance))
            for allowance in self._allowances(holding.asset)
            if _key(allowance, holding.asset) == key
        ]
        for route, allowance in heapq.merge(*ways, key=lambda way: len(way[0])):
            yield AccessPath(route, allowance)

    def _keys(self, holder: str) -> tuple[_Key, ...]:
        keys = self._keys_of.get(holder)
        if keys is None:
            keys = self._keys_of[holder] = tuple(
                _key(allowance, asset) for allowance in self._given[holder] for asset in self._reached(allowance)
            )
        return keys

    def _reached(self, allowance: Allowance) -> list[str]:
        kind = REACHES.get(allowance.role)
        return [allowance.asset] if kind is None else [allowance.asset, *self._within[allowance.asset, kind]]

    def _allowances(self, asset: str) -> list[Allowance]:
        found = list(self._given_on.get(asset, ()))
        if asset in self._container:
            within, kind = self._container[asset]
            found += [each for each in self._given_on.get(within, ()) if REACHES.get(each.role) is kind]
        return found

    def _holdings(self, principal: str, last_days: Mapping[_Key, dt.date]) -> tuple[Holding, ...]:
        # Hail Batch knows no groups: of a group's members those count who have a name there.
        return tuple(
            Holding(
                principal,
                asset,
                role,
                on,
                condition or None,
                at_most or None,
                None if last == FOREVER else last,
            )
            for (asset, role, on, condition, at_most), last in sorted(last_days.items())
            if type(role) is not HailRole or principal in self._on_hail
        )


def resolve(plan: Plan) -> Access:
    """The effective access of a plan: who can do what on what, by which ways, until when."""
    return Access(plan)


def _key(allowance: Allowance, asset: str) -> _Key:
    if isinstance(allowance, Entitlement):
        return asset, allowance.role, allowance.asset, '', allowance.max_duration
    return asset, allowance.role, allowance.asset, allowance.condition or '', _AT_ONCE


def _remember(last_days: dict[_Key, dt.date], keys: Iterable[_Key], last: dt.date) -> None:
    for key in keys:
        known = last_days.get(key)
        if known is None or known < last:
            last_days[key] = last

"""Access models made by hand: groups, who is in them, what they were given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from cpg_infra.config import Cloud
from cpg_infra.plan import (
    Asset,
    AssetKind,
    BucketRole,
    Entitlement,
    Grant,
    Group,
    Membership,
    Owner,
    Plan,
    Principal,
    PrincipalKind,
    Role,
)

OWNER = Owner('alpha', Cloud.GCP, 'test')
ORIGIN = ('dataset', 'alpha')
DAY = dt.date(2031, 1, 31)


def person(name: str, *, hail: str | None = None) -> Principal:
    return Principal(name, PrincipalKind.PERSON, Cloud.GCP, f'{name}@example.org', name, hail)


def group(name: str) -> Principal:
    return Principal(name, PrincipalKind.GROUP, Cloud.GCP, f'{name}@groups.example.org')


def within(member: str, *groups: str, expires: dt.date | None = None) -> list[Membership]:
    """`member` is in each of these groups."""
    return [Membership(f'{each}|{member}', each, member, member, OWNER, ORIGIN, expires) for each in groups]


def grant(principal: str, role: Role, asset: str, *, condition: str | None = None) -> Grant:
    return Grant(f'{asset}|{role}|{principal}|{condition}', principal, role, asset, OWNER, ORIGIN, condition)


def entitlement(principal: str, asset: str, *, days: int = 7) -> Entitlement:
    most = dt.timedelta(days=days)
    return Entitlement(f'{asset}|temporary|{principal}', principal, BucketRole.READ, asset, OWNER, ORIGIN, most)


def bucket(name: str, *, project: str | None = None) -> Asset:
    return Asset(name, AssetKind.BUCKET, Cloud.GCP, name, OWNER, ORIGIN, within=project)


def project(name: str) -> Asset:
    return Asset(name, AssetKind.PROJECT, Cloud.GCP, name, OWNER, ORIGIN)


def plan(
    *,
    principals: Iterable[Principal],
    memberships: Iterable[Membership] = (),
    grants: Iterable[Grant] = (),
    entitlements: Iterable[Entitlement] = (),
    assets: Iterable[Asset] = (),
) -> Plan:
    """A plan that has nothing but its access model."""
    named = tuple(principals)
    return Plan(
        resources=(),
        assets=tuple(assets),
        principals=named,
        groups=tuple(
            Group(each.key, each.key, Cloud.GCP, OWNER, ORIGIN) for each in named if each.kind is PrincipalKind.GROUP
        ),
        memberships=tuple(memberships),
        grants=tuple(grants),
        entitlements=tuple(entitlements),
    )

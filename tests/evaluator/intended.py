"""The other side of the comparison: the intent of a plan, in the evaluator's words.

This is the only file here that knows the program: its access model and its effective access (`cpg_infra.access`).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from cpg_infra.abstraction import OPERATIONS
from cpg_infra.access import resolve
from cpg_infra.config import Cloud
from cpg_infra.plan import (
    Asset,
    Entitlement,
    HailRole,
    MetamistRole,
    Plan,
    Principal,
    PrincipalKind,
    ProjectRole,
    Role,
)
from tests.evaluator.approximations import BY_ROLE
from tests.evaluator.resources import text
from tests.evaluator.words import Abilities, Ability, Access, Can, Plain, Request, Thing, every

PARTS: Final[Mapping[Role, str]] = {
    ProjectRole.LIST_BUCKETS: every('bucket'),
    ProjectRole.VIEW_COMPUTE: 'machines',
    ProjectRole.VIEW_LOGS: 'logs',
    ProjectRole.VIEW_MONITORING: 'monitoring',
    ProjectRole.VIEW_CLUSTERS: 'clusters',
    ProjectRole.ADMINISTER_CLUSTERS: 'clusters',
    ProjectRole.WORK_IN_CLUSTERS: 'clusters',
    ProjectRole.REPORT_BATCH_TASKS: 'batch',
    ProjectRole.EDIT_BATCH_JOBS: 'batch',
    ProjectRole.PAY_FOR_REQUESTS: 'requests',
    ProjectRole.VIEW_ROLES: 'roles',
    ProjectRole.BROWSE: '',
    ProjectRole.ADMINISTER_COMPUTE: 'machines',
    ProjectRole.MANAGE_TEMPORARY_ACCESS: 'policy',
}
"""Which part of a project a role is about."""

PREFIXES: Final[Mapping[PrincipalKind, str]] = {
    PrincipalKind.PERSON: 'user',
    PrincipalKind.MACHINE: 'serviceAccount',
    PrincipalKind.GROUP: 'group',
}


class Intent:
    """A plan's access model, and how the evaluator would call what is in it."""

    def __init__(self, plan: Plan, *, memberships: bool) -> None:
        self.plan = plan
        self.resolved = resolve(plan)
        self.on_clouds = self.resolved if memberships else resolve(dataclasses.replace(plan, memberships=()))
        self.memberships = memberships
        self.assets = {asset.key: asset for asset in plan.assets}
        named: Plain = plan.to_json()['access']
        self.addresses = {each['key']: text(each['address']) for each in named['principals']}

    def who(self, principal: Principal, role: Role | None = None) -> str:
        """What the evaluator calls a principal; the two services have names of their own."""
        if isinstance(role, HailRole):
            return f'{principal.cloud.value}:hail:{principal.hail_username}'
        if isinstance(role, MetamistRole):
            return f'metamist:{self.addresses[principal.key]}'
        return f'{principal.cloud.value}:{PREFIXES[principal.kind]}:{self.addresses[principal.key]}'

    @staticmethod
    def thing(asset: Asset) -> Thing:
        """What the evaluator calls an asset."""
        return Thing(asset.cloud.value if asset.cloud is not None else '', asset.kind.value, asset.name)


def on_paper(cloud: Cloud | None) -> bool:
    """Whether nothing of it is ever deployed."""
    return cloud is Cloud.DRY_RUN


def means(cloud: Cloud | None, role: Role, *, on_request: bool = False) -> Abilities:
    """What a role allows on a cloud: its meaning, and the differences that are listed."""
    wanted = {Ability(PARTS.get(role, ''), Can(operation.value)) for operation in OPERATIONS[role]}
    row = BY_ROLE.get((cloud.value if cloud is not None else '', role.value, on_request))
    if row is None:
        return frozenset(wanted)
    assert row.missing <= wanted, f'{row} takes away what {role.value} does not mean'
    assert row.added.isdisjoint(wanted), f'{row} adds what {role.value} means anyway'
    return frozenset(wanted - row.missing | row.added)


def intended(plan: Plan, *, memberships: bool = True) -> Access:
    """Access as the plan means it.

    Without `memberships` the organisation keeps the members of its groups itself, so on clouds only what was given
    directly can be told; the two services are still told everybody.
    """
    intent = Intent(plan, memberships=memberships)
    given: defaultdict[tuple[str, Thing], set[Ability]] = defaultdict(set)
    for who, thing, abilities in (*_given(intent), *_in_services(intent)):
        given[who, thing] |= abilities
    effective: defaultdict[tuple[str, Thing], set[Ability]] = defaultdict(set)
    for who, thing, abilities in (*_effective(intent), *_in_services(intent)):
        effective[who, thing] |= abilities
    return Access(
        _members(intent),
        {key: frozenset(can) for key, can in given.items()},
        {key: frozenset(can) for key, can in effective.items() if can},
        _requests(intent),
    )


def _members(intent: Intent) -> dict[str, frozenset[str]]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    if intent.memberships:
        principals = intent.plan.principal_by_key
        for each in intent.plan.memberships:
            if not on_paper(principals[each.group].cloud):
                members[intent.who(principals[each.group])].add(intent.who(principals[each.member]))
    return {group: frozenset(inside) for group, inside in members.items()}


def _given(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    for grant in intent.plan.grants:
        asset = intent.assets[grant.asset]
        if not isinstance(grant.role, HailRole | MetamistRole) and not on_paper(asset.cloud):
            principal = intent.plan.principal_by_key[grant.principal]
            yield intent.who(principal), intent.thing(asset), means(asset.cloud, grant.role)


def _in_services(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    """What people and programs may do in Hail Batch and metamist, which know no groups."""
    for principal in intent.plan.principals:
        if principal.kind is not PrincipalKind.GROUP:
            for holding in intent.resolved.of(principal.key):
                asset = intent.assets[holding.asset]
                if isinstance(holding.role, HailRole | MetamistRole) and not on_paper(asset.cloud):
                    yield intent.who(principal, holding.role), intent.thing(asset), means(None, holding.role)


def _effective(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    for principal in intent.plan.principals:
        for holding in intent.on_clouds.of(principal.key):
            asset = intent.assets[holding.asset]
            if (
                isinstance(holding.role, HailRole | MetamistRole)
                or on_paper(asset.cloud)
                or holding.at_most is not None
            ):
                continue
            here = '' if holding.on == holding.asset else every(asset.kind.value)
            yield (
                intent.who(principal),
                intent.thing(asset),
                frozenset(_counted(means(asset.cloud, holding.role), here)),
            )


def _counted(abilities: Abilities, inherited: str) -> Iterator[Ability]:
    """Of abilities those that are about the thing itself; of inherited ones those about things of its kind."""
    for ability in abilities:
        if inherited and ability.part == inherited:
            yield Ability('', ability.can)
        elif not inherited and not ability.part.startswith(every('')):
            yield ability


def _requests(intent: Intent) -> dict[tuple[str, Thing], frozenset[Request]]:
    found: defaultdict[tuple[str, Thing], set[Request]] = defaultdict(set)
    for key in {entitlement.asset for entitlement in intent.plan.entitlements}:
        asset = intent.assets[key]
        for holding in intent.on_clouds.on(key):
            if holding.at_most is None or on_paper(asset.cloud):
                continue
            allowance = next(intent.on_clouds.paths(holding)).allowance
            assert isinstance(allowance, Entitlement)
            cloud = asset.cloud.value if asset.cloud is not None else ''
            approvers = frozenset(f'{cloud}:group:{address}' for address in allowance.approvers)
            who = intent.who(intent.plan.principal_by_key[holding.principal])
            found[who, intent.thing(asset)] |= {
                Request(ability, int(holding.at_most.total_seconds()), True, allowance.approvals, approvers)
                for ability in means(asset.cloud, holding.role, on_request=True)
            }
    return {key: frozenset(requests) for key, requests in found.items()}

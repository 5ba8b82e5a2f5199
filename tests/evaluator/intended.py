"""The other side of the comparison: the intent of a plan, in the evaluator's words.

This side knows the program: its access model, what its neutral roles mean, and its effective access
(`cpg_infra.access`). It knows nothing of how intent is lowered.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from cpg_infra.abstraction import OPERATIONS
from cpg_infra.access import resolve
from cpg_infra.config import Cloud
from cpg_infra.plan import (
    Asset,
    AssetKind,
    Entitlement,
    HailRole,
    MetamistRole,
    Plan,
    Principal,
    PrincipalKind,
    ProjectRole,
    Resource,
    Role,
)
from tests.evaluator.approximations import BY_ROLE
from tests.evaluator.azure_scopes import SCOPED
from tests.evaluator.beside import Beside
from tests.evaluator.google import NAMED_LATER
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
    ProjectRole.RUN_QUERIES: 'queries',
    ProjectRole.UNLINK_BILLING: 'billing',
    **{role: role.value for role in MetamistRole},
}
"""Which part of a project a role is about."""

PREFIXES: Final[Mapping[PrincipalKind, str]] = {
    PrincipalKind.PERSON: 'user',
    PrincipalKind.MACHINE: 'serviceAccount',
    PrincipalKind.GROUP: 'group',
    PrincipalKind.FEDERATED: 'outside',
}

_OBJECT_ID: Final = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


class Intent:
    """A plan's access model, and how the evaluator would call what is in it."""

    def __init__(self, plan: Plan, beside: Beside) -> None:
        self.plan = plan
        self.beside = beside
        self.everybody = resolve(plan)
        self.on_clouds = self.everybody if beside.memberships else resolve(dataclasses.replace(plan, memberships=()))
        self.held_with_members = {each.key: self.everybody.of(each.key) for each in plan.principals}
        self.held = (
            self.held_with_members
            if beside.memberships
            else {each.key: self.on_clouds.of(each.key) for each in plan.principals}
        )
        self.assets = {asset.key: asset for asset in plan.assets}
        named: Plain = plan.to_json()['access']
        self.addresses = {each['key']: text(each['address']) for each in named['principals']}

        self.within: defaultdict[str, list[Asset]] = defaultdict(list)
        for asset in plan.assets:
            if asset.within is not None:
                self.within[asset.within].append(asset)
        self._of_asset = {
            key: thing
            for resource in plan.resources
            if (thing := _made_thing(resource)) is not None
            for key in resource.intents
        }

    def who(self, principal: Principal) -> str:
        """What the evaluator calls a principal of a cloud."""
        cloud, address = principal.cloud.value, self.addresses[principal.key]
        if principal.cloud is Cloud.AZURE and _OBJECT_ID.fullmatch(address):
            return f'{cloud}:object:{address}'
        return f'{cloud}:{PREFIXES[principal.kind]}:{address}'

    def in_service(self, principal: Principal, role: HailRole | MetamistRole) -> str | None:
        """What one of the two services calls a principal, None when it cannot know it."""
        if isinstance(role, HailRole):
            return f'{principal.cloud.value}:hail:{principal.hail_username}'
        if principal.cloud is not Cloud.AZURE:
            return f'metamist:{self.addresses[principal.key]}'
        if principal.kind is PrincipalKind.MACHINE:
            # Listed: programs on Azure cannot sign in to metamist.
            return None
        user = principal.user
        return f'metamist:{self.beside.signs_in_as[user] if user is not None else self.addresses[principal.key]}'

    def thing(self, asset: Asset) -> Thing:
        """What the evaluator calls an asset: what we make mostly has the name of the resource that makes it."""
        made = self._of_asset.get(asset.key)
        # Ids on Azure mind no case.
        name = asset.name.lower() if asset.cloud is Cloud.AZURE and not asset.managed else asset.name
        return made or Thing(asset.cloud.value if asset.cloud is not None else '', asset.kind.value, name)

    def means(self, asset: Asset, role: Role) -> Abilities:
        """What a role allows on an asset: a set of tables is nothing in itself, but for what is known of it."""
        wanted = means(asset.cloud, role, self.beside.chosen)
        if asset.kind is not AssetKind.TABLES:
            return wanted
        of_itself = {ability for ability in wanted if ability.can is Can.READ_METADATA}
        return frozenset({*of_itself, *(Ability(every('table'), ability.can) for ability in wanted)})


def _made_thing(resource: Resource) -> Thing | None:
    if resource.type in NAMED_LATER:
        return NAMED_LATER[resource.type](resource.name, resource.inputs)
    if resource.type in SCOPED:
        kind, _, name_of = SCOPED[resource.type]
        return Thing('azure', kind, name_of(resource.inputs))
    return None


def on_paper(cloud: Cloud | None) -> bool:
    """Whether nothing of it is ever deployed."""
    return cloud is Cloud.DRY_RUN


@cache
def means(
    cloud: Cloud | None, role: Role, chosen: frozenset[str] = frozenset(), *, on_request: bool = False
) -> Abilities:
    """What a role allows on a cloud: its meaning, and the differences that are listed and not chosen away."""
    wanted = {Ability(PARTS.get(role, ''), Can(operation.value)) for operation in OPERATIONS[role]}
    row = BY_ROLE.get((cloud.value if cloud is not None else '', role.value, on_request))
    if row is None or row.unless in chosen:
        return frozenset(wanted)
    assert row.missing <= wanted, f'{row} takes away what {role.value} does not mean'
    assert row.added.isdisjoint(wanted), f'{row} adds what {role.value} means anyway'
    return frozenset(wanted - row.missing | row.added)


def intended(plan: Plan, beside: Beside) -> Access:
    """Access as the plan means it.

    Where the organisation keeps the members of its groups itself only what was given directly can be told of clouds;
    the two services are told everybody all the same.
    """
    intent = Intent(plan, beside)
    given: defaultdict[tuple[str, Thing], set[Ability]] = defaultdict(set)
    for who, thing, abilities in (*_given(intent), *_in_services(intent), *_published(intent)):
        given[who, thing] |= abilities
    effective: defaultdict[tuple[str, Thing], set[Ability]] = defaultdict(set)
    for who, thing, abilities in (
        *_effective(intent),
        *_inherited(intent),
        *_in_services(intent),
        *_published(intent),
    ):
        effective[who, thing] |= abilities
    return Access(
        _members(intent),
        {key: frozenset(can) for key, can in given.items()},
        {key: frozenset(can) for key, can in effective.items() if can},
        _requests(intent),
    )


def _members(intent: Intent) -> dict[str, frozenset[str]]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    if intent.beside.memberships:
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
            yield intent.who(principal), intent.thing(asset), intent.means(asset, grant.role)


def _in_services(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    """What people and programs may do in Hail Batch and metamist, which know no groups."""
    for principal in intent.plan.principals:
        if principal.kind is not PrincipalKind.GROUP:
            for holding in intent.held_with_members[principal.key]:
                asset = intent.assets[holding.asset]
                if isinstance(holding.role, HailRole | MetamistRole) and not on_paper(asset.cloud):
                    who = intent.in_service(principal, holding.role)
                    if who is not None:
                        yield who, intent.thing(asset), means(None, holding.role)


def _published(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    """Whom the files of cached groups name. What a cloud only tells later is as the principal has it."""
    for group in intent.plan.groups:
        if group.cached and not on_paper(group.cloud):
            thing = Thing(group.cloud.value, 'members-file', group.name)
            for key in intent.everybody.nesting.below(group.key):
                principal = intent.plan.principal_by_key[key]
                if principal.kind is not PrincipalKind.GROUP:
                    address = intent.addresses[key]
                    who = address.lower() if isinstance(principal.address, str) else address
                    yield f'{group.cloud.value}:named:{who}', thing, frozenset({Ability('', Can.USE)})


def _effective(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    for principal in intent.plan.principals:
        for holding in intent.held[principal.key]:
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
                frozenset(_counted(intent.means(intent.assets[holding.on], holding.role), here)),
            )


def _inherited(intent: Intent) -> Iterator[tuple[str, Thing, Abilities]]:
    """What roles on a project are listed to give on things in it, beyond what they mean."""
    for principal in intent.plan.principals:
        for holding in intent.held[principal.key]:
            if not isinstance(holding.role, ProjectRole) or holding.on != holding.asset or on_paper(principal.cloud):
                continue
            row = BY_ROLE.get((principal.cloud.value, holding.role.value, False))
            if row is None or holding.at_most is not None:
                continue
            for inside in intent.within[holding.asset]:
                added = frozenset(_counted(row.added, every(inside.kind.value)))
                if added:
                    yield intent.who(principal), intent.thing(inside), added


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
            who = intent.who(intent.plan.principal_by_key[holding.principal])
            found[who, intent.thing(asset)] |= {
                Request(ability, int(holding.at_most.total_seconds()), True, *_approval(asset.cloud, allowance))
                for ability in means(asset.cloud, holding.role, intent.beside.chosen, on_request=True)
            }
    return {key: frozenset(requests) for key, requests in found.items()}


def _approval(cloud: Cloud | None, allowance: Entitlement) -> tuple[int, frozenset[str]]:
    if cloud is Cloud.AZURE:
        # The directory knows a group by its name, which is the first half of its address.
        names = frozenset(f'azure:group:{address.partition("@")[0].lower()}' for address in allowance.approvers)
        return allowance.approvals, names
    return allowance.approvals, frozenset(f'gcp:group:{address.lower()}' for address in allowance.approvers)

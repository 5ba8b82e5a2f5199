"""The recorded deployment, and the plan of its configuration, in one form that can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Lookup, Plan, Ref, Value
from cpg_infra.plan.computations import evaluate_value

HERE = Path(__file__).parent

Plain = Any
"""JSON."""


class Recorded(NamedTuple):
    """A resource that is deployed."""

    type: str
    name: str
    inputs: Mapping[str, Plain]


class Right(NamedTuple):
    """One role on one thing, for one member as the policy spells it."""

    kind: str
    thing: str
    role: str
    member: str


@cache
def configuration() -> Mapping[str, Plain]:
    """The configuration of the deployment."""
    found: Mapping[str, Plain] = json.loads((HERE / 'configuration.json').read_text(encoding='utf-8'))
    return found


@cache
def access() -> Mapping[str, Plain]:
    """Who may do what in the deployment."""
    found: Mapping[str, Plain] = json.loads((HERE / 'access.json').read_text(encoding='utf-8'))
    return found


@cache
def resources() -> Mapping[str, Recorded]:
    """What is deployed, by logical name."""
    lines = (HERE / 'resources.jsonl').read_text(encoding='utf-8').splitlines()
    return {name: Recorded(type_, name, inputs) for type_, name, inputs in map(json.loads, lines)}


@cache
def computed() -> Mapping[str, Mapping[str, Plain]]:
    """What only the clouds knew, by logical name and output."""
    found: Mapping[str, Mapping[str, Plain]] = json.loads((HERE / 'computed.json').read_text(encoding='utf-8'))
    return found


@cache
def plan() -> Plan:
    """Our plan of the same configuration."""
    given = configuration()
    organisation = CPGInfrastructureConfig.from_dict(given['organisation'])
    datasets = {name: CPGDatasetConfig.from_dict(options) for name, options in given['datasets'].items()}
    return Infrastructure(organisation, datasets).plan()


@cache
def planned() -> Mapping[str, Recorded]:
    """The resources of the plan, with what only the clouds knew filled in."""
    return {
        resource.name: Recorded(resource.type, resource.name, as_deployed(resource.inputs))
        for resource in plan().resources
    }


def as_deployed(value: Value) -> Plain:
    """A value of the plan, once the clouds have answered."""
    return evaluate_value(value, _answer)


def _answer(value: Value) -> Plain:
    if isinstance(value, Ref):
        return computed()[value.resource][value.output]
    if isinstance(value, Lookup):
        return '1'
    return value


def physical_identity(resource: Recorded) -> tuple[str, ...]:
    """What makes a thing itself: another value means another thing."""
    return tuple(str(_at(resource.inputs, path)) for path in IDENTITY[resource.type])


def _at(inputs: Mapping[str, Plain], path: str) -> Plain:
    value: Plain = inputs
    for step in path.split('.'):
        value = value[step]
    return value


IDENTITY: Mapping[str, tuple[str, ...]] = {
    'gcp:artifactregistry/repository:Repository': ('project', 'location', 'repositoryId'),
    'gcp:billing/budget:Budget': ('billingAccount', 'displayName'),
    'gcp:cloudidentity/group:Group': ('parent', 'groupKey.id'),
    'gcp:organizations/project:Project': ('projectId',),
    'gcp:privilegedaccessmanager/entitlement:entitlement': ('parent', 'location', 'entitlementId'),
    'gcp:projects/service:Service': ('project', 'service'),
    'gcp:secretmanager/secret:Secret': ('project', 'secretId'),
    'gcp:secretmanager/secretVersion:SecretVersion': ('secret',),
    'gcp:serviceaccount/account:Account': ('project', 'accountId'),
    'gcp:serviceaccount/key:Key': ('serviceAccountId',),
    'gcp:storage/bucket:Bucket': ('project', 'name'),
    'gcp:storage/bucketObject:BucketObject': ('bucket', 'name'),
}
"""The inputs that identify a thing of each type."""

MEMBERSHIPS = 'cpg:google:GroupMembers'


def groups_of_the_deployment() -> dict[str, frozenset[str]]:
    """Members by group."""
    return {group: frozenset(members) for group, members in access()['groups']}


def groups_of_the_plan() -> dict[str, frozenset[str]]:
    """Members by group."""
    lists = (resource.inputs for resource in planned().values() if resource.type == MEMBERSHIPS)
    return {inputs['group']: frozenset(inputs['members']) for inputs in lists}


def rights_of_the_deployment() -> set[Right]:
    """Every member of every policy."""
    return {Right(kind, thing, role, member) for kind, thing, role, members in access()['grants'] for member in members}


def rights_of_the_plan() -> set[Right]:
    """Every member of every policy that the plan's resources write."""
    found: set[Right] = set()
    for resource in planned().values():
        if 'role' in resource.inputs:
            inputs = dict(resource.inputs)
            role, members = inputs.pop('role'), inputs.pop('members', None) or [inputs.pop('member')]
            kind = resource.type.partition('/')[0].removeprefix('gcp:')
            thing = '/'.join(inputs[key] for key in sorted(inputs))
            found.update(Right(kind, thing, role, member) for member in members)
    return found


def expanded(rights: set[Right], groups: Mapping[str, frozenset[str]]) -> set[Right]:
    """The same, for the people and programs that groups come down to."""
    people: dict[str, frozenset[str]] = {}

    def inside(group: str) -> frozenset[str]:
        if group not in people:
            nested = (inside(member) if member in groups else frozenset({member}) for member in groups[group])
            people[group] = frozenset().union(*nested)
        return people[group]

    found: set[Right] = set()
    for right in rights:
        kind, _, address = right.member.partition(':')
        members = inside(address) if kind == 'group' else {address}
        found.update(right._replace(member=member) for member in members)
    return found

"""A policy resource as a sentence: `on bucket lantern-panels-main may read: group:…`.

The sentence stands for the inputs that name the thing and the role, as long as they are what the intent and the role
catalogue say; an input that differs is printed like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cpg_infra.abstraction.gcp.iam import role_name
from cpg_infra.abstraction.gcp.roles import GCP_ROLES
from cpg_infra.plan import Asset, AssetKind, Grant, Plan, Resource, Value
from cpg_infra.plan.roles import IN_WORDS
from tests.examples import azure_policies
from tests.examples.sentences import Sentence

ORGANISATION = '<organisation>'
NUMBER = '471147114711'


def catalogue() -> Iterator[str]:
    """Each role in words, and what it is called on each cloud."""
    for role in GCP_ROLES:
        yield f'{role.value} ({IN_WORDS[role]}): {role_name(role, ORGANISATION)}'
    yield 'on Azure:'
    yield from (f'    {line}' for line in azure_policies.catalogue())


def sentence(plan: Plan, resource: Resource) -> Sentence | None:
    """What a policy or a membership says; None for every other resource."""
    if resource.type == 'azure-native:authorization:RoleAssignment':
        return azure_policies.assignment(plan, resource)
    if resource.type == 'azuread:index/groupMember:GroupMember':
        return azure_policies.membership(plan, resource)
    if 'member' not in resource.inputs and not ('members' in resource.inputs and 'role' in resource.inputs):
        return None
    grant = plan.intent_by_key[resource.intents[0]]
    assert isinstance(grant, Grant)
    asset = plan.intent_by_key[grant.asset]
    assert isinstance(asset, Asset)
    expected = {**_scope(asset), 'role': role_name(grant.role, NUMBER)}
    said = {key for key, value in expected.items() if resource.inputs.get(key) == value}
    members = resource.inputs.get('members', [resource.inputs.get('member')])
    assert isinstance(members, list)
    return Sentence(
        f'on {asset.kind} {asset.name} may {IN_WORDS[grant.role]}:',
        tuple(str(member) for member in members),
        frozenset({*said, 'member', 'members'}),
    )


_NAMES: Final[Mapping[AssetKind, tuple[str, ...]]] = {
    AssetKind.BILLING_ACCOUNT: ('billingAccountId',),
    AssetKind.BUCKET: ('bucket',),
    AssetKind.FUNCTION: ('project', 'location', 'service'),
    AssetKind.PROJECT: ('project',),
    AssetKind.REGISTRY: ('project', 'location', 'repository'),
    AssetKind.SECRET: ('project', 'secretId'),
    AssetKind.SERVICE: ('project', 'location', 'service'),
    AssetKind.SUBSCRIPTION: ('project',),
    AssetKind.TABLE: ('project', 'datasetId', 'tableId'),
    AssetKind.TABLES: ('project', 'datasetId'),
    AssetKind.TOPIC: ('project',),
}
"""The inputs by which Google's policies name a thing, in the order of the parts of its name."""

_BETWEEN: Final = {AssetKind.TABLE: '.', AssetKind.TABLES: '.'}
"""What stands between the parts, where it is no slash."""


def _scope(asset: Asset) -> Mapping[str, Value]:
    """The inputs by which Google's policies name a thing, from its name alone."""
    if asset.kind in _NAMES:
        return dict(zip(_NAMES[asset.kind], asset.name.split(_BETWEEN.get(asset.kind, '/')), strict=False))
    project = asset.name.partition('@')[2].partition('.')[0]
    return {'serviceAccountId': f'projects/{project}/serviceAccounts/{asset.name}'}

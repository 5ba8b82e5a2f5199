"""Role assignments and memberships on Azure as sentences, like Google's policies in `policies`.

A sentence stands for the inputs that say what the intent and the role catalogue say; an input that differs is
printed like any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from cpg_infra.abstraction.azure.conditions import VERSION
from cpg_infra.abstraction.azure.directory import PRINCIPAL_TYPES
from cpg_infra.abstraction.azure.roles import AZURE_ROLES, AzureRole, guid
from cpg_infra.plan import Asset, AssetKind, Grant, Membership, Plan, Principal, Ref, Resource, Value
from cpg_infra.plan.roles import IN_WORDS
from tests.examples.sentences import Sentence

SUBSCRIPTION = '/subscriptions/c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
ROLES = f'{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions'


def catalogue() -> Iterator[str]:
    """Each role in words, what it is called on Azure, and its condition."""
    for role, found in AZURE_ROLES.items():
        yield f'{role.value} ({IN_WORDS[role]}): {found.name}, {_role_id(found).rpartition("/")[2]}'
        if found.condition is not None:
            yield f'    under the condition {found.condition}'


def assignment(plan: Plan, resource: Resource) -> Sentence:
    """What a role assignment says."""
    grants = [grant for key in resource.intents if isinstance(grant := plan.intent_by_key[key], Grant)]
    asset = plan.intent_by_key[grants[0].asset]
    assert isinstance(asset, Asset)
    principal = plan.principal_by_key[grants[0].principal]
    role = AZURE_ROLES[grants[0].role]
    scope = _scope(plan, asset)
    expected: dict[str, Value] = {
        'scope': scope,
        'roleDefinitionId': _role_id(role),
        'roleAssignmentName': guid(scope, role.slug, principal.key),
        'principalType': PRINCIPAL_TYPES[principal.kind],
    }
    if role.condition is not None:
        expected |= {'condition': role.condition, 'conditionVersion': VERSION}
    said = {key for key, value in expected.items() if resource.inputs.get(key) == value}
    may = ' and '.join(IN_WORDS[grant.role] for grant in grants)
    return Sentence(
        f'on {asset.kind} {asset.name} may {may}:',
        (_who(plan, principal, resource.inputs['principalId']),),
        frozenset({*said, 'principalId'}),
    )


def membership(plan: Plan, resource: Resource) -> Sentence:
    """What a membership says."""
    intent = plan.intent_by_key[resource.intents[0]]
    assert isinstance(intent, Membership)
    group, member = plan.principal_by_key[intent.group], plan.principal_by_key[intent.member]
    return Sentence(
        f'in {_who(plan, group, resource.inputs["groupObjectId"])}:',
        (_who(plan, member, resource.inputs['memberObjectId']),),
        frozenset({'groupObjectId', 'memberObjectId'}),
    )


def _who(plan: Plan, principal: Principal, id_: Value) -> str:
    """A principal by name, where its id is that of the resource which makes it; else the id as well."""
    name = principal.key.partition(':')[2]
    if isinstance(id_, Ref):
        maker = plan.resource_by_name[id_.resource]
        if principal.key in maker.intents or maker.physical in {principal.label, name.partition(':')[2]}:
            return name
    return f'{name} = {id_}'


def _role_id(role: AzureRole) -> str:
    return f'{ROLES}/{guid("role", SUBSCRIPTION.rpartition("/")[2], "lantern-", role.slug) if role.custom else role.id}'


def _scope(plan: Plan, asset: Asset) -> str:
    """The place of a thing, from its name and the project it is in."""
    if asset.kind is AssetKind.PROJECT:
        return f'{SUBSCRIPTION}/resourceGroups/{asset.name}'
    project = plan.intent_by_key.get(asset.within or '')
    group = project.name if isinstance(project, Asset) else 'lantern-configuration'
    provider = f'{SUBSCRIPTION}/resourceGroups/{group}/providers'
    first, _, rest = asset.name.partition('/')
    if asset.kind is AssetKind.BUCKET:
        return f'{provider}/Microsoft.Storage/storageAccounts/{first}/blobServices/default/containers/{rest}'
    # Registries and vaults have names of their own, which are in the scope: it is printed.
    return ''

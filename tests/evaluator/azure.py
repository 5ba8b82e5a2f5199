"""Access as Azure would see it: role assignments, groups, federation and eligibility, read from lowered resources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from tests.evaluator.azure_conditions import AZURE
from tests.evaluator.azure_permissions import WAYS
from tests.evaluator.azure_principals import named, principal
from tests.evaluator.azure_requests import Terms, terms
from tests.evaluator.azure_roles import BUILT_IN, Role, declared
from tests.evaluator.azure_scopes import LEAVES, SCOPED, Scopes, identity_name
from tests.evaluator.azure_subscriptions import Subscriptions
from tests.evaluator.resources import Resources, UnreadableError, text
from tests.evaluator.words import Abilities, Ability, Can, Gathering, Plain, Request, Thing, every

GROUP: Final = 'azuread:index/groupWithoutMembers:GroupWithoutMembers'
MEMBER: Final = 'azuread:index/groupMember:GroupMember'
DEFINITION: Final = 'azure-native:authorization:RoleDefinition'
ASSIGNMENT: Final = 'azure-native:authorization:RoleAssignment'
ELIGIBLE: Final = 'azure-native:authorization:PimRoleEligibilitySchedule'
POLICY: Final = 'azure-native:authorization:RoleManagementPolicy'
FEDERATION: Final = 'azure-native:managedidentity:FederatedIdentityCredential'

KNOWN: Final = frozenset(
    {
        GROUP,
        MEMBER,
        DEFINITION,
        ASSIGNMENT,
        ELIGIBLE,
        POLICY,
        FEDERATION,
        *SCOPED,
        'azuread:index/invitation:Invitation',
        'azure-native:authorization:RoleManagementPolicyAssignment',
        'azure-native:consumption:Budget',
        'azure-native:storage:BlobServiceProperties',
        'azure-native:storage:ManagementPolicy',
        'azure-native:storage:Blob',
        'azure-native:subscription:Alias',
    },
)
"""What is read here, and what gives nobody access."""


def gather(resources: Resources) -> Gathering:
    """Everything on Azure. Raises `UnreadableError` for a type, a role, a scope or a condition that it does not know."""
    unknown = sorted(each for each in resources.types if each.startswith('azure') and each not in KNOWN)
    if unknown:
        raise UnreadableError(f'{unknown[0]} may give access, and is not understood')
    found = Gathering()
    _refuse_open_doors(resources)
    subscriptions = Subscriptions(resources)
    _read_groups(resources, found)
    scopes = Scopes(resources, subscriptions)
    roles = _roles(resources)
    for inputs in resources.inputs(ASSIGNMENT, ELIGIBLE):
        _refuse_where_not_assignable(inputs, resources)
    for inputs in resources.inputs(ASSIGNMENT):
        who = principal(inputs, resources)
        thing = scopes.thing(inputs['scope'])
        found.inside[thing] |= scopes.within(thing)
        found.given[who, thing] |= _abilities(thing, _role(inputs, roles), _condition(inputs))
    for inputs in resources.inputs(ELIGIBLE):
        who = principal(inputs, resources)
        thing = scopes.thing(inputs['scope'])
        asked = terms(inputs, list(resources.inputs(POLICY)), resources)
        for there in {thing, *scopes.within(thing)}:
            abilities = _allowed(there.kind, _role(inputs, roles), _condition(inputs))
            found.asked[who, there] |= {_request(ability, asked) for ability in abilities}
    for inputs in resources.inputs(FEDERATION):
        who = f'azure:outside:{text(inputs["issuer"])} {text(inputs["subject"])}'
        found.given[who, Thing('azure', 'machine-account', identity_name(inputs))].add(Ability('', Can.CREATE_TOKENS))
    return found


def _request(ability: Ability, asked: Terms) -> Request:
    return Request(ability, asked.seconds, asked.justified, asked.approvals, asked.approvers)


DOORS: Final[Mapping[str, Mapping[str, Plain]]] = {
    'azure-native:storage:StorageAccount': {'allowBlobPublicAccess': False, 'allowSharedKeyAccess': False},
    'azure-native:storage:BlobContainer': {'publicAccess': 'None'},
    'azure-native:containerregistry:Registry': {'adminUserEnabled': False, 'anonymousPullEnabled': False},
}
"""Settings without which there is access that no role assignment tells of. Unset counts as open."""


def _refuse_open_doors(resources: Resources) -> None:
    for type_, settings in DOORS.items():
        for name, inputs in resources.named(type_):
            for setting, closed in settings.items():
                if inputs.get(setting) != closed:
                    raise UnreadableError(f'{name}: {setting} is {inputs.get(setting)!r}, so anybody may have access')
    for name, inputs in resources.named('azure-native:keyvault:Vault'):
        if inputs['properties'].get('enableRbacAuthorization') is not True:
            raise UnreadableError(f'{name}: the vault is not under role assignments')


def _refuse_where_not_assignable(inputs: Mapping[str, Plain], resources: Resources) -> None:
    """Azure refuses a role of the organisation where its definition does not say that it may be assigned."""
    scope, name = text(inputs['scope']).lower(), text(inputs['roleDefinitionId']).lower()
    for definition in resources.inputs(DEFINITION):
        assignable = [text(each).lower() for each in definition.get('assignableScopes', [definition['scope']])]
        guid = text(definition.get('roleDefinitionId', '')).lower()
        if name.rpartition('/')[2] == guid and not any(f'{scope}/'.startswith(f'{each}/') for each in assignable):
            raise UnreadableError(f'the role {guid} is not assignable at {scope}')


# Groups ---------------------------------------------------------------------------------------------------


def _read_groups(resources: Resources, found: Gathering) -> None:
    for inputs in resources.inputs(MEMBER):
        group = named(inputs['groupObjectId'], resources)
        found.members[group].add(named(inputs['memberObjectId'], resources))


# What a role gives ----------------------------------------------------------------------------------------


def _roles(resources: Resources) -> Mapping[str, Role]:
    """Roles by what an assignment calls them: the id, or a reference to the definition."""
    roles = dict(BUILT_IN)
    for name, inputs in resources.named(DEFINITION):
        role = declared(inputs)
        roles[f'«{name}.id»'] = role
        if 'roleDefinitionId' in inputs:
            roles[text(inputs['roleDefinitionId']).lower()] = role
    return roles


def _role(inputs: Mapping[str, Plain], roles: Mapping[str, Role]) -> Role:
    name = text(inputs['roleDefinitionId'])
    found = roles.get(name) or roles.get(name.rpartition('/')[2].lower())
    if found is None:
        raise UnreadableError(f'no role {name} is known')
    return found


def _condition(inputs: Mapping[str, Plain]) -> str | None:
    condition = inputs.get('condition')
    if condition is not None and inputs.get('conditionVersion') != '2.0':
        raise UnreadableError('a condition takes the version 2.0')
    return None if condition is None else text(condition)


def _abilities(thing: Thing, role: Role, condition: str | None) -> Abilities:
    abilities = set(_allowed(thing.kind, role, condition))
    if thing.kind not in LEAVES:
        here = frozenset(abilities)
        for kind in LEAVES:
            # A part of every thing counts as the thing, but for what the place has as its own: one permission for both.
            allowed = _allowed(kind, role, condition)
            abilities |= {Ability(every(kind), each.can) for each in allowed if not (each.part and each in here)}
    return frozenset(abilities)


@cache
def _allowed(kind: str, role: Role, condition: str | None) -> Abilities:
    holds_for = AZURE.parse(condition) if condition is not None else None
    # A condition speaks of data actions; what is done to the thing itself it leaves alone.
    return frozenset(
        way.ability
        for way in WAYS.get(kind, ())
        if any(entry.allows(way.call.action, data=way.data) for entry in role)
        and (holds_for is None or not way.data or holds_for(way.call))
    )

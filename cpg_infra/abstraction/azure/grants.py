"""Grants as role assignments: one for each scope, role and principal, whatever was granted how often.

Azure knows an assignment by a GUID that is unique in the tenant, and refuses a second one of the same scope, role
and principal. So the GUID follows from these three, and an assignment is deleted before it is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cpg_infra.abstraction.azure.conditions import VERSION
from cpg_infra.abstraction.azure.directory import PRINCIPAL_TYPES, AzureDirectory
from cpg_infra.abstraction.azure.roles import AzureRole, guid, role_for
from cpg_infra.abstraction.azure.scopes import role_definition_id, subscription_of, subscription_scope
from cpg_infra.abstraction.handles import By, GrantTarget
from cpg_infra.abstraction.slugs import slug
from cpg_infra.config.diagnostics import Severity, organisation_path
from cpg_infra.plan.access import AssetKind, Grant, Principal
from cpg_infra.plan.owner import ORGANISATION_WIDE, Owner
from cpg_infra.plan.resource import Options
from cpg_infra.plan.values import Value

_ASSIGNMENT = Options(delete_before_replace=True)


@dataclass(slots=True)
class _Assignment:
    """One assignment and the grants that it carries out."""

    scope: str
    role: AzureRole
    target: GrantTarget
    principal: Principal
    grants: list[Grant] = field(default_factory=list)


class AzureGrants(AzureDirectory):
    """Role definitions and assignments."""

    def lower_grants(self) -> None:
        """Write what takes knowing everything: the settings of accounts, every assignment, what must be prepared."""
        for settle in self.state.at_the_end:
            settle()
        for assignment in self._assignments().values():
            self._lower_assignment(assignment)
        self._tell_preflight()

    def _assignments(self) -> dict[tuple[str, str, str], _Assignment]:
        found: dict[tuple[str, str, str], _Assignment] = {}
        for granted in self.state.granted.values():
            role = role_for(granted.role, strict_append=self.azure.strict_append)
            scope = self.state.scopes.get(granted.target.asset)
            for grant, principal in granted.holders.values():
                if scope is None:
                    message = f'where {granted.target.name} lies on {self.cloud} is not known, so nobody can be let in'
                    self.diagnose('unknown-place', message, By(grant.owner, grant.origin))
                    continue
                key = (scope, role.slug, principal.key)
                if key not in found:
                    found[key] = _Assignment(scope, role, granted.target, principal)
                found[key].grants.append(grant)
        return found

    def _lower_assignment(self, assignment: _Assignment) -> None:
        target, role, principal = assignment.target, assignment.role, assignment.principal
        grants = sorted(assignment.grants, key=lambda grant: grant.key)
        first = grants[0]
        begin = target.resource or (
            f'{first.owner.dataset or self.dataset.dataset}-{self.cloud.value}-{target.name.replace("/", "-")}'
        )
        definition = self._definition(role) if role.custom else None
        inputs: dict[str, Value] = {
            'roleAssignmentName': guid(assignment.scope, role.slug, principal.key),
            'scope': assignment.scope,
            'roleDefinitionId': self.role_id(role, assignment.scope),
            'principalId': self.object_id(principal),
            'principalType': PRINCIPAL_TYPES[principal.kind],
        }
        if role.condition is not None:
            inputs['condition'] = role.condition
            inputs['conditionVersion'] = VERSION
        self._resource(
            f'{begin}-{role.slug}-{slug(principal)}',
            'azure-native:authorization:RoleAssignment',
            f'{target.asset} {role.slug} {principal.key}',
            inputs,
            By(self.state.owner_of.get(target.asset, first.owner), first.origin),
            *(grant.key for grant in grants),
            depends_on=[target.resource, definition, *self._made(principal)],
            options=_ASSIGNMENT,
        )

    def role_id(self, role: AzureRole, scope: str) -> str:
        """The id of a role definition, as assignments at `scope` name it: by the subscription that they are in."""
        subscription = subscription_of(scope) or self.subscription
        return role_definition_id(subscription, self._definition_guid(role) if role.custom else role.id)

    def _definition_guid(self, role: AzureRole) -> str:
        return guid('role', self.subscription, self.storage_prefix, role.slug)

    def _definition(self, role: AzureRole) -> str:
        """The logical name of the definition of one of our own roles; made on first use.

        It is one in the tenant, defined in the organisation's subscription and assignable wherever a dataset is.
        """
        logical = f'{self.cloud.value}-role-{role.slug}'
        if not self.builder.has_resource(logical):
            by = By(Owner(ORGANISATION_WIDE, self.cloud, 'roles'), organisation_path(self.cloud.value))
            name = f'{self.storage_prefix}{role.slug}'
            asset = self._asset(AssetKind.ROLE, name, by).key
            scope = subscription_scope(self.subscription)
            others = sorted({*self.state.subscriptions.values()} - {self.subscription})
            self._resource(
                logical,
                'azure-native:authorization:RoleDefinition',
                name,
                {
                    'roleDefinitionId': self._definition_guid(role),
                    'roleName': name,
                    'roleType': 'CustomRole',
                    'description': f'{self.organisation.domain}: {role.name}',
                    'scope': scope,
                    'assignableScopes': [scope, *map(subscription_scope, others)],
                    'permissions': [
                        {
                            'actions': list(role.actions),
                            'notActions': list(role.not_actions),
                            'dataActions': list(role.permissions),
                            'notDataActions': [],
                        },
                    ],
                },
                by,
                asset,
            )
        return logical

    def _tell_preflight(self) -> None:
        owner = Owner(ORGANISATION_WIDE, self.cloud, 'project')
        for subscription, needed in sorted(self.state.providers.items()):
            if needed:
                names = ', '.join(sorted(needed))
                message = f'the subscription must have these resource providers registered before a deployment: {names}'
                here = self.state.named_by.get(subscription, organisation_path('azure', 'subscription'))
                self.diagnose('resource-providers', message, By(owner, here), Severity.INFO)

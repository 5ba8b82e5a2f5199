"""Every policy of a cloud, written once when all grants are known."""

from __future__ import annotations

from cpg_infra.abstraction.gcp import iam
from cpg_infra.abstraction.gcp.names import GcpNames
from cpg_infra.abstraction.gcp.policies import POLICIES, PolicyKind, role_slug
from cpg_infra.abstraction.gcp.roles import GCP_ROLES
from cpg_infra.abstraction.handles import By
from cpg_infra.abstraction.shared import GrantedRole
from cpg_infra.abstraction.slugs import slug
from cpg_infra.plan.access import Grant, Principal
from cpg_infra.plan.values import Text


class GcpGrants(GcpNames):
    """Grants as bindings and members."""

    def lower_grants(self) -> None:
        """Write every policy: one binding per role on what is ours, one member per principal elsewhere."""
        for settle in self.state.at_the_end:
            settle()
        roles = {role: iam.role_name(role, self.organisation_number) for role in GCP_ROLES}
        for granted in self.state.granted.values():
            kind = POLICIES[type(granted.target)]
            if kind.binding is not None and granted.target.resource is not None:
                self._lower_binding(granted, kind, kind.binding, roles[granted.role])
            else:
                for grant, principal in granted.holders.values():
                    self._lower_member(granted, kind, grant, principal, roles[granted.role])

    def _lower_binding(self, granted: GrantedRole, kind: PolicyKind, token: str, role: Text) -> None:
        target = granted.target
        holders = [granted.holders[key] for key in sorted(granted.holders)]
        self._resource(
            f'{target.resource}-{role_slug(granted)}',
            token,
            f'{target.asset} {granted.role.value}',
            {
                **kind.scope(target),
                'role': role,
                'members': [iam.member(principal) for _, principal in holders],
            },
            By(self.state.owner_of[target.asset], holders[0][0].origin),
            *(grant.key for grant, _ in holders),
            depends_on=[target.resource, *self._made(*(principal for _, principal in holders))],
        )

    def _lower_member(
        self,
        granted: GrantedRole,
        kind: PolicyKind,
        grant: Grant,
        principal: Principal,
        role: Text,
    ) -> None:
        target = granted.target
        owner = grant.owner.dataset or self.dataset.dataset
        begin = target.resource or f'{owner}-{self.cloud.value}-{target.label or target.name}'
        self._resource(
            f'{begin}-{role_slug(granted)}-{slug(principal)}',
            kind.member,
            grant.key,
            {
                **kind.scope(target),
                'role': role,
                'member': iam.member(principal),
            },
            By(grant.owner, grant.origin),
            grant.key,
            depends_on=[target.resource, self.state.role_made_by.get(granted.role), *self._made(principal)],
        )

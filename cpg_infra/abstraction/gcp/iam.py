"""How Google's policies spell principals and roles."""

from __future__ import annotations

from cpg_infra.abstraction.gcp.roles import GCP_ROLES
from cpg_infra.plan.access import Principal, PrincipalKind
from cpg_infra.plan.computations import concat
from cpg_infra.plan.roles import Role
from cpg_infra.plan.values import Text

_PREFIX = {
    PrincipalKind.PERSON: 'user:',
    PrincipalKind.MACHINE: 'serviceAccount:',
    PrincipalKind.GROUP: 'group:',
    # Its address says itself what it is: `principal://…` or `principalSet://…`.
    PrincipalKind.FEDERATED: '',
}


def is_service_account(address: str) -> bool:
    """Whether an address is a service account's: all of `*.gserviceaccount.com`, not only `*.iam.…`."""
    return address.endswith('.gserviceaccount.com')


def member(principal: Principal) -> Text:
    """A principal as a policy names it: `user:…`, `serviceAccount:…`, `group:…`. Only this file adds these."""
    prefix, address = _PREFIX[principal.kind], principal.address
    return prefix + address if isinstance(address, str) else concat(prefix, address)


def group_member(address: str) -> str:
    """A group that is known by its address only, as a policy names it."""
    return _PREFIX[PrincipalKind.GROUP] + address.lower()


def role_name(role: Role, organisation_number: Text) -> Text:
    """The full name of a role; the organisation's own ones are `organizations/<number>/roles/<name>`."""
    cloud_role = GCP_ROLES[role]
    if not cloud_role.custom:
        return cloud_role.name
    return concat('organizations/', organisation_number, f'/roles/{cloud_role.name}')

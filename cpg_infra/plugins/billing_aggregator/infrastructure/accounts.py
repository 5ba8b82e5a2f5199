"""The billing account, and the two roles of the organisation that allow less than any predefined one."""

from __future__ import annotations

from cpg_infra.abstraction import BillingAccount, By
from cpg_infra.abstraction.gcp.roles import GCP_ROLES
from cpg_infra.plan import AssetKind, BillingRole, Options, ProjectRole, Role, Text
from cpg_infra.plugins.billing_aggregator.infrastructure.place import Place


def billing_account(place: Place, by: By) -> BillingAccount:
    """The account that pays for every project."""
    name = place.google.account_id
    key, resource = place.cloud.existing(AssetKind.BILLING_ACCOUNT, name, by)
    return BillingAccount(key, place.cloud.cloud, name, resource, label='billing-account')


def make_budget_reader(place: Place) -> None:
    """Make the role that reads budgets and no costs."""
    _role(place, BillingRole.READ_BUDGETS, 'billing-budget-reader-role', 'Budget reader')


def make_unlinker(place: Place) -> None:
    """Make the role that takes a project off its billing account and cannot put it on one."""
    _role(place, ProjectRole.UNLINK_BILLING, 'billing-project-unlinker-role', 'Project billing unlinker')


def _role(place: Place, role: Role, logical: str, title: str) -> None:
    if role not in place.cloud.state.role_made_by:
        place.cloud.state.role_made_by[role] = logical
        defined = GCP_ROLES[role]
        number: Text = place.cloud.organisation_number
        place.cloud.raw(
            logical,
            'gcp:organizations/iAMCustomRole:IAMCustomRole',
            f'{place.infrastructure.config.domain}/{defined.name}',
            {'orgId': number, 'roleId': defined.name, 'title': title, 'permissions': list(defined.permissions)},
            place.by('gcp', 'account_id'),
            # The id of a deleted role cannot be used again for a long time.
            options=Options(retain=True),
        )

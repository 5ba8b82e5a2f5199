"""Cloud Billing: whether a project is paid for, and by which account; letting go of it.

Nothing here links a project to an account: that is a person's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.outside.google_identity import GoogleIdentity
from cpg_infra.plugins.billing_aggregator.outside.http import Http, OutsideError

_API: Final = 'https://cloudbilling.googleapis.com/v1'


@dataclass(frozen=True, slots=True)
class BillingState:
    """`account` is the account's id without a prefix, empty when there is none."""

    enabled: bool
    account: str


@dataclass(frozen=True, slots=True)
class CloudBilling:
    """The API, as the caller's identity sees it."""

    http: Http
    identity: GoogleIdentity

    def state(self, project: str) -> BillingState:
        """Whether billing is on. Raises `OutsideError`: an error is never "off"."""
        said = self.http.send('GET', _place(project), headers=self.identity.headers())
        enabled, account = said.get('billingEnabled'), said.get('billingAccountName')
        if said.get('projectId') != project or not isinstance(enabled, bool | None):
            raise OutsideError(f'{project}: the answer about its billing is not understood')
        # The API leaves out what is false or empty.
        return BillingState(bool(enabled), str(account or '').removeprefix('billingAccounts/'))

    def unlink(self, project: str) -> None:
        """Take the project off its billing account. Its resources stop; data goes after a while. Raises `OutsideError`."""
        self.http.send('PUT', _place(project), headers=self.identity.headers(), json={'billingAccountName': ''})


def _place(project: str) -> str:
    return f'{_API}/projects/{project}/billingInfo'

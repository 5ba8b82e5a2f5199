"""Programs elsewhere, as principals: known by what the issuer of their tokens calls them."""

from __future__ import annotations

from cpg_infra.config.names import Cloud
from cpg_infra.plan.access import Principal, PrincipalKind


def program_elsewhere(cloud: Cloud, issuer: str, subject: str) -> Principal:
    """Whoever `issuer` calls exactly `subject`. The same program is the same principal, whatever it comes in as."""
    called = f'{issuer} {subject}'
    return Principal(f'{cloud.value}:federated:{called}', PrincipalKind.FEDERATED, cloud, called)

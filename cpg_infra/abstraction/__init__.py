"""The cloud abstraction: one neutral interface, one implementation per cloud."""

from __future__ import annotations

from cpg_infra.abstraction.azure import AzureInfrastructure
from cpg_infra.abstraction.base import CloudInfrastructure
from cpg_infra.abstraction.capability import Capability, Expression, Support
from cpg_infra.abstraction.dry_run import DryRunInfrastructure
from cpg_infra.abstraction.gcp import GcpInfrastructure
from cpg_infra.abstraction.handles import (
    AccountKey,
    BillingAccount,
    Bucket,
    By,
    Function,
    GrantTarget,
    HailUser,
    MachineAccount,
    Project,
    Registry,
    Secret,
    Service,
    Subscription,
    Table,
    TableSet,
    Topic,
)
from cpg_infra.abstraction.roles import OPERATIONS, CloudRole, Operation
from cpg_infra.abstraction.shared import CloudState
from cpg_infra.config.names import Cloud

IMPLEMENTATIONS: dict[Cloud, type[CloudInfrastructure]] = {
    Cloud.GCP: GcpInfrastructure,
    Cloud.AZURE: AzureInfrastructure,
    Cloud.DRY_RUN: DryRunInfrastructure,
}
"""The clouds that can be planned for."""

__all__ = [
    'IMPLEMENTATIONS',
    'OPERATIONS',
    'AccountKey',
    'AzureInfrastructure',
    'BillingAccount',
    'Bucket',
    'By',
    'Capability',
    'CloudInfrastructure',
    'CloudRole',
    'CloudState',
    'DryRunInfrastructure',
    'Expression',
    'Function',
    'GcpInfrastructure',
    'GrantTarget',
    'HailUser',
    'MachineAccount',
    'Operation',
    'Project',
    'Registry',
    'Secret',
    'Service',
    'Subscription',
    'Support',
    'Table',
    'TableSet',
    'Topic',
]

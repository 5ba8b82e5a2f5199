"""Spark on Dataproc: the accounts its clusters run as, and who may start and see them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from cpg_infra.abstraction import MachineAccount
from cpg_infra.abstraction.specification import CloudService
from cpg_infra.config import AccessLevel, CPGDatasetComponents
from cpg_infra.driver.components.component import Component
from cpg_infra.plan import AccountRole, ProjectRole

HAIL_ACCOUNTS_MAY = (ProjectRole.ADMINISTER_CLUSTERS, ProjectRole.WORK_IN_CLUSTERS)


class Spark(Component):
    """One Dataproc account per level."""

    name = 'spark'

    @cached_property
    def accounts(self) -> Mapping[AccessLevel, MachineAccount]:
        """The account of each level."""
        return {
            level: self.infrastructure.machine_account(f'dataproc-{level.value}', self.by_choice())
            for level in self.dataset.levels
        }

    def declare(self) -> None:
        """The accounts, who acts as them, and who sees the clusters."""
        infrastructure, project, by = self.infrastructure, self.infrastructure.project, self.by_choice()
        infrastructure.require(CloudService.CLUSTERS)
        for level, account in self.accounts.items():
            self.dataset.access_levels.add(level, 'dataproc', account.principal, self)
            infrastructure.grant(account.principal, ProjectRole.WORK_IN_CLUSTERS, project, by)
        if self.dataset.has(CPGDatasetComponents.HAIL_ACCOUNTS):
            for level, user in self.dataset.hail.users.items():
                infrastructure.grant(user.principal, AccountRole.ACT_AS, self.accounts[level], by)
                for role in HAIL_ACCOUNTS_MAY:
                    infrastructure.grant(user.principal, role, project, by)
        infrastructure.grant(self.dataset.groups['analysis'].principal, ProjectRole.VIEW_CLUSTERS, project, by)
        if self.config.is_internal_dataset:
            developers = self.dataset.root.root.on[self.dataset.cloud].internal_logs_access.principal
            infrastructure.grant(developers, ProjectRole.VIEW_CLUSTERS, project, self.by('is_internal_dataset'))

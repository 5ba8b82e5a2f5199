"""What a dataset publishes: the release bucket, and the shared project that pays for reading it."""

from __future__ import annotations

from functools import cached_property

from cpg_infra.abstraction import Bucket, Capability, MachineAccount
from cpg_infra.abstraction.specification import BucketProfile
from cpg_infra.config import CPGDatasetComponents
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.components.storage import KEPT, MUTATE, READ, Grants
from cpg_infra.plan import AccountRole, ProjectRole

GRANTS: Grants = {READ: ('analysis', 'release-access'), MUTATE: ('full',)}


class Release(Component):
    """The release bucket comes with storage, the shared project with its flag, whatever the components."""

    name = 'release'

    @cached_property
    def bucket(self) -> Bucket:
        """The bucket `release`; whoever reads it pays."""
        profile = BucketProfile(lifecycle=KEPT, autoclass=self.config.autoclass, requester_pays=True)
        return self.infrastructure.bucket('release', profile, self.by('enable_release'))

    @cached_property
    def shared_account(self) -> MachineAccount:
        """The account that outside readers use; its requests are charged to the shared project."""
        return self.infrastructure.machine_account(
            'shared',
            self.by('enable_shared_project'),
            project=self.infrastructure.shared_project,
            logical=self.infrastructure.logical('budget-shared-service-account'),
        )

    @property
    def has_bucket(self) -> bool:
        """Whether there is a release bucket."""
        return self.config.enable_release and self.dataset.has(CPGDatasetComponents.STORAGE)

    def declare(self) -> None:
        """The bucket and the shared project, as far as the dataset wants them."""
        if self.has_bucket:
            self.dataset.storage.grant(self.bucket, GRANTS, self.by('enable_release'))
        if self.config.enable_shared_project:
            self._declare_shared_project()

    def _declare_shared_project(self) -> None:
        infrastructure, by = self.infrastructure, self.by('enable_shared_project')
        project, account = infrastructure.shared_project, self.shared_account
        data_manager = self.dataset.groups['data-manager'].principal
        budget = self.dataset.budgets.budget
        if budget is not None and budget.shared_total_budget is not None:
            infrastructure.budget(
                'shared-budget',
                project,
                self.dataset.budgets.fixed(budget.shared_total_budget),
                self.organisation.budget_notification_thresholds,
                self.by('budgets', self.dataset.cloud.value, 'shared_total_budget'),
            )
        if self.has_bucket:
            infrastructure.grant(account.principal, READ, self.bucket, by)
        if infrastructure.can(Capability.REQUESTER_PAYS):
            infrastructure.grant(account.principal, ProjectRole.PAY_FOR_REQUESTS, project, by)
        infrastructure.grant(data_manager, ProjectRole.VIEW_ROLES, project, by)
        if infrastructure.can(Capability.ACCOUNT_KEYS):
            infrastructure.grant(data_manager, AccountRole.MANAGE_KEYS, account, by)

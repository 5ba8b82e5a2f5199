"""Notebooks: the account that a dataset's notebook machines run as."""

from __future__ import annotations

from functools import cached_property

from cpg_infra.abstraction import MachineAccount, Project
from cpg_infra.driver.components.component import Component
from cpg_infra.plan import AccountRole, PlanError, ProjectRole


class Notebooks(Component):
    """The notebook account, which is an analyst too."""

    name = 'notebooks'

    @cached_property
    def project(self) -> Project:
        """The project of all notebook machines; it exists without us, unless it is that of a dataset."""
        if self.organisation.notebooks is None:
            raise PlanError(f'{self.dataset.name}: notebooks are not configured')
        name = self.organisation.notebooks.gcp.project
        host = self.dataset.root.root.on[self.dataset.cloud].dataset_of_project.get(name)
        if host is not None:
            return host.infrastructure.project
        return self.infrastructure.existing_project(name, self.by_organisation('notebooks', 'gcp', 'project'))

    @cached_property
    def account(self) -> MachineAccount:
        """The account `notebook-<dataset>`."""
        return self.infrastructure.machine_account(
            f'notebook-{self.dataset.name}',
            self.by_choice(),
            project=self.project,
        )

    def declare(self) -> None:
        """The account is an analyst, analysts act as it, and it runs machines in the notebooks' project."""
        infrastructure, account, by = self.infrastructure, self.account, self.by_choice()
        analysis = self.dataset.groups['analysis']
        analysis.add(account.principal, by, key='notebook')
        infrastructure.grant(analysis.principal, AccountRole.ACT_AS, account, by)
        infrastructure.grant(account.principal, ProjectRole.ADMINISTER_COMPUTE, self.project, by)
        infrastructure.output(f'notebook-{self.dataset.name}-id', infrastructure.account_id(account))
        infrastructure.output(f'notebook-{self.dataset.name}-email', account.principal.address)

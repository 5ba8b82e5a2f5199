"""Cromwell: the accounts its workflows run as, and the keys with which it becomes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from cpg_infra.abstraction import MachineAccount, Secret
from cpg_infra.abstraction.specification import CloudService
from cpg_infra.config import AccessLevel, CPGDatasetComponents, CPGInfrastructureConfig
from cpg_infra.driver.components.component import Component
from cpg_infra.plan import AccountRole, PlanError, ProjectRole, SecretRole


class Cromwell(Component):
    """One Cromwell account per level, with a key in a secret."""

    name = 'cromwell'

    @property
    def service(self) -> CPGInfrastructureConfig.Cromwell.GCP:
        """Cromwell as configured."""
        if self.organisation.cromwell is None:
            raise PlanError(f'{self.dataset.name}: Cromwell is not configured')
        return self.organisation.cromwell.gcp

    @cached_property
    def accounts(self) -> Mapping[AccessLevel, MachineAccount]:
        """The account of each level."""
        return {
            level: self.infrastructure.machine_account(f'cromwell-{level.value}', self.by_choice())
            for level in self.dataset.levels
        }

    def declare(self) -> None:
        """The accounts, their keys, and who runs workflows as them."""
        infrastructure, project, by = self.infrastructure, self.infrastructure.project, self.by_choice()
        infrastructure.require(CloudService.BATCH)
        by_runner = self.by_organisation('cromwell', 'gcp', 'runner_machine_account')
        runner = infrastructure.account(self.service.runner_machine_account)
        infrastructure.grant(runner, ProjectRole.EDIT_BATCH_JOBS, project, by_runner)
        for level, account in self.accounts.items():
            self.dataset.access_levels.add(level, 'cromwell', account.principal, self)
            infrastructure.grant(account.principal, ProjectRole.REPORT_BATCH_TASKS, project, by)
            infrastructure.grant(account.principal, AccountRole.ACT_AS, account, by)
            infrastructure.grant(runner, AccountRole.ACT_AS, account, by_runner)
            self._store_key(level, account)
        if self.dataset.has(CPGDatasetComponents.HAIL_ACCOUNTS):
            access = self.dataset.root.root.on[self.dataset.cloud].cromwell_access
            for user in self.dataset.hail.users.values():
                access.add(user.principal, by)

    def _store_key(self, level: AccessLevel, account: MachineAccount) -> None:
        key = self.infrastructure.account_key(f'cromwell-service-account-{level.value}-key', account, self.by_choice())
        for secret, suffix in self._secrets(level):
            self.infrastructure.secret_version(
                f'cromwell-service-account-{level.value}-secret-version{suffix}',
                secret,
                key.private_key,
                self.by_choice(),
            )
            self._let_read(secret, level)

    def _secrets(self, level: AccessLevel) -> Iterator[tuple[Secret, str]]:
        """Where a key is stored, and what ends the logical names there.

        The names without an ending are those of the older place, the analysis runner's project.
        """
        name = f'{self.dataset.name}-cromwell-{level.value}-key'
        key = f'cromwell-{level.value}-key'
        yield self.infrastructure.secret(f'{key}-2', name, self.by_choice()), '-2'
        runner = self.organisation.analysis_runner
        if (
            self.service.legacy_key_copy
            and runner is not None
            and runner.gcp.project != self.infrastructure.project.name
        ):
            by = self.by_organisation('cromwell', 'gcp', 'legacy_key_copy')
            yield self.infrastructure.secret(key, name, by, project=runner.gcp.project), ''

    def _let_read(self, secret: Secret, level: AccessLevel) -> None:
        runner = self.organisation.analysis_runner
        if runner is not None:
            server = self.infrastructure.account(runner.gcp.server_machine_account)
            by = self.by_organisation('analysis_runner', 'gcp', 'server_machine_account')
            self.infrastructure.grant(server, SecretRole.READ, secret, by)
        if self.dataset.has(CPGDatasetComponents.HAIL_ACCOUNTS):
            user = self.dataset.hail.users[level]
            self.infrastructure.grant(user.principal, SecretRole.READ, secret, self.by_choice())

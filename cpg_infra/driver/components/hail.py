"""Hail Batch: the users of each level, their bucket and their billing project."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from cpg_infra.abstraction import Bucket, HailUser
from cpg_infra.abstraction.specification import BucketProfile, DeleteAfter
from cpg_infra.config import AccessLevel, CPGDatasetComponents, CPGInfrastructureConfig
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.components.storage import MUTATE, TEMPORARY_DAYS
from cpg_infra.driver.sections import hail_on
from cpg_infra.plan import PlanError


class Hail(Component):
    """The Hail Batch users of a dataset. Its billing project is made when the groups are final."""

    name = 'hail'

    @property
    def service(self) -> CPGInfrastructureConfig.Hail.GCP | CPGInfrastructureConfig.Hail.Azure:
        """Hail Batch as configured for this cloud."""
        service = hail_on(self.organisation, self.dataset.cloud)
        if service is None:
            raise PlanError(f'{self.dataset.name}: Hail Batch is not configured on {self.dataset.cloud}')
        return service

    def username(self, level: AccessLevel) -> str:
        """`<prefix><dataset or its stand-in>-<level>`."""
        override = self.config.gcp and self.config.gcp.hail_service_account_dataset_name_override
        prefix = (self.organisation.hail and self.organisation.hail.username_prefix) or ''
        return f'{prefix}{override or self.dataset.name}-{level.value}'

    @cached_property
    def users(self) -> Mapping[AccessLevel, HailUser]:
        """The user of each level."""
        return {
            level: self.infrastructure.hail_user(
                f'hail-batch-user-{level.value}',
                self.username(level),
                self.service.hail_auth_url,
                self.by_choice(),
            )
            for level in self.dataset.levels
        }

    @cached_property
    def bucket(self) -> Bucket:
        """Hail Batch's own bucket: cleared after a few days."""
        service = self.service
        versions = service.bucket_versioning if isinstance(service, CPGInfrastructureConfig.Hail.GCP) else False
        profile = BucketProfile(versions=versions, lifecycle=(DeleteAfter(TEMPORARY_DAYS),))
        return self.infrastructure.bucket('hail', profile, self.by_choice())

    def declare(self) -> None:
        """The users run at their levels, and use the Hail bucket."""
        for level, user in self.users.items():
            self.dataset.access_levels.add(level, 'hail', user.principal, self)
            self.infrastructure.grant(user.principal, MUTATE, self.bucket, self.by_choice())
        runner = self.organisation.analysis_runner
        if runner is not None and self.dataset.has(CPGDatasetComponents.ANALYSIS_RUNNER):
            by = self.by_organisation('analysis_runner', 'gcp', 'server_machine_account')
            server = self.infrastructure.find_account(runner.gcp.server_machine_account, by)
            if server is not None:
                self.infrastructure.grant(server, MUTATE, self.bucket, by)

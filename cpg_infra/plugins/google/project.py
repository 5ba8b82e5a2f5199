"""A project that a plugin works in: it exists without us, unless a dataset lives there."""

from __future__ import annotations

from cpg_infra.abstraction import By, Project
from cpg_infra.driver.organisation_cloud import OrganisationCloud
from cpg_infra.plan import AssetKind


class PluginProject:
    """The project `name`, and the APIs that a plugin needs in it; `prefix` begins their logical names."""

    def __init__(self, organisation: OrganisationCloud, name: str, prefix: str, by: By) -> None:
        self.organisation = organisation
        self.cloud = organisation.infrastructure
        self.name = name
        self.by = by
        self._prefix = prefix

    @property
    def handle(self) -> Project:
        """The project as something that roles are granted on."""
        return self.cloud.existing_project(self.name, self.by)

    def enable(self, *apis: str) -> tuple[str, ...]:
        """Enable APIs by the first part of their hosts; returns the logical names to come after.

        They are never disabled again. One that the dataset of the project has enabled is not enabled twice.
        """
        return tuple(self._enable(api) for api in apis)

    def _enable(self, api: str) -> str:
        dataset = self.organisation.dataset_of_project.get(self.name)
        if dataset is not None:
            theirs = dataset.infrastructure.logical(f'{api}-service')
            if self.cloud.builder.has_resource(theirs):
                return theirs
        host, type_ = f'{api}.googleapis.com', 'gcp:projects/service:Service'
        # Another plugin may work in the same project.
        _, made = self.cloud.existing(AssetKind.RAW, f'{type_}:{self.name}/{host}', self.by)
        if made is not None:
            return made
        ours = f'{self._prefix}-{api}-service'
        self.cloud.raw(
            ours,
            type_,
            f'{self.name}/{host}',
            {'service': host, 'project': self.name, 'disableOnDestroy': False},
            self.by,
            depends_on=[self.handle.resource] if self.handle.resource else [],
        )
        return ours

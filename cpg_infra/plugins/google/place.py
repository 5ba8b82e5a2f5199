"""Where a plugin works: a project of Google Cloud, its region and functions, and who declares what stands there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from cpg_infra.abstraction import By, GcpInfrastructure
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.driver.organisation_cloud import OrganisationCloud
from cpg_infra.plugins.google.function import Functions
from cpg_infra.plugins.google.project import PluginProject


@dataclass(frozen=True)
class PluginPlace(ABC):
    """What every part of a plugin needs.

    A plugin says its `component`, the `section` of the configuration that it follows, and the `needed_apis`.
    """

    component: ClassVar[str]
    section: ClassVar[str]
    needed_apis: ClassVar[tuple[str, ...]]

    infrastructure: Infrastructure
    organisation: OrganisationCloud

    @property
    @abstractmethod
    def project(self) -> PluginProject:
        """The project."""

    @property
    def cloud(self) -> GcpInfrastructure:
        """Google Cloud."""
        cloud = self.organisation.infrastructure
        assert isinstance(cloud, GcpInfrastructure)  # noqa: S101 - the plugin takes the organisation there
        return cloud

    def by(self, *steps: str) -> By:
        """The plugin as declarer, because of a value of its section."""
        return self.organisation.by(self.component, self.section, *steps)

    @property
    def region(self) -> str:
        """The organisation's region."""
        return self.cloud.organisation_region

    @cached_property
    def apis(self) -> tuple[str, ...]:
        """What must be enabled first."""
        return self.project.enable(*self.needed_apis)

    @cached_property
    def functions(self) -> Functions:
        """Makes functions."""
        return Functions(self.project, self.region)

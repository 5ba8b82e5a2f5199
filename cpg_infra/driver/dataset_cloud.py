"""`DatasetCloud`: one dataset on one cloud, made of components."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cpg_infra.abstraction import By, CloudInfrastructure
from cpg_infra.config import AccessLevel, Cloud, CPGDatasetComponents
from cpg_infra.config.components import deployed_components
from cpg_infra.config.group_names import EVERY_DATASET_SUFFIXES
from cpg_infra.driver.components.access_levels import AccessLevels
from cpg_infra.driver.components.analysis_runner import AnalysisRunner
from cpg_infra.driver.components.budgets import Budgets
from cpg_infra.driver.components.cromwell import Cromwell
from cpg_infra.driver.components.dependencies import Dependencies
from cpg_infra.driver.components.hail import Hail
from cpg_infra.driver.components.metamist import Metamist
from cpg_infra.driver.components.notebooks import Notebooks
from cpg_infra.driver.components.people import People
from cpg_infra.driver.components.registry import ContainerRegistry
from cpg_infra.driver.components.release import Release
from cpg_infra.driver.components.spark import Spark
from cpg_infra.driver.components.storage import Storage
from cpg_infra.driver.components.temporary_access import TemporaryAccess
from cpg_infra.driver.components.uploads import Uploads
from cpg_infra.driver.expressible import can_carry
from cpg_infra.driver.groups import PlaceholderGroup
from cpg_infra.driver.tables import CACHED

if TYPE_CHECKING:
    from cpg_infra.driver.dataset import DatasetInfrastructure


class DatasetCloud:
    """One dataset on one cloud."""

    def __init__(self, root: DatasetInfrastructure, cloud: Cloud) -> None:
        self.root = root
        self.cloud = cloud
        self.config = root.config
        self.name = root.name
        self.components = frozenset(
            component
            for component in deployed_components(root.root.config, root.config, cloud)
            if can_carry(root.root.implementations[cloud], component)
        )

    @cached_property
    def infrastructure(self) -> CloudInfrastructure:
        """The cloud, as this dataset sees it."""
        organisation = self.root.root
        return organisation.implementations[self.cloud](
            organisation.config,
            self.config,
            organisation.builder,
            organisation.states[self.cloud],
        )

    def has(self, component: CPGDatasetComponents) -> bool:
        """Whether the dataset has a component here, and the organisation what it needs."""
        return component in self.components

    def by(self, component: str, *steps: str) -> By:
        """The dataset on this cloud as declarer, because of the value at `steps` of its configuration."""
        return self.root.by(component, *steps, cloud=self.cloud)

    # Groups and levels ------------------------------------------------------------------------------------

    @property
    def levels(self) -> tuple[AccessLevel, ...]:
        """The levels that programs run at: without a test namespace there is no level `test`."""
        return tuple(level for level in AccessLevel if level is not AccessLevel.TEST or self.config.setup_test)

    @cached_property
    def groups(self) -> Mapping[str, PlaceholderGroup]:
        """The groups that every dataset has, by suffix."""
        by = self.by('groups')
        return {suffix: self.make_group(suffix, by, cached=suffix in CACHED) for suffix in EVERY_DATASET_SUFFIXES}

    def make_group(self, suffix: str, by: By, *, cached: bool = False) -> PlaceholderGroup:
        """A group of the dataset: `<dataset>-<suffix>`."""
        return self.root.root.groups.make(self.infrastructure, f'{self.name}-{suffix}', by, cached=cached)

    # Components -------------------------------------------------------------------------------------------

    @cached_property
    def budgets(self) -> Budgets:
        """What it may cost."""
        return Budgets(self)

    @cached_property
    def people(self) -> People:
        """Who is in its groups, and what they see of the project."""
        return People(self)

    @cached_property
    def access_levels(self) -> AccessLevels:
        """The programs of each level."""
        return AccessLevels(self)

    @cached_property
    def dependencies(self) -> Dependencies:
        """What it may use of other datasets."""
        return Dependencies(self)

    @cached_property
    def temporary_access(self) -> TemporaryAccess:
        """Who may ask for reading its main bucket."""
        return TemporaryAccess(self)

    @cached_property
    def storage(self) -> Storage:
        """Its buckets."""
        return Storage(self)

    @cached_property
    def uploads(self) -> Uploads:
        """How files come in."""
        return Uploads(self)

    @cached_property
    def release(self) -> Release:
        """What it publishes."""
        return Release(self)

    @cached_property
    def hail(self) -> Hail:
        """Its Hail Batch users."""
        return Hail(self)

    @cached_property
    def spark(self) -> Spark:
        """Its Dataproc accounts."""
        return Spark(self)

    @cached_property
    def cromwell(self) -> Cromwell:
        """Its Cromwell accounts."""
        return Cromwell(self)

    @cached_property
    def notebooks(self) -> Notebooks:
        """Its notebook account."""
        return Notebooks(self)

    @cached_property
    def metamist(self) -> Metamist:
        """Who reads and writes its metadata."""
        return Metamist(self)

    @cached_property
    def registry(self) -> ContainerRegistry:
        """Its images."""
        return ContainerRegistry(self)

    @cached_property
    def analysis_runner(self) -> AnalysisRunner:
        """Who submits analyses."""
        return AnalysisRunner(self)

    def declare(self) -> None:
        """Declare every component that the dataset has here."""
        has = CPGDatasetComponents
        self.budgets.declare()
        self.people.declare()
        self.access_levels.declare()
        self.dependencies.declare()
        self.temporary_access.declare()
        self.release.declare()
        for component, declare in (
            (has.STORAGE, self.storage.declare),
            (has.STORAGE, self.uploads.declare),
            (has.HAIL_ACCOUNTS, self.hail.declare),
            (has.SPARK, self.spark.declare),
            (has.CROMWELL, self.cromwell.declare),
            (has.NOTEBOOKS, self.notebooks.declare),
            (has.METAMIST, self.metamist.declare),
            (has.CONTAINER_REGISTRY, self.registry.declare),
            (has.ANALYSIS_RUNNER, self.analysis_runner.declare),
        ):
            if self.has(component):
                declare()

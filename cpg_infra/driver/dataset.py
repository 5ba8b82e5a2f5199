"""`DatasetInfrastructure`: one dataset, on whichever clouds it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cpg_infra.abstraction import By
from cpg_infra.config import Cloud, CPGDatasetConfig, PeopleGroup
from cpg_infra.config.diagnostics import dataset_path
from cpg_infra.driver.components.metamist_project import MetamistProjects
from cpg_infra.driver.dataset_cloud import DatasetCloud
from cpg_infra.plan import Owner

if TYPE_CHECKING:
    from cpg_infra.driver.infrastructure import Infrastructure


class DatasetInfrastructure:
    """One dataset."""

    def __init__(self, root: Infrastructure, config: CPGDatasetConfig) -> None:
        self.root = root
        self.config = config

    @property
    def name(self) -> str:
        """The name of the dataset."""
        return self.config.dataset

    @property
    def is_common(self) -> bool:
        """Whether every other dataset depends on this one."""
        return self.name == self.root.config.common_dataset

    @cached_property
    def on(self) -> Mapping[Cloud, DatasetCloud]:
        """The dataset on each cloud that it is deployed to."""
        return {cloud: DatasetCloud(self, cloud) for cloud in self.config.clouds}

    @cached_property
    def metamist(self) -> MetamistProjects:
        """Its projects in the metadata service, which knows no clouds."""
        return MetamistProjects(self)

    def by(self, component: str, *steps: str, cloud: Cloud | None = None) -> By:
        """The dataset as declarer, because of the value at `steps` of its configuration."""
        return By(Owner(self.name, cloud, component), dataset_path(self.name, *steps))

    @cached_property
    def depends_on(self) -> Mapping[str, str]:
        """Direct dependencies with full access: the dataset's name, and the key that asked for it.

        The common dataset is one of them, unless it is for reading only.
        """
        edges = dict.fromkeys(sorted(self.config.depends_on), 'depends_on')
        if self.root.config.common_dataset_access == 'read-write':
            edges.setdefault(self.root.config.common_dataset, 'dataset')
        edges.pop(self.name, None)
        return edges

    @cached_property
    def depends_on_readonly(self) -> Mapping[str, str]:
        """Direct dependencies for reading only; a dataset in both lists is in the stronger one."""
        edges = dict.fromkeys(sorted(self.config.depends_on_readonly), 'depends_on_readonly')
        if self.root.config.common_dataset_access == 'readonly':
            edges.setdefault(self.root.config.common_dataset, 'dataset')
        edges.pop(self.name, None)
        return {name: key for name, key in edges.items() if name not in self.depends_on}

    @cached_property
    def all_dependencies(self) -> tuple[DatasetInfrastructure, ...]:
        """Every dataset that this one uses, directly or through others, by name."""
        found: dict[str, DatasetInfrastructure] = {}
        pending = [self]
        while pending:
            dataset = pending.pop()
            for name in (*dataset.depends_on, *dataset.depends_on_readonly):
                if name not in found:
                    found[name] = self.root.datasets[name]
                    pending.append(found[name])
        return tuple(found[name] for name in sorted(found))

    def wants_temporary_access(self, *, notebooks: bool) -> bool:
        """Whether its people, or also its `notebooks`, may ask for reading main buckets; who is past the end may not."""
        date = self.root.date
        return (notebooks and self.config.allow_notebook_tmp_main_read) or any(
            not member.is_past(date) for member in self.config.members.get(PeopleGroup.TMP_MAIN_READ_ACCESS, ())
        )

    @property
    def dependants(self) -> tuple[DatasetInfrastructure, ...]:
        """The datasets that name this one in a list of dependencies."""
        return self.root.dependants.get(self.name, ())

    def declare(self) -> None:
        """Declare everything that the dataset is made of."""
        for cloud in self.on.values():
            cloud.declare()

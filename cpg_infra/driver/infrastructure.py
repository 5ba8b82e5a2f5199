"""`Infrastructure`: the organisation, and with it everything.

Three levels: the organisation, a dataset, a dataset on one cloud. Each holds a reference to its root, and each
tangible thing is a cached property: made once, only when used, usable by another driver before its own dataset
has been set up. Nothing here reads a file, a clock or the network.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import ClassVar

from cpg_infra.abstraction import IMPLEMENTATIONS, By, CloudInfrastructure, CloudState
from cpg_infra.config import Cloud, ConfigurationError, CPGDatasetConfig, CPGInfrastructureConfig, NoSources, Sources
from cpg_infra.config.diagnostics import Diagnostic, Severity, dataset_path, organisation_path
from cpg_infra.config.whole import check_whole
from cpg_infra.driver.dataset import DatasetInfrastructure
from cpg_infra.driver.dataset_cloud import DatasetCloud
from cpg_infra.driver.finalisation import finalise
from cpg_infra.driver.groups import GroupBook
from cpg_infra.driver.organisation_cloud import OrganisationCloud
from cpg_infra.driver.plannable import unplannable
from cpg_infra.plan import ORGANISATION_WIDE, DuplicateKeyError, Owner, Plan, PlanBuilder
from cpg_infra.plugin import CpgInfrastructurePlugin, load_plugins


class Infrastructure:
    """The infrastructure of an organisation and its datasets.

    Raises `ConfigurationError`, with every fault, when the configuration as a whole is wrong. `date` decides
    which memberships have expired; it may be left out only when none has an end.
    """

    implementations: ClassVar[Mapping[Cloud, type[CloudInfrastructure]]] = IMPLEMENTATIONS
    """The clouds that can be planned for."""

    def __init__(
        self,
        config: CPGInfrastructureConfig,
        dataset_configs: Iterable[CPGDatasetConfig] | Mapping[str, CPGDatasetConfig],
        *,
        date: dt.date | None = None,
        sources: Sources | None = None,
    ) -> None:
        configs = dataset_configs.values() if isinstance(dataset_configs, Mapping) else dataset_configs
        self.config = config
        self.sources: Sources = sources or NoSources()
        self.date = date
        self.dataset_configs: dict[str, CPGDatasetConfig] = {}
        faults: list[Diagnostic] = []
        for dataset_config in configs:
            if dataset_config.dataset in self.dataset_configs:
                path = dataset_path(dataset_config.dataset)
                faults.append(Diagnostic('duplicate-dataset', 'two datasets have this name', path))
            self.dataset_configs[dataset_config.dataset] = dataset_config
        faults += check_whole(config, self.dataset_configs, self.sources)
        if config.common_dataset in self.dataset_configs:
            faults += unplannable(config, self.dataset_configs, date, self.implementations)
        if any(fault.severity is Severity.ERROR for fault in faults):
            raise ConfigurationError([fault.located(self.sources) for fault in faults])
        self._remarks = faults

    # The levels -------------------------------------------------------------------------------------------

    @cached_property
    def builder(self) -> PlanBuilder:
        """What has been declared so far."""
        return PlanBuilder()

    @cached_property
    def groups(self) -> GroupBook:
        """The placeholder groups."""
        return GroupBook()

    @cached_property
    def datasets(self) -> Mapping[str, DatasetInfrastructure]:
        """The datasets, by name in code-point order: the order of the files must not matter."""
        return {
            name: DatasetInfrastructure(self, dataset_config)
            for name, dataset_config in sorted(self.dataset_configs.items())
        }

    @property
    def common(self) -> DatasetInfrastructure:
        """The dataset that every other one depends on."""
        return self.datasets[self.config.common_dataset]

    @cached_property
    def dependants(self) -> Mapping[str, tuple[DatasetInfrastructure, ...]]:
        """The datasets that name a dataset in a list of dependencies, by the latter's name."""
        found: dict[str, list[DatasetInfrastructure]] = {}
        for dataset in self.datasets.values():
            for name in {*dataset.config.depends_on, *dataset.config.depends_on_readonly}:
                found.setdefault(name, []).append(dataset)
        return {name: tuple(dependants) for name, dependants in found.items()}

    @cached_property
    def clouds(self) -> tuple[Cloud, ...]:
        """The clouds that some dataset is deployed to."""
        return tuple(
            cloud for cloud in Cloud if any(cloud in config.clouds for config in self.dataset_configs.values())
        )

    @cached_property
    def states(self) -> Mapping[Cloud, CloudState]:
        """What all datasets on one cloud share."""
        return {cloud: self.implementations[cloud].new_state() for cloud in self.clouds}

    @cached_property
    def on(self) -> Mapping[Cloud, OrganisationCloud]:
        """The organisation on each cloud."""
        return {cloud: OrganisationCloud(self, cloud) for cloud in self.clouds}

    def deployed_on(self, cloud: Cloud) -> Iterable[DatasetCloud]:
        """The datasets on `cloud`, in code-point order."""
        return (dataset.on[cloud] for dataset in self.datasets.values() if cloud in dataset.on)

    # Making the plan --------------------------------------------------------------------------------------

    def by(self, component: str, *steps: str, cloud: Cloud | None = None) -> By:
        """The organisation as declarer, because of the value at `steps` of its configuration."""
        return By(Owner(ORGANISATION_WIDE, cloud, component), organisation_path(*steps))

    def diagnose(self, code: str, message: str, by: By, severity: Severity = Severity.WARNING) -> None:
        """Tell the configuration's reader something."""
        self.builder.diagnose(Diagnostic(code, message, by.origin, severity))

    @cached_property
    def plugins(self) -> Mapping[str, CpgInfrastructurePlugin]:
        """The enabled plugins. Raises `PluginError` when one is missing or cannot be imported."""
        return load_plugins(self, self.config)

    @cached_property
    def _plan(self) -> Plan:
        for remark in self._remarks:
            self.builder.diagnose(
                Diagnostic(remark.code, remark.message, remark.path, remark.severity, remark.suggestion)
            )
        try:
            for dataset in self.datasets.values():
                dataset.declare()
            for organisation in self.on.values():
                organisation.declare()
            finalise(self)
        except DuplicateKeyError as error:
            if error.origin is None:
                raise
            collision = Diagnostic('name-collision', str(error), error.origin)
            raise ConfigurationError([collision.located(self.sources)]) from error
        return self.builder.close()

    def plan(self) -> Plan:
        """Everything that should exist.

        Raises `ConfigurationError` when names of the configuration run into each other, `PluginError` when a
        plugin fails, `PlanError` when a driver or plugin contradicts another.
        """
        return self._plan

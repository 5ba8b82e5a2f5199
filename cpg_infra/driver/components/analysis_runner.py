"""The analysis runner: who may submit analyses and read the configuration they run with."""

from __future__ import annotations

from cpg_infra.abstraction import Capability
from cpg_infra.driver.components.component import Component


class AnalysisRunner(Component):
    """Membership of two groups of the organisation."""

    name = 'analysis-runner'

    def declare(self) -> None:
        """Analysts submit; analysts and the dataset's programs read the configuration."""
        organisation, groups, by = self.dataset.root.root.on[self.dataset.cloud], self.dataset.groups, self.by_choice()
        if self.infrastructure.can(Capability.INVOKE_SERVICE):
            organisation.analysis_runner_invokers.add(groups['analysis'], by)
        organisation.config_viewers.add(groups['analysis'], by)
        for level in self.dataset.levels:
            organisation.config_viewers.add(groups[level.value], by)

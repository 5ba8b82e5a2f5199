"""What a dataset may use of other datasets: its groups become members of theirs."""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.config import Severity
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.tables import PASSED_ON, PASSED_ON_WITH_TESTS, READ_ONLY, READ_ONLY_WITH_TESTS


class Dependencies(Component):
    """Group nesting across datasets. Groups nest, so access through them is transitive."""

    name = 'dependencies'

    def declare(self) -> None:
        """Nest this dataset's groups in those of its dependencies on the same cloud."""
        tests = self.config.setup_test
        full = {suffix: (suffix,) for suffix in (*PASSED_ON, *(PASSED_ON_WITH_TESTS if tests else ()))}
        reading = {**READ_ONLY, **(READ_ONLY_WITH_TESTS if tests else {})}
        for edges, nesting in ((self.dataset.root.depends_on, full), (self.dataset.root.depends_on_readonly, reading)):
            for name, key in edges.items():
                self._nest(name, key, nesting)

    def _nest(self, name: str, key: str, nesting: Mapping[str, tuple[str, ...]]) -> None:
        by = self.by(key) if key == 'dataset' else self.by(key, name)
        cloud = self.dataset.cloud
        other = self.dataset.root.root.datasets[name].on.get(cloud)
        if other is None:
            message = f'{name} is not on {cloud}: nothing of it can be used there'
            self.dataset.root.root.diagnose('dependency-elsewhere', message, by, Severity.INFO)
            return
        for suffix, sources in nesting.items():
            for source in sources:
                other.groups[suffix].add(self.dataset.groups[source], by)

"""Images: who may pull and push them, and the dataset's own registries."""

from __future__ import annotations

from cpg_infra.abstraction import Capability
from cpg_infra.abstraction.specification import RegistryFormat
from cpg_infra.driver.components.component import Component
from cpg_infra.driver.tables import IMAGES, IMAGES_WITH_TESTS
from cpg_infra.plan import RegistryRole

READ, WRITE = RegistryRole.READ, RegistryRole.WRITE

REGISTRIES: dict[str, dict[RegistryRole, tuple[str, ...]]] = {
    'images': {READ: ('images-reader', 'images-dev-reader', 'test-full'), WRITE: ('images-writer',)},
    'images-dev': {READ: ('images-dev-reader', 'test-full'), WRITE: ('images-dev-writer', 'analysis')},
    'images-tmp': {READ: ('images-dev-reader',), WRITE: ('images-dev-writer',)},
}
"""The registries of a dataset, and which of its groups hold which role on them."""

PYTHON_REGISTRY = 'python-registry'


class ContainerRegistry(Component):
    """The groups of image users come with the component, registries with their own flag."""

    name = 'container-registry'

    def declare(self) -> None:
        """Fill the groups; make the registries; the common dataset has two more things."""
        groups, by = self.dataset.groups, self.by_choice()
        for nesting in (IMAGES, IMAGES_WITH_TESTS if self.config.setup_test else {}):
            for suffix, contained in nesting.items():
                for other in contained:
                    groups[suffix].add(groups[other], by)
        if self.config.create_container_registry:
            self._declare_registries()
        if self.dataset.root.is_common:
            self._declare_for_everybody()

    def _declare_registries(self) -> None:
        by = self.by('create_container_registry')
        for name, grants in REGISTRIES.items():
            registry = self.infrastructure.registry(name, RegistryFormat.DOCKER, by)
            for role, suffixes in grants.items():
                for suffix in suffixes:
                    self.infrastructure.grant(self.dataset.groups[suffix].principal, role, registry, by)

    def _declare_for_everybody(self) -> None:
        """The organisation's Python registry, and reading the analysis runner's images."""
        infrastructure = self.infrastructure
        if infrastructure.can(Capability.PACKAGE_REGISTRY):
            infrastructure.registry(
                PYTHON_REGISTRY,
                RegistryFormat.PYTHON,
                self.by_choice(),
                logical=infrastructure.bare_name('python-artifact-registry'),
                region=infrastructure.organisation_region,
                description='Python packages for CPG',
            )
        runner = self.organisation.analysis_runner
        if runner is not None and infrastructure.can(Capability.INVOKE_SERVICE):
            by = self.by_organisation('analysis_runner', 'gcp', 'container_registry_name')
            registry = infrastructure.existing_registry(
                runner.gcp.container_registry_name,
                runner.gcp.project,
                infrastructure.region,
                by,
            )
            infrastructure.grant(self.dataset.groups['images-reader'].principal, READ, registry, by)

"""The organisation on paper: everything that its datasets ask for, told by a cloud that expresses all of it.

A real cloud never hears of what it cannot express. So the datasets are declared once more, with the components that
they have on their clouds together, on a dry run that also notes what its resources leave out: the profile of a
bucket, the period of a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from cpg_infra.abstraction import Bucket, By, Capability, CloudInfrastructure, CloudState, DryRunInfrastructure
from cpg_infra.abstraction.handles import Project, Registry
from cpg_infra.abstraction.specification import BucketProfile, Budget, CloudService, RegistryFormat
from cpg_infra.config import Cloud, CPGDatasetConfig
from cpg_infra.config.base import FrozenMap
from cpg_infra.config.diagnostics import Path
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.driver.parity.needs import OF_BUDGET, OPTION_OF, of_profile
from cpg_infra.plan import Asset

PAPER: Final = Cloud.DRY_RUN


@dataclass(frozen=True, slots=True)
class Note:
    """A dataset (None: the organisation) asks for something: what needs it, and because of which value."""

    dataset: str | None
    capability: Capability
    of: str
    origin: Path


@dataclass(slots=True)
class PaperState(CloudState):
    """What was noted of all datasets."""

    notes: list[Note] = field(default_factory=list)


class Paper(DryRunInfrastructure):
    """A dry run that notes what its resources leave out."""

    state: PaperState

    @classmethod
    def new_state(cls) -> PaperState:
        """With room for notes."""
        return PaperState()

    def _note(self, capability: Capability, of: str, by: By) -> None:
        self.state.notes.append(Note(by.owner.dataset or None, capability, of, by.origin))

    def require(self, service: CloudService) -> tuple[str, ...]:
        """Noted for the dataset: a service is needed by whatever uses it."""
        self._note(Capability.SERVICE_ENABLEMENT, service.value, self._by('project', *self.place))
        return super().require(service)

    def _lower_bucket(self, bucket: Bucket, profile: BucketProfile, by: By) -> None:
        for capability in of_profile(profile):
            option = OPTION_OF.get(capability)
            self._note(capability, bucket.name, by if option is None else self._by(by.owner.component, option))
        super()._lower_bucket(bucket, profile, by)

    def _lower_budget(
        self,
        asset: Asset,
        key: str,
        project: Project,
        budget: Budget,
        thresholds: tuple[float, ...],
        by: By,
    ) -> None:
        self._note(OF_BUDGET[type(budget)], key, by)
        super()._lower_budget(asset, key, project, budget, thresholds, by)

    def _lower_registry(
        self,
        registry: Registry,
        format_: RegistryFormat,
        description: str | None,
        by: By,
    ) -> None:
        docker = format_ is RegistryFormat.DOCKER
        self._note(Capability.REGISTRY if docker else Capability.PACKAGE_REGISTRY, registry.name, by)
        super()._lower_registry(registry, format_, description, by)


class OrganisationOnPaper(Infrastructure):
    """The whole organisation, without any real cloud."""

    implementations: ClassVar[Mapping[Cloud, type[CloudInfrastructure]]] = {PAPER: Paper}

    @property
    def notes(self) -> Iterable[Note]:
        """What was noted while the plan was made."""
        return (note for state in self.states.values() if isinstance(state, PaperState) for note in state.notes)


def on_paper(config: CPGDatasetConfig) -> CPGDatasetConfig:
    """The dataset as it would be on a cloud that can do everything: its components and the first budget it has."""
    components = {component for cloud in config.clouds for component in config.components_on(cloud)}
    budgets = [config.budgets[cloud.value] for cloud in Cloud if cloud.value in config.budgets]
    return config.model_copy(
        update={
            'deploy_locations': (PAPER.value,),
            'components': FrozenMap({PAPER.value: tuple(sorted(components, key=lambda component: component.value))}),
            'budgets': FrozenMap({PAPER.value: budgets[0]} if budgets else {}),
        },
    )


def off_paper(origin: Path, configs: Mapping[str, CPGDatasetConfig]) -> Path:
    """An origin as the files have it: the cloud that a value is written for instead of the one on paper."""
    if PAPER.value not in origin or origin[0] != 'dataset':
        return origin
    clouds = configs[str(origin[1])].clouds
    real = clouds[0].value if clouds else PAPER.value
    return tuple(real if step == PAPER.value else step for step in origin)

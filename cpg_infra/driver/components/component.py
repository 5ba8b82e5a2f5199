"""What every component has: its dataset on its cloud, and a way to say who asked for what."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from cpg_infra.abstraction import By, CloudInfrastructure

if TYPE_CHECKING:
    from cpg_infra.driver.dataset_cloud import DatasetCloud


class Component(ABC):
    """One component of a dataset on one cloud.

    `name` owns what the component declares. What it makes is in cached properties, so that others may use it
    before `declare` has run.
    """

    name: ClassVar[str]

    def __init__(self, dataset: DatasetCloud) -> None:
        self.dataset = dataset
        self.config = dataset.config
        self.organisation = dataset.root.root.config
        self._said: dict[tuple[str, ...], By] = {}

    @property
    def infrastructure(self) -> CloudInfrastructure:
        """The cloud, as this dataset sees it."""
        return self.dataset.infrastructure

    def by(self, *steps: str) -> By:
        """This component as declarer, because of the value at `steps` of the dataset's configuration."""
        # Most of what a component declares has the same reason.
        said = self._said.get(steps)
        if said is None:
            said = self._said[steps] = self.dataset.by(self.name, *steps)
        return said

    def by_choice(self) -> By:
        """This component as declarer, because the dataset has it."""
        return self.by('components', self.dataset.cloud.value)

    def by_organisation(self, *steps: str) -> By:
        """This component as declarer, because of a value of the organisation's configuration."""
        return By(self.by().owner, self.dataset.root.root.by(self.name, *steps).origin)

    @abstractmethod
    def declare(self) -> None:
        """Declare everything the component is made of."""

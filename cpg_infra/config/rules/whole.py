"""What the rules look at: everything that was sound, and what is known about the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import Diagnostic, Path, Severity, Sources, Step
from cpg_infra.config.names import Cloud
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.suggest import did_you_mean

Findings = Iterator[Diagnostic]

_SUGGESTIONS = 100
"""How many near names one run looks up; each lookup compares with every known name."""


@dataclass(frozen=True)
class Whole:
    """A configuration as far as it could be read.

    `names` and `users` also hold the names of datasets and users that failed to validate, and `broken` the
    paths of what failed: a rule must not conclude anything from the absence of these.
    """

    organisation: CPGInfrastructureConfig | None
    datasets: Mapping[str, CPGDatasetConfig]
    sources: Sources
    names: frozenset[str]
    users: frozenset[str]
    broken: frozenset[Path] = frozenset()
    _suggested: list[str] = field(default_factory=list, repr=False)

    def is_broken(self, *path: Step) -> bool:
        """Whether the value at `path`, something in it or something around it could not be read."""
        return any(path[: len(other)] == other[: len(path)] for other in self.broken)

    def knows_dataset(self, name: str) -> bool:
        """Whether there is a dataset `name`, or that cannot be told."""
        return name in self.names or ('dataset',) in self.broken

    def knows_user(self, name: str) -> bool:
        """Whether there is a user `name`, or that cannot be told."""
        return name in self.users or ('organisation', 'users') in self.broken

    def on(self, cloud: Cloud) -> Iterator[CPGDatasetConfig]:
        """The datasets that are deployed to `cloud`."""
        return (dataset for dataset in self.datasets.values() if cloud.value in dataset.deploy_locations)

    def near(self, name: str, known: Iterable[str]) -> str | None:
        """A suggestion for a name that nothing has, while the run has time for suggestions."""
        if len(self._suggested) >= _SUGGESTIONS:
            return None
        self._suggested.append(name)
        return did_you_mean(name, known)

    def finding(
        self,
        code: str,
        path: Path,
        message: str,
        *,
        at: Path | None = None,
        key: bool = False,
        severity: Severity = Severity.ERROR,
        suggestion: str | None = None,
    ) -> Diagnostic:
        """A located diagnostic about `path`; it points at `at` where that is more exact, or at its key."""
        location = self.sources.locate(path if at is None else at, key=key)
        return Diagnostic(code, message, path, severity, suggestion, location)

"""What is left of a configuration without its faults: enough to look for others that they would hide.

A value with a fault is cut out of what the files say, and the rest is validated again; what it then lacks is cut out as
well, a dataset at a time. The remainder is never deployed, and nothing may be concluded from what is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import ORGANISATION, Diagnostic, NoSources, Path, Severity, Step, dataset_path
from cpg_infra.config.document import Plain
from cpg_infra.config.loading import DATASET_STAND_INS, ORGANISATION_STAND_INS, Examined
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.validation import validate

ROUNDS: Final = 6
"""How often what a cut leaves behind is cut out in its turn."""

Judge = Callable[[CPGInfrastructureConfig, Mapping[str, CPGDatasetConfig]], Iterable[Diagnostic]]
"""Everything that is wrong with models."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """A sound part of a configuration. `cut` are the paths of what was taken out."""

    organisation: CPGInfrastructureConfig
    datasets: Mapping[str, CPGDatasetConfig]
    cut: frozenset[Path]

    def lacks(self, path: Path) -> bool:
        """Whether the value at `path`, something in it or something around it was taken out."""
        return any(path[: len(other)] == other[: len(path)] for other in self.cut)


def remainder_of(examined: Examined, faults: Iterable[Diagnostic], judge: Judge) -> Remainder | None:
    """The configuration without `faults`, and without what `judge` finds wrong with it then.

    None when too little is left: the organisation's own values, or the common dataset.
    """
    rest = _Rest(examined)
    # A fault of a file as a whole is about no value: what the file holds is broken, or nobody reads it.
    of_files = {fault for fault in examined.written.faults if fault.path == ORGANISATION}
    known = {*examined.whole.broken, *(fault.path for fault in faults if fault not in of_files)}
    for path in sorted(known, key=len):
        if not any(path[:length] in rest.cut for length in range(1, len(path) + 1)):
            rest.cut_out(path)
    for _ in range(ROUNDS):
        models = rest.models()
        if models is None:
            return None
        organisation, datasets = models
        wrong = [each for each in judge(organisation, datasets) if each.severity is Severity.ERROR]
        if not wrong:
            return Remainder(organisation, datasets, frozenset(rest.cut))
        for each in wrong:
            rest.cut_out(each.path)
    return None


@dataclass(slots=True)
class _Rest:
    """What the files say, less what was cut out."""

    examined: Examined
    organisation: Plain = field(init=False)
    datasets: dict[str, Plain] = field(init=False)
    cut: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.organisation = self.examined.written.organisation
        self.datasets = dict(self.examined.written.datasets)

    def models(self) -> tuple[CPGInfrastructureConfig, dict[str, CPGDatasetConfig]] | None:
        if not isinstance(self.organisation, dict):
            return None
        whole = validate(CPGInfrastructureConfig, self.organisation, ORGANISATION, NoSources(), ORGANISATION_STAND_INS)
        self.cut |= whole.broken
        found: dict[str, CPGDatasetConfig] = {}
        for name, options in self.datasets.items():
            if isinstance(options, dict):
                given = {'budgets': {}, **options}
                made = validate(CPGDatasetConfig, given, dataset_path(name), NoSources(), DATASET_STAND_INS)
                self.cut |= made.broken
                if made.model is not None:
                    found[name] = made.model
        organisation = whole.model
        return None if organisation is None or organisation.common_dataset not in found else (organisation, found)

    def cut_out(self, path: Path) -> None:
        """Take out a value, or what is around it when that was done before or there is no such value."""
        while path in self.cut and len(path) > 1:
            path = path[:-1]
        self.cut.add(path)
        root, *steps = path
        if root == 'organisation':
            self.organisation = without(self.organisation, steps) if steps else None
        elif not steps:
            self.datasets = {}
        elif len(steps) == 1:
            self.datasets.pop(str(steps[0]), None)
        elif steps[0] in self.datasets:
            self.datasets[str(steps[0])] = without(self.datasets[str(steps[0])], steps[1:])


def without(value: Plain, steps: list[Step]) -> Plain:
    """A value without what `steps` lead to, or without the deepest part of the way that there is."""
    head, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        # A component or another value of an enumeration is its text.
        key = head if head in value else str(head)
        if key not in value:
            return value
        inner = without(value[key], rest) if rest else None
        kept = {other: item for other, item in value.items() if other != key}
        return kept if not rest or inner == value[key] else {**kept, key: inner}
    if isinstance(value, list):
        place = head if isinstance(head, int) else _place_of(head, value)
        if place is None or place >= len(value):
            return value
        inner = without(value[place], rest) if rest else None
        gone = not rest or inner == value[place]
        return [*value[:place], *([] if gone else [inner]), *value[place + 1 :]]
    return value


def _place_of(step: str, values: list[Plain]) -> int | None:
    """Where the item is that a path names by its value, its id or its name."""
    for place, item in enumerate(values):
        names = [item.get('id'), item.get('name')] if isinstance(item, dict) else [item]
        if step in map(str, names):
            return place
    return None

"""`load`: a folder of files becomes validated, frozen models, or one error that lists every fault."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from cpg_infra.config.base import FrozenMap
from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import (
    ORGANISATION,
    ConfigurationError,
    Diagnostic,
    Severity,
    Sources,
    dataset_path,
    in_order,
    organisation_path,
)
from cpg_infra.config.files import FileTree, Folder
from cpg_infra.config.layout import ALL_DATASETS, Written, gather
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules import Whole, run_rules, run_rules_of_pieces
from cpg_infra.config.validation import validate

ORGANISATION_STAND_INS = {
    'domain': 'unknown',
    'budget_currency': 'unknown',
    'common_dataset': 'unknown',
    'config_destination': 'unknown',
    'users': {},
    'plugins_enabled': [],
}
DATASET_STAND_INS: dict[str, object] = {'budgets': {}}
"""What takes the place of keys that must be there, so that the rest can be judged when one of them is wrong."""


@dataclass(frozen=True, slots=True)
class LoadedConfiguration:
    """A configuration without faults.

    `datasets` are in the order of the files; `sources` tells where each value was written; `diagnostics`
    are warnings and remarks, located.
    """

    organisation: CPGInfrastructureConfig
    datasets: FrozenMap[str, CPGDatasetConfig]
    sources: Sources
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """A configuration as far as it could be read, with everything that is wrong or remarkable about it.

    `whole` has what was sound; `written` is what the files say.
    """

    written: Written
    whole: Whole
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What is wrong."""
        return tuple(each for each in self.diagnostics if each.severity is Severity.ERROR)

    def loaded(self) -> LoadedConfiguration:
        """The configuration. Raises `ConfigurationError` when anything is wrong with it."""
        if self.whole.organisation is None or self.errors:
            raise ConfigurationError(self.diagnostics)
        datasets = FrozenMap(self.whole.datasets)
        return LoadedConfiguration(self.whole.organisation, datasets, self.whole.sources, self.diagnostics)


def load(source: FilePath | str | FileTree) -> LoadedConfiguration:
    """Load a configuration from a folder, or from another tree of files such as a git revision.

    Raises `ConfigurationError` with every fault that was found: of files, of shape and of the whole.
    """
    return examine(source).loaded()


def examine(source: FilePath | str | FileTree) -> Examined:
    """Read a configuration and check it, whatever is wrong with it. Never raises."""
    with _collector_at_rest():
        return assemble(gather(Folder(source) if isinstance(source, (str, FilePath)) else source))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Loading only builds: half of its time would go into looking for garbage that is not there."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def assemble(written: Written) -> Examined:
    """Validate what the files say and check it as a whole."""
    faults, broken, sources = list(written.faults), set(written.broken), written.sources
    raw = written.organisation
    if raw is None:
        # What of it has files of its own is judged; the rest is there, and cannot be read.
        raw = written.apart
        broken |= {organisation_path(key) for key in CPGInfrastructureConfig.model_fields if key not in raw}
    outcome = validate(CPGInfrastructureConfig, raw, ORGANISATION, sources, ORGANISATION_STAND_INS)
    organisation = outcome.model
    if written.organisation is None:
        faults += [fault for fault in outcome.faults if fault.path != ORGANISATION]
    else:
        faults += outcome.faults
    broken |= outcome.broken
    listed = raw.get('users')
    users = frozenset(listed) if isinstance(listed, dict) else frozenset[str]()
    datasets: dict[str, CPGDatasetConfig] = {}
    for name, options in written.datasets.items():
        path = dataset_path(name)
        if path in broken:
            continue
        # Which clouds need a budget is known to the checks of the whole only; their message names the file.
        result = validate(CPGDatasetConfig, {'budgets': {}, **options}, path, sources, DATASET_STAND_INS)
        faults += result.faults
        broken |= result.broken
        if result.model is not None:
            datasets[name] = result.model
        else:
            broken.add(path)
    whole = Whole(organisation, datasets, sources, frozenset(written.datasets), users, frozenset(broken))
    return Examined(written, whole, in_order([*faults, *run_rules(whole), *_pieces(written, whole)]))


def _pieces(written: Written, whole: Whole) -> Iterable[Diagnostic]:
    """What is wrong in the folders of datasets while it cannot be told which datasets there are."""
    datasets: dict[str, CPGDatasetConfig] = {}
    broken = set(whole.broken) - {ALL_DATASETS}
    for name, options in written.pieces.items():
        path = dataset_path(name)
        given = {'budgets': {}, **options, 'dataset': name}
        result = validate(CPGDatasetConfig, given, path, whole.sources, DATASET_STAND_INS)
        yield from result.faults
        broken |= result.broken
        if result.model is not None:
            datasets[name] = result.model
    if whole.organisation is not None:
        pieces = replace(whole, datasets=datasets, broken=frozenset(broken))
        yield from run_rules_of_pieces(pieces, whole.organisation)

"""`load`: a folder of files becomes validated, frozen models, or one error that lists every fault."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
)
from cpg_infra.config.files import FileTree, Folder
from cpg_infra.config.layout import Written, gather
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules import Whole, run_rules
from cpg_infra.config.validation import validate

_ORGANISATION_STAND_INS = {
    'domain': 'unknown',
    'budget_currency': 'unknown',
    'common_dataset': 'unknown',
    'config_destination': 'unknown',
    'users': {},
    'plugins_enabled': [],
}
_DATASET_STAND_INS: dict[str, object] = {'budgets': {}}


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


def load(source: FilePath | str | FileTree) -> LoadedConfiguration:
    """Load a configuration from a folder, or from another tree of files such as a git revision.

    Raises `ConfigurationError` with every fault that was found: of files, of shape and of the whole.
    """
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


def assemble(written: Written) -> LoadedConfiguration:
    """Validate what the files say and check it as a whole.

    Raises `ConfigurationError` as `load` does.
    """
    faults, broken, sources = list(written.faults), set(written.broken), written.sources
    organisation: CPGInfrastructureConfig | None = None
    users: frozenset[str] = frozenset()
    if written.organisation is not None:
        outcome = validate(
            CPGInfrastructureConfig, written.organisation, ORGANISATION, sources, _ORGANISATION_STAND_INS
        )
        organisation = outcome.model
        faults += outcome.faults
        broken |= outcome.broken
        listed = written.organisation.get('users')
        users = frozenset(listed) if isinstance(listed, dict) else users
    datasets: dict[str, CPGDatasetConfig] = {}
    for name, options in written.datasets.items():
        path = dataset_path(name)
        if path in broken:
            continue
        # Which clouds need a budget is known to the checks of the whole only; their message names the file.
        result = validate(CPGDatasetConfig, {'budgets': {}, **options}, path, sources, _DATASET_STAND_INS)
        faults += result.faults
        broken |= result.broken
        if result.model is not None:
            datasets[name] = result.model
        else:
            broken.add(path)
    whole = Whole(organisation, datasets, sources, frozenset(written.datasets), users, frozenset(broken))
    diagnostics = in_order([*faults, *run_rules(whole)])
    if organisation is None or any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        raise ConfigurationError(diagnostics)
    return LoadedConfiguration(organisation, FrozenMap(datasets), sources, diagnostics)

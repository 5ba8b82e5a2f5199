"""`check_whole`: the checks that need more than one value, for configurations made in memory or loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import Diagnostic, NoSources, Sources, dataset_path, in_order
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules import Whole, run_rules

_NO_SOURCES = NoSources()


def check_whole(
    organisation: CPGInfrastructureConfig,
    datasets: Mapping[str, CPGDatasetConfig] | Iterable[CPGDatasetConfig],
    sources: Sources = _NO_SOURCES,
) -> list[Diagnostic]:
    """Everything that is wrong or remarkable about the whole, in the order of a report.

    References, collisions, dependency cycles, missing sections and budgets, and combinations of options that
    make no sense. Limits of the providers are checked on the plan instead. Never raises.
    """
    listed = list(datasets.values() if isinstance(datasets, Mapping) else datasets)
    by_name = {dataset.dataset: dataset for dataset in listed}
    whole = Whole(organisation, by_name, sources, frozenset(by_name), frozenset(organisation.users))
    counts = Counter(dataset.dataset for dataset in listed)
    twice = [
        whole.finding('duplicate-dataset', dataset_path(name), f'{count} datasets have this name', key=True)
        for name, count in counts.items()
        if count > 1
    ]
    return list(in_order([*twice, *run_rules(whole)]))

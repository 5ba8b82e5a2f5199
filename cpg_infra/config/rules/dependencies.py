"""Dependencies between datasets: they exist, and following them never leads back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import Path, Severity, dataset_path
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.cycles import find_cycles
from cpg_infra.config.rules.whole import Findings, Whole

_LONGEST_SHOWN = 12


def _dependencies_of(dataset: CPGDatasetConfig) -> Iterator[tuple[Path, str]]:
    for key in ('depends_on', 'depends_on_readonly'):
        path = dataset_path(dataset.dataset, key)
        for other in getattr(dataset, key):
            yield path, other


def dependencies_exist(whole: Whole) -> Findings:
    """A dataset depends on datasets that exist, and not on itself."""
    for dataset in whole.datasets.values():
        for path, other in _dependencies_of(dataset):
            if other == dataset.dataset:
                yield whole.finding('self-dependency', path, 'the dataset depends on itself', at=(*path, other))
            elif not whole.knows_dataset(other):
                yield whole.finding(
                    'unknown-dataset',
                    path,
                    f"no dataset '{other}'",
                    at=(*path, other),
                    suggestion=whole.near(other, whole.names - {dataset.dataset}),
                )


def listed_once(whole: Whole) -> Findings:
    """A dataset in both lists of dependencies counts as a full one; that deploys today, so it is a warning."""
    organisation = whole.organisation
    is_full = organisation is not None and organisation.common_dataset_access == 'read-write'
    implicit = organisation.common_dataset if organisation is not None and is_full else None
    for dataset in whole.datasets.values():
        for other in dict.fromkeys(dataset.depends_on_readonly):
            if other in dataset.depends_on:
                message = f"'{other}' is in depends_on too, which is the stronger one and holds"
            elif other == implicit:
                message = f"every dataset depends on '{other}' fully, which is the stronger one and holds"
            else:
                continue
            path = dataset_path(dataset.dataset, 'depends_on_readonly')
            yield whole.finding('dependency-twice', path, message, at=(*path, other), severity=Severity.WARNING)


def _cycle_findings(whole: Whole, graph: Mapping[str, tuple[str, ...]]) -> Findings:
    cycles, more = find_cycles(graph)
    for cycle in cycles:
        first, second = cycle[0], cycle[1]
        path = dataset_path(first, _list_naming(whole.datasets[first], second))
        yield whole.finding(
            'dependency-cycle',
            path,
            f'the dependencies lead back to the dataset: {_shown(cycle)}' + (' (and there are more)' if more else ''),
            at=(*path, second),
        )


def _list_naming(dataset: CPGDatasetConfig, other: str) -> str:
    return 'depends_on' if other in dataset.depends_on else 'depends_on_readonly'


def _shown(cycle: tuple[str, ...]) -> str:
    names = [*cycle, cycle[0]]
    if len(names) > _LONGEST_SHOWN:
        left_out = len(names) - _LONGEST_SHOWN
        names = [*names[: _LONGEST_SHOWN - 2], f'… ({left_out} more)', *names[-2:]]
    return ' → '.join(names)


def no_cycles(whole: Whole) -> Findings:
    """Following the dependencies of a dataset, of both lists, never leads back to it."""
    graph = {
        dataset.dataset: tuple(
            other for _, other in _dependencies_of(dataset) if other != dataset.dataset and other in whole.datasets
        )
        for dataset in whole.datasets.values()
    }
    if whole.organisation is not None:
        # Told by `common_depends_on_nothing`, once for the edge instead of once for every dataset.
        graph.pop(whole.organisation.common_dataset, None)
    yield from _cycle_findings(whole, graph)


def common_depends_on_nothing(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Every dataset depends on the common one, so a dependency of the common one is a cycle."""
    common = whole.datasets.get(organisation.common_dataset)
    if common is None:
        return
    for path, other in _dependencies_of(common):
        if other != common.dataset:
            yield whole.finding(
                'dependency-cycle',
                path,
                f'every dataset depends on the common one, so this is a cycle: '
                f'{common.dataset} → {other} → {common.dataset}',
                at=(*path, other),
            )


RULES = (dependencies_exist, listed_once, no_cycles)
RULES_WITH_ORGANISATION = (common_depends_on_nothing,)

"""What the driver cannot plan for, though the configuration makes sense: told before anything is declared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from cpg_infra.abstraction import IMPLEMENTATIONS, CloudInfrastructure
from cpg_infra.config import Cloud, CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.config.diagnostics import Diagnostic, dataset_path
from cpg_infra.driver.expressible import inexpressible, inexpressible_everywhere


def unplannable(
    organisation: CPGInfrastructureConfig,
    datasets: Mapping[str, CPGDatasetConfig],
    date: dt.date | None,
    implementations: Mapping[Cloud, type[CloudInfrastructure]] = IMPLEMENTATIONS,
) -> Iterator[Diagnostic]:
    """What clouds cannot express, and what is missing for a plan; `date` is None where nobody gave one."""
    yield from inexpressible_everywhere(datasets.values(), implementations, organisation)
    for dataset in datasets.values():
        yield from inexpressible(dataset, implementations)
        if date is None:
            yield from _dates_needed(dataset)
    yield from _common_elsewhere(organisation, datasets)


def _common_elsewhere(
    organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]
) -> Iterator[Diagnostic]:
    """Every dataset depends on the common one, wherever it is."""
    common = datasets.get(organisation.common_dataset)
    if common is None:
        return
    for name, dataset in datasets.items():
        for cloud in dataset.clouds:
            if cloud is not Cloud.DRY_RUN and cloud not in common.clouds:
                message = f'{name} is on {cloud}, so the common dataset must be there too'
                yield Diagnostic('common-dataset-elsewhere', message, dataset_path(common.dataset, 'deploy_locations'))


def _dates_needed(dataset: CPGDatasetConfig) -> Iterator[Diagnostic]:
    for group, members in dataset.members.items():
        for member in members:
            if member.expires is not None:
                message = 'this membership has an end, so the date of the plan must be given'
                yield Diagnostic('date-needed', message, dataset_path(dataset.dataset, 'members', group, member.id))

"""What the organisation's configuration says about cost control."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig

NEVER: Final = frozenset({'common', 'hail', 'metamist', 'billing'})
"""What every dataset needs. No setting takes these off their billing account."""


class Mode(StrEnum):
    """Whether anything is done."""

    DRY_RUN = 'dry-run'
    ENFORCE = 'enforce'


@dataclass(frozen=True, slots=True)
class Watched:
    """A project of ours; `protected` says why it is never taken off its billing account."""

    project: str
    dataset: str
    protected: str | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """Until the end of the day `until`, UTC."""

    until: dt.date
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that is a choice. `projects` by project id, `snoozes` by dataset."""

    account: str
    mode: Mode = Mode.DRY_RUN
    grace: dt.timedelta = dt.timedelta(hours=24)
    max_per_day: int = 1
    projects: Mapping[str, Watched] = field(default_factory=dict)
    snoozes: Mapping[str, Snooze] = field(default_factory=dict)


def policy_of(organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]) -> Policy | None:
    """The policy of a configuration; None when it has no cost control."""
    billing = organisation.billing
    if billing is None or billing.gcp is None or billing.gcp_cost_controls is None:
        return None
    settings = billing.gcp_cost_controls
    return Policy(
        account=billing.gcp.account_id,
        mode=Mode(settings.mode),
        grace=dt.timedelta(hours=settings.grace_hours),
        max_per_day=settings.max_per_day,
        projects={watched.project: watched for watched in _projects(organisation, datasets, settings.protected)},
        snoozes={name: Snooze(snooze.until, snooze.reason) for name, snooze in settings.snoozes.items()},
    )


def _projects(
    organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig], protected: tuple[str, ...]
) -> Iterator[Watched]:
    infrastructure = _infrastructure(organisation)
    for name, dataset in datasets.items():
        if dataset.gcp is None:
            continue
        project = dataset.gcp.project
        why = None
        if name in NEVER or name == organisation.common_dataset:
            why = 'every dataset needs it'
        elif project in infrastructure:
            why = f'it is the project of {infrastructure[project]}'
        elif name in protected:
            why = 'it is listed in billing.gcp_cost_controls.protected'
        yield Watched(project, name, why)
        if dataset.enable_shared_project:
            yield Watched(f'{project}-shared', name, why)
    for project, what in infrastructure.items():
        if project not in {dataset.gcp.project for dataset in datasets.values() if dataset.gcp is not None}:
            yield Watched(project, what, f'it is the project of {what}')


def _infrastructure(organisation: CPGInfrastructureConfig) -> Mapping[str, str]:
    """Projects that serve every dataset."""
    found: dict[str, str] = {}
    if organisation.billing is not None and organisation.billing.gcp is not None:
        found[organisation.billing.gcp.project_id] = 'billing'
    if organisation.metamist is not None:
        found[organisation.metamist.gcp.project] = 'metamist'
    if organisation.analysis_runner is not None:
        found[organisation.analysis_runner.gcp.project] = 'the analysis runner'
    return found

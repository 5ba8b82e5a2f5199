"""The aggregator's settings, read from the organisation's configuration and its datasets."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.plugins.billing_aggregator.ledger.attribution import LARGEST_TOTAL, Attribution, Shared
from cpg_infra.plugins.billing_aggregator.ledger.faults import InputError
from cpg_infra.plugins.billing_aggregator.ledger.rates import DatedRate
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.sources.hail import Thresholds
from cpg_infra.plugins.billing_aggregator.sources.ica import TOPIC

Aggregator = CPGInfrastructureConfig.Billing.GCPAggregator

_CI: Final = 'ci'
"""Hail's own tests: their billing project is Hail's cost."""

ALIASES: Final = {'seqr': ('gcp', 'hail'), 'seqr24': ('gcp', 'hail')}
"""Functions of old whose costs are booked with the sources that they came from."""

_COLUMNS: Final = ('method', 'effective_from', 'topic', 'weight', 'version')


@dataclass(frozen=True, slots=True)
class Windows:
    """How far back sources are read again."""

    overlaps: Mapping[str, dt.timedelta] = field(default_factory=dict)
    weekly: dt.timedelta = dt.timedelta(days=60)
    closed_after: dt.timedelta = dt.timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the pipeline takes from the configuration; paths are from the current folder."""

    attribution: Attribution
    pricing: Pricing
    windows: Windows = Windows()
    thresholds: Thresholds = field(default_factory=Thresholds)
    gcp_files: str | None = None
    azure_folder: Path | None = None
    focus_files: str | None = None
    hail_url: str | None = None
    ica: Aggregator.ICA | None = None
    proportions: Path | None = None


def settings_of(folder: Path, organisation: CPGInfrastructureConfig, datasets: Sequence[CPGDatasetConfig]) -> Settings:
    """The settings. Raises `InputError` when the configuration has no section for the aggregator."""
    aggregator = organisation.billing.aggregator if organisation.billing else None
    if aggregator is None:
        raise InputError('billing.aggregator: the configuration has no such section, so there is nothing to aggregate')
    files = aggregator.files or Aggregator.Files()
    windows = aggregator.windows or Aggregator.Windows()
    thresholds = aggregator.thresholds or Aggregator.Thresholds()
    attribution = aggregator.attribution or Aggregator.Attribution()
    hail = organisation.hail.gcp if organisation.hail else None
    return Settings(
        attribution=_attribution(attribution, datasets),
        pricing=Pricing(
            organisation.budget_currency,
            tuple(DatedRate(rate.from_currency, rate.month, rate.rate) for rate in aggregator.rates),
        ),
        windows=Windows(
            {
                'gcp': dt.timedelta(days=windows.gcp_arrival_days),
                'hail': dt.timedelta(hours=windows.hail_hours),
                'ica': dt.timedelta(days=windows.ica_days),
            },
            dt.timedelta(days=windows.weekly_days),
            dt.timedelta(days=windows.months_close_after_days),
        ),
        thresholds=Thresholds(thresholds.unnamed_jobs, thresholds.named_jobs),
        gcp_files=str(folder / files.gcp) if files.gcp else None,
        azure_folder=folder / files.azure if files.azure else None,
        focus_files=str(folder / files.focus) if files.focus else None,
        hail_url=hail.hail_batch_url if hail else None,
        ica=aggregator.ica,
        proportions=folder / attribution.proportions if attribution.proportions else None,
    )


def _attribution(given: Aggregator.Attribution, datasets: Sequence[CPGDatasetConfig]) -> Attribution:
    projects: dict[str, str] = {}
    for dataset in datasets:
        if dataset.gcp is not None:
            projects[dataset.gcp.project] = dataset.dataset
            projects[f'{dataset.gcp.project}-shared'] = dataset.dataset
    return Attribution(
        projects={**projects, **given.projects},
        payers={('hail', _CI): given.hail_topic, ('ica', TOPIC): TOPIC},
        shared=tuple(Shared(one.source, one.match, one.method, one.fallback_topic, one.from_) for one in given.shared),
        datasets=frozenset(dataset.dataset for dataset in datasets),
        hail_topic=given.hail_topic,
        default_topic=given.default_topic,
    )


def read_proportions(file: Path) -> list[dict[str, object]]:
    """The rows of a file of proportions. Raises `InputError` with the first line that is wrong."""
    rows: list[dict[str, object]] = []
    seen: set[tuple[object, object, object]] = set()
    try:
        with file.open(encoding='utf-8', newline='') as stream:
            reader = csv.DictReader(stream)
            if sorted(reader.fieldnames or ()) != sorted(_COLUMNS):
                raise InputError(f'{file}:1: the columns must be {", ".join(_COLUMNS)}')
            for row in reader:
                read = _proportion(row, f'{file}:{reader.line_num}')
                key = (read['method'], read['effective_from'], read['topic'])
                if key in seen:
                    raise InputError(f'{file}:{reader.line_num}: {key[0]} from {key[1]} names {key[2]} twice')
                seen.add(key)
                rows.append(read)
    except UnicodeDecodeError:
        raise InputError(f'{file}: this file is no UTF-8 text') from None
    except OSError as error:
        raise InputError(f'{file}: {(error.strerror or str(error)).lower()}') from None
    return rows


def _proportion(row: Mapping[str, str | None], place: str) -> dict[str, object]:
    try:
        day = dt.date.fromisoformat((row['effective_from'] or '').strip())
    except ValueError:
        raise InputError(f'{place}: effective_from must be a date like 2027-01-31') from None
    weight = (row['weight'] or '').strip()
    if not weight.isascii() or not weight.isdigit() or int(weight) > LARGEST_TOTAL:
        raise InputError(f'{place}: weight must be a whole number from 0 to {LARGEST_TOTAL}')
    method, topic = (row['method'] or '').strip(), (row['topic'] or '').strip()
    if not method or not topic:
        raise InputError(f'{place}: method and topic must not be empty')
    return {
        'method': method,
        'effective_from': day,
        'topic': topic,
        'weight': int(weight),
        'version': (row['version'] or '').strip() or None,
    }

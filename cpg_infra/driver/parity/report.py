"""The parity report as data: for each dataset and intent, what it becomes on each cloud."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cpg_infra.abstraction import IMPLEMENTATIONS, Capability, Expression, Support
from cpg_infra.config import Cloud, CPGDatasetConfig, CPGInfrastructureConfig, Sources
from cpg_infra.config.diagnostics import Path, dataset_path
from cpg_infra.driver.expressible import COMPONENT_NEEDS, WISHES
from cpg_infra.driver.parity.needs import OF_KIND, OF_ROLE
from cpg_infra.driver.parity.paper import Note, OrganisationOnPaper, off_paper, on_paper
from cpg_infra.plan import Asset, AssetKind, Plan

CLOUDS: Final = (Cloud.GCP, Cloud.AZURE)
"""The clouds that are compared."""


@dataclass(frozen=True, slots=True)
class Row:
    """One intent of a dataset, or of the organisation (None).

    `of` names what needs it (buckets, accounts, groups …), each once, in code-point order; `origins` are the values
    of the configuration that asked for it, the first of each thing.
    """

    dataset: str | None
    capability: Capability
    of: tuple[str, ...]
    origins: tuple[Path, ...]
    on: Mapping[Cloud, Expression]

    @property
    def support(self) -> Support:
        """The worst that any cloud makes of it."""
        return max((expression.support for expression in self.on.values()), key=list(Support).index)


@dataclass(frozen=True, slots=True)
class Parity:
    """Every intent; `clouds` tells where each dataset is deployed (None: where the organisation is)."""

    rows: tuple[Row, ...]
    clouds: Mapping[str | None, tuple[Cloud, ...]]

    def of(self, dataset: str | None) -> tuple[Row, ...]:
        """The rows of one dataset, in the order of `Capability`."""
        return tuple(row for row in self.rows if row.dataset == dataset)


def parity(
    organisation: CPGInfrastructureConfig,
    datasets: Mapping[str, CPGDatasetConfig],
    *,
    date: dt.date,
    sources: Sources | None = None,
) -> Parity:
    """What each dataset asks for, and what each cloud makes of it, wherever the dataset is deployed.

    Raises `ConfigurationError` when the configuration as a whole is wrong.
    """
    paper = OrganisationOnPaper(
        organisation.model_copy(update={'plugins_enabled': ()}),
        {name: on_paper(config) for name, config in datasets.items()},
        date=date,
        sources=sources,
    )
    plan = paper.plan()
    found: dict[tuple[str | None, Capability], dict[str, Path]] = defaultdict(dict)
    for note in (*_of_plan(plan), *paper.notes, *_of_options(datasets.values())):
        name = _short(note.of, note.dataset)
        things = found[note.dataset, note.capability]
        origin = off_paper(note.origin, datasets)
        things[name] = min(things.get(name, origin), origin, key=str)
    order = list(Capability)
    rows = [
        Row(
            dataset,
            capability,
            tuple(sorted(things)),
            tuple(things[name] for name in sorted(things)),
            {cloud: IMPLEMENTATIONS[cloud].expression(capability, organisation) for cloud in CLOUDS},
        )
        for (dataset, capability), things in found.items()
    ]
    rows.sort(key=lambda row: (row.dataset or '', order.index(row.capability)))
    everywhere = tuple(cloud for cloud in Cloud if any(cloud in config.clouds for config in datasets.values()))
    return Parity(tuple(rows), {None: everywhere, **{name: config.clouds for name, config in datasets.items()}})


def _of_plan(plan: Plan) -> Iterator[Note]:
    """What the access model of a plan on paper says."""
    names = {asset.key: _bare(asset) for asset in plan.assets}
    for asset in plan.assets:
        if asset.managed and asset.kind in OF_KIND:
            yield Note(asset.owner.dataset or None, OF_KIND[asset.kind], names[asset.key], asset.origin)
    for group in plan.groups:
        yield Note(group.owner.dataset or None, Capability.GROUP, group.name, group.origin)
    for grant in plan.grants:
        yield Note(grant.owner.dataset or None, OF_ROLE[grant.role], names[grant.asset], grant.origin)
    for entitlement in plan.entitlements:
        name = names[entitlement.asset]
        yield Note(entitlement.owner.dataset or None, Capability.TEMPORARY_ACCESS, name, entitlement.origin)


def _of_options(configs: Iterable[CPGDatasetConfig]) -> Iterator[Note]:
    """What a dataset asks for that makes nothing of its own: components and options."""
    for config in configs:
        for cloud in config.clouds:
            for component in config.components_on(cloud):
                if component in COMPONENT_NEEDS:
                    path = dataset_path(config.dataset, 'components', cloud.value)
                    yield Note(config.dataset, COMPONENT_NEEDS[component], component.value, path)
            for wish in WISHES:
                if wish.alone and wish.is_set(config, cloud):
                    steps = wish.path(cloud)
                    yield Note(config.dataset, wish.capability, '.'.join(steps), dataset_path(config.dataset, *steps))
        for federation in config.azure.upload_federations if config.azure is not None else ():
            path = dataset_path(config.dataset, 'azure', 'upload_federations', federation.name)
            yield Note(config.dataset, Capability.FEDERATION, federation.name, path)


def _bare(asset: Asset) -> str:
    """The name of a thing without the places that are on paper only."""
    if asset.kind in {AssetKind.BLOB, AssetKind.BUCKET}:
        return asset.name
    return asset.name.rpartition('/')[2].partition('@')[0]


def _short(name: str, dataset: str | None) -> str:
    """A name without the dataset's, which the row has already."""
    return name if dataset is None else name.rpartition(f'{dataset}-')[2] or name

"""The whole report: head, organisation, datasets, counts, remarks."""

from __future__ import annotations

from collections.abc import Iterator

from cpg_infra.cli.plan_text.access import Access
from cpg_infra.cli.plan_text.azure_storage import AzureStorageFacts
from cpg_infra.cli.plan_text.component import ComponentLines
from cpg_infra.cli.plan_text.index import Index, Section
from cpg_infra.cli.plan_text.lines import BLANK, Line, Look
from cpg_infra.cli.plan_text.summary import known_later, people_in, resources_by_kind
from cpg_infra.cli.planning import Planned
from cpg_infra.cli.remarks import amount, amounts, count_remarks, lines_of, opened
from cpg_infra.cli.selection import Selection, select
from cpg_infra.config import CPGDatasetConfig, Diagnostic
from cpg_infra.config.diagnostics import Path
from cpg_infra.plan import Resource
from cpg_infra.plan.values import is_known

SHOWN_OF_HASH = 12
"""Digits of the plan's hash that are shown with `verbose`; a tenth of a large plan's time goes into it."""


def plan_lines(planned: Planned, selection: Selection, folder: str, *, verbose: bool = False) -> list[Line]:
    """The report on what is selected of a plan. With `verbose` each resource is listed too, nothing is folded."""
    return list(_Page(planned, selection, folder, verbose=verbose).lines())


class _Page:
    def __init__(self, planned: Planned, selection: Selection, folder: str, *, verbose: bool) -> None:
        self._planned = planned
        self._selection = selection
        self._folder = folder
        self._verbose = verbose
        self._shown = select(planned.plan, selection)
        self._index = Index(self._shown, selection)
        self._storage = AzureStorageFacts(self._shown)
        self._remarks = [remark for remark in planned.remarks if selection.about(remark)]

    def lines(self) -> Iterator[Line]:
        yield from self._head()
        for dataset in self._index.datasets:
            yield BLANK
            yield from self._dataset(dataset)
        yield from self._tail()

    # Head and tail ----------------------------------------------------------------------------------------

    def _head(self) -> Iterator[Line]:
        planned, shown = self._planned, self._shown
        datasets = planned.loaded.datasets
        clouds = sorted({cloud.value for dataset in datasets.values() for cloud in dataset.clouds})
        yield Line(
            Look.TITLE,
            0,
            planned.loaded.organisation.domain,
            f'{amount(len(datasets), "dataset")} on {" and ".join(clouds) or "no cloud"}, '
            f'as of {planned.date}' + (f', plan {planned.plan.hash[:SHOWN_OF_HASH]}' if self._verbose else ''),
        )
        if not self._selection.is_all:
            only = sorted(self._selection.datasets or ())
            on = f' on {self._selection.cloud.value}' if self._selection.cloud else ''
            yield Line(Look.TITLE, 0, '', f'showing only {", ".join(only) if only else "what is"}{on}')
        yield Line(
            Look.TITLE,
            0,
            '',
            amounts(
                (len(shown.resources), 'resource'),
                (len(shown.groups), 'group'),
                (people_in(shown), 'person'),
                (len(shown.grants), 'grant'),
            )
            + (f', {count_remarks(self._remarks).removeprefix("no faults, ")} (at the end)' if self._remarks else ''),
        )

    def _tail(self) -> Iterator[Line]:
        shown = self._shown
        yield BLANK
        yield Line(
            Look.DATASET, 0, 'counts', amounts((len(shown.memberships), 'membership'), (len(shown.grants), 'grant'))
        )
        yield from resources_by_kind(shown)
        later = list(known_later(shown, self._planned.plan))
        if later:
            yield BLANK
            yield Line(Look.DATASET, 0, 'known only after deployment')
            yield from later
        if shown.outputs:
            yield BLANK
            yield Line(Look.DATASET, 0, 'stack outputs')
            yield from (Line(Look.FACT, 1, name, str(value)) for name, value in shown.outputs.items())
        if self._remarks:
            yield BLANK
            yield Line(Look.DATASET, 0, 'remarks')
            yield from (self._remark(remark) for remark in self._remarks)

    def _remark(self, remark: Diagnostic) -> Line:
        return Line(Look.WARNING, 1, lines_of([remark], self._folder).rstrip('\n'))

    # Datasets ---------------------------------------------------------------------------------------------

    def _dataset(self, name: str) -> Iterator[Line]:
        config = self._planned.loaded.datasets.get(name)
        yield Line(Look.DATASET, 0, name or 'organisation', ', '.join(_about(config)) if config else '')
        access = Access(self._index, name, self._place, everybody=self._verbose)
        component_lines = ComponentLines(self._index, name, access, self._storage)
        sections = self._index.components_of(name)
        several = len({cloud for _, cloud in sections if cloud is not None}) > 1
        for (component, cloud), section in sections.items():
            lines = list(component_lines.of(section, 2))
            if self._verbose:
                lines += _resources(section)
            if lines:
                yield Line(Look.COMPONENT, 1, component, f'on {cloud}' if several and cloud else '')
                yield from lines

    def _place(self, path: Path) -> str:
        place = opened(self._planned.loaded.sources.locate(path), self._folder)
        return str(place) if place else ''


def _about(config: CPGDatasetConfig) -> Iterator[str]:
    """A dataset in a few words."""
    for cloud in config.clouds:
        yield f'gcp project {config.gcp.project}' if cloud.value == 'gcp' and config.gcp else f'on {cloud.value}'
    yield 'test namespace' if config.setup_test else 'no test namespace'
    if config.is_internal_dataset:
        yield 'internal'
    if config.depends_on:
        yield f'uses {" and ".join(config.depends_on)}'
    if config.depends_on_readonly:
        yield f'reads {" and ".join(config.depends_on_readonly)}'


def _resources(section: Section) -> Iterator[Line]:
    for resource in section.resources:
        yield Line(Look.RESOURCE, 2, resource.type, f'{resource.name}  {resource.physical}{_later(resource)}')


def _later(resource: Resource) -> str:
    unknown = [key for key, value in resource.inputs.items() if not is_known(value)]
    return f'  (after deployment: {", ".join(unknown)})' if unknown else ''

"""Collisions: two things of the configuration that would become one thing in a cloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import Path, dataset_path, organisation_path
from cpg_infra.config.group_names import DATASET_GROUP_SUFFIXES, METAMIST_GROUP_SUFFIXES, ORGANISATION_GROUPS
from cpg_infra.config.names import Cloud, CPGDatasetComponents
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Position and name of every item that an earlier one equals."""
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name in seen:
            yield position, name
        seen.add(name)


def datasets_share_no_names(whole: Whole) -> Findings:
    """Two datasets make neither one group nor one metamist project: `foo` and `foo-test` would."""
    shared: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for what, names in (('group', _dataset_groups), ('metamist project', _metamist_projects)):
        owner: dict[str, str] = {}
        for dataset in whole.datasets.values():
            for name in names(dataset):
                other = owner.setdefault(name, dataset.dataset)
                if other != dataset.dataset:
                    shared[other, dataset.dataset].append(f"the {what} '{name}'")
    for (first, second), things in shared.items():
        yield whole.finding(
            'name-collision',
            dataset_path(second),
            f"the datasets '{first}' and '{second}' would both make {_listed(things)}",
            key=True,
        )


def _dataset_groups(dataset: CPGDatasetConfig) -> Iterator[str]:
    suffixes = DATASET_GROUP_SUFFIXES if _has_metamist(dataset) else _WITHOUT_METAMIST
    return (f'{dataset.dataset}-{suffix}' for suffix in suffixes)


def _has_metamist(dataset: CPGDatasetConfig) -> bool:
    return any(CPGDatasetComponents.METAMIST in dataset.components_on(cloud) for cloud in dataset.clouds)


_WITHOUT_METAMIST = tuple(suffix for suffix in DATASET_GROUP_SUFFIXES if suffix not in METAMIST_GROUP_SUFFIXES)


def _metamist_projects(dataset: CPGDatasetConfig) -> Iterator[str]:
    if dataset.enable_metamist_project:
        yield dataset.dataset
        if dataset.setup_test:
            yield f'{dataset.dataset}-test'


def _listed(things: list[str]) -> str:
    return things[0] if len(things) == 1 else f'{", ".join(things[:-1])} and {things[-1]}'


def other_groups_are_no_dataset_groups(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Ad-hoc groups and the organisation's own groups have names that no other group has."""
    taken = dict.fromkeys(ORGANISATION_GROUPS, 'the organisation')
    for dataset in whole.datasets.values():
        for name in _dataset_groups(dataset):
            if name in ORGANISATION_GROUPS:
                yield whole.finding(
                    'name-collision',
                    dataset_path(dataset.dataset),
                    f"the dataset and the organisation would both make the group '{name}'",
                    key=True,
                )
            taken.setdefault(name, f"the dataset '{dataset.dataset}'")
    for position, group in enumerate(organisation.adhoc_groups or ()):
        owner = taken.setdefault(group.name.lower(), 'another ad-hoc group')
        path = organisation_path('adhoc_groups', group.name)
        if owner != 'another ad-hoc group':
            yield whole.finding('name-collision', path, f'{owner} has a group of this name', at=(*path, 'name'))
        elif any(other.name.lower() == group.name.lower() for other in (organisation.adhoc_groups or ())[:position]):
            yield whole.finding(
                'name-collision',
                path,
                'an earlier ad-hoc group has this name',
                at=organisation_path('adhoc_groups', position, 'name'),
            )


def projects_are_not_shared(whole: Whole) -> Findings:
    """Each dataset has a project of its own, and `<project>-shared` is nobody else's."""
    owner: dict[str, tuple[str, str]] = {}
    for dataset in whole.on(Cloud.GCP):
        if dataset.gcp is None:
            continue
        path = dataset_path(dataset.dataset, 'gcp', 'project')
        made = [(dataset.gcp.project, 'project')]
        if dataset.enable_shared_project:
            made.append((f'{dataset.gcp.project}-shared', 'shared project'))
        for project, what in made:
            other, others = owner.setdefault(project, (dataset.dataset, what))
            if other != dataset.dataset:
                yield whole.finding(
                    'project-collision',
                    path,
                    f"the {what} '{project}' is also the {others} of dataset '{other}'",
                )


def azure_names_stay_apart(whole: Whole) -> Findings:
    """Azure drops hyphens from the names of storage accounts, so `a-b` and `ab` would be one."""
    first: dict[str, str] = {}
    for dataset in whole.on(Cloud.AZURE):
        folded = ''.join(character for character in dataset.dataset.lower() if character.isalnum())
        other = first.setdefault(folded, dataset.dataset)
        if other != dataset.dataset:
            yield whole.finding(
                'azure-name-collision',
                dataset_path(dataset.dataset),
                f"on azure, where hyphens are dropped, the name is the same as that of dataset '{other}'",
                key=True,
            )


def hail_names_stay_apart(whole: Whole) -> Findings:
    """Two datasets do not have the same Hail Batch users."""
    first: dict[tuple[Cloud, str], str] = {}
    told: set[str] = set()
    for dataset in sorted(whole.datasets.values(), key=_overrides_last):
        for cloud in (Cloud.GCP, Cloud.AZURE):
            if cloud not in dataset.clouds or CPGDatasetComponents.HAIL_ACCOUNTS not in dataset.components_on(cloud):
                continue
            other = first.setdefault((cloud, _hail_name(dataset)), dataset.dataset)
            if other == dataset.dataset or dataset.dataset in told:
                continue
            told.add(dataset.dataset)
            yield whole.finding(
                'hail-name-collision',
                dataset_path(dataset.dataset, 'gcp', 'hail_service_account_dataset_name_override'),
                f"the Hail Batch users '{_hail_name(dataset)}-…' are also those of dataset '{other}'",
            )


def _hail_name(dataset: CPGDatasetConfig) -> str:
    override = dataset.gcp.hail_service_account_dataset_name_override if dataset.gcp is not None else None
    return override or dataset.dataset


def _overrides_last(dataset: CPGDatasetConfig) -> bool:
    return _hail_name(dataset) != dataset.dataset


def upload_buckets_stay_apart(whole: Whole) -> Findings:
    """The upload buckets of a dataset have different names, `main-upload-db-<id>` of its dropboxes included."""
    for dataset in whole.datasets.values():
        if dataset.upload_config is None:
            continue
        base = dataset_path(dataset.dataset, 'upload_config', 'additional_buckets')
        buckets = [bucket.name for bucket in dataset.upload_config.additional_buckets]
        for position, name in _repeated(buckets):
            yield whole.finding(
                'duplicate-bucket',
                base,
                f"two additional buckets are called '{name}'",
                at=(*base, position, 'name'),
            )
        dropboxes = {f'db-{dropbox.id}': dropbox.id for dropbox in dataset.upload_config.dropboxes}
        for name in dict.fromkeys(buckets):
            if name in dropboxes:
                yield whole.finding(
                    'duplicate-bucket',
                    (*base, name),
                    f"'main-upload-{name}' is also the bucket of dropbox '{dropboxes[name]}'",
                    at=(*base, name, 'name'),
                )


def dropbox_ids_are_unique(whole: Whole) -> Findings:
    """A dropbox id is used once in the organisation: the service knows dropboxes by it."""
    first: dict[str, str] = {}
    for dataset in whole.datasets.values():
        for position, dropbox in enumerate(dataset.upload_config.dropboxes if dataset.upload_config else ()):
            path: Path = dataset_path(dataset.dataset, 'upload_config', 'dropboxes')
            if dropbox.id in first:
                yield whole.finding(
                    'duplicate-dropbox',
                    path,
                    f"the dropbox id '{dropbox.id}' is already used by dataset '{first[dropbox.id]}'",
                    at=(*path, position, 'id'),
                )
            first.setdefault(dropbox.id, dataset.dataset)


RULES = (
    datasets_share_no_names,
    projects_are_not_shared,
    azure_names_stay_apart,
    hail_names_stay_apart,
    upload_buckets_stay_apart,
    dropbox_ids_are_unique,
)
RULES_WITH_ORGANISATION = (other_groups_are_no_dataset_groups,)

"""Semantics: combinations of options that a model alone accepts, and that make no sense together."""

from __future__ import annotations

import re
from string import Formatter

from cpg_infra.config.diagnostics import Path, Severity, dataset_path, organisation_path
from cpg_infra.config.names import Cloud, CPGDatasetComponents, PeopleGroup
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole

RESERVED_DATASET_NAMES = frozenset({'default'})
"""`[storage.default]` of the published configuration is a table of its own."""

LONGEST_INTERVAL = 24
"""Hours; the aggregator looks back one day, so a longer interval would lose costs."""

_AZURE_DESTINATION = re.compile(r'https://[a-z0-9]{3,24}\.blob\.core\.windows\.net/[a-z0-9-]{3,63}(/|$)')

_PLACEHOLDERS = frozenset({'namespace', 'dataset'})


def names_are_not_reserved(whole: Whole) -> Findings:
    """A dataset may not be called `default`."""
    for name in RESERVED_DATASET_NAMES & whole.datasets.keys():
        yield whole.finding('reserved-name', dataset_path(name), f"a dataset may not be called '{name}'", key=True)


def shared_projects_have_release_and_budget(whole: Whole) -> Findings:
    """A shared project pays for readers of the release bucket, out of a fixed budget."""
    for dataset in whole.datasets.values():
        if not dataset.enable_shared_project:
            continue
        path = dataset_path(dataset.dataset, 'enable_shared_project')
        if not dataset.enable_release and not whole.is_broken('dataset', dataset.dataset, 'enable_release'):
            yield whole.finding('shared-project', path, 'a shared project needs enable_release: true', key=True)
        for cloud in dataset.clouds:
            budget = dataset.budgets.get(cloud.value)
            if cloud is Cloud.DRY_RUN or budget is None or budget.shared_total_budget is not None:
                continue
            inner = ('dataset', dataset.dataset, 'budgets', cloud.value, 'shared_total_budget')
            if not whole.is_broken(*inner):
                yield whole.finding('shared-project', path, f'a shared project needs {".".join(inner[2:])}', key=True)


def dropboxes_move_to_buckets(whole: Whole) -> Findings:
    """Finished files of a dropbox move to `default` or to an additional bucket of the dataset."""
    for dataset in whole.datasets.values():
        upload = dataset.upload_config
        if upload is None or whole.is_broken('dataset', dataset.dataset, 'upload_config', 'additional_buckets'):
            continue
        targets = {'default', *(bucket.name for bucket in upload.additional_buckets)}
        for position, dropbox in enumerate(upload.dropboxes):
            target = dropbox.move_to_bucket
            if target is not None and target not in targets:
                path: Path = dataset_path(dataset.dataset, 'upload_config', 'dropboxes', dropbox.id, 'move_to_bucket')
                yield whole.finding(
                    'unknown-bucket',
                    path,
                    f"no upload bucket '{target}'",
                    at=dataset_path(dataset.dataset, 'upload_config', 'dropboxes', position, 'move_to_bucket'),
                    suggestion=whole.near(target, targets) or f'use one of {", ".join(sorted(targets))}',
                )


def temporary_access_can_be_granted(whole: Whole) -> Findings:
    """Temporary access is to the main bucket, so the dataset must have its storage; asking needs notebooks."""
    for dataset in whole.datasets.values():
        name = dataset.dataset
        asks = dataset.allow_notebook_tmp_main_read
        listed = bool(dataset.members.get(PeopleGroup.TMP_MAIN_READ_ACCESS))
        path = (
            dataset_path(name, 'allow_notebook_tmp_main_read')
            if asks
            else dataset_path(name, 'members', PeopleGroup.TMP_MAIN_READ_ACCESS.value)
        )
        if not asks and not listed:
            continue
        for cloud in dataset.clouds:
            components = dataset.components_on(cloud)
            if CPGDatasetComponents.STORAGE not in components:
                yield whole.finding(
                    'temporary-access',
                    path,
                    f"temporary access cannot be granted on {cloud}: without the component 'storage' "
                    'there is no main bucket',
                    key=True,
                )
            elif asks and CPGDatasetComponents.NOTEBOOKS not in components and cloud is not Cloud.AZURE:
                yield whole.finding(
                    'temporary-access',
                    path,
                    f"the dataset has no component 'notebooks' on {cloud}, so no notebook can ask",
                    key=True,
                    severity=Severity.WARNING,
                )


def temporary_access_has_a_licence(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """On Azure only a tenant with a premium licence knows temporary access. People are not dropped in silence."""
    azure = organisation.azure
    if azure is None or azure.premium_tenant:
        return
    for dataset in whole.on(Cloud.AZURE):
        if dataset.members.get(PeopleGroup.TMP_MAIN_READ_ACCESS):
            yield whole.finding(
                'temporary-access',
                dataset_path(dataset.dataset, 'members', PeopleGroup.TMP_MAIN_READ_ACCESS.value),
                'temporary access cannot be granted on azure: the tenant has no premium licence',
                key=True,
                suggestion='azure.premium_tenant: true, once it has Entra ID P2 or ID Governance',
            )


def temporary_access_has_approvers(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """An approval workflow without approvers could never be passed."""
    approval = organisation.temporary_access
    if approval is not None and not approval.approver_groups:
        path = organisation_path('temporary_access', 'approver_groups')
        if not whole.is_broken(*path):
            yield whole.finding(
                'temporary-access',
                path,
                'nobody could approve: there is no approver group',
                key=True,
                suggestion='without the section a written justification is enough',
            )


def aggregator_runs_daily(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The billing aggregator runs every 1 to 24 hours."""
    aggregator = organisation.billing.aggregator if organisation.billing is not None else None
    if aggregator is not None and not 1 <= aggregator.interval_hours <= LONGEST_INTERVAL:
        yield whole.finding(
            'interval',
            organisation_path('billing', 'aggregator', 'interval_hours'),
            f'must be from 1 to {LONGEST_INTERVAL} hours, not {aggregator.interval_hours}',
        )


def configuration_has_a_bucket(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The configuration of running jobs is written to a bucket: on Google Cloud as soon as a dataset is there."""
    path = organisation_path('config_destination')
    destination = organisation.config_destination
    if whole.is_broken(*path):
        return
    if not any(whole.on(Cloud.GCP)):
        if any(whole.on(Cloud.AZURE)) and not _AZURE_DESTINATION.match(destination):
            yield whole.finding(
                'config-destination',
                path,
                'must be https://<account>.blob.core.windows.net/<container>, perhaps with a prefix, while datasets '
                f"are deployed on azure only, not '{destination}'",
            )
        return
    if not destination.startswith('gs://') or not destination.removeprefix('gs://').split('/')[0]:
        yield whole.finding(
            'config-destination',
            path,
            f"must be gs://bucket or gs://bucket/prefix while a dataset is deployed on gcp, not '{destination}'",
        )


def web_addresses_can_be_made(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The template of web addresses has no other placeholders than those that are filled in."""
    template = organisation.web_service.web_url_template if organisation.web_service is not None else None
    if template is None:
        return
    path = organisation_path('web_service', 'web_url_template')
    try:
        names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError as error:
        yield whole.finding('placeholder', path, f'not a template: {str(error).lower()}')
        return
    for name in dict.fromkeys(names):
        if name not in _PLACEHOLDERS:
            yield whole.finding(
                'placeholder',
                path,
                f"the placeholder '{{{name}}}' is unknown; there are {{dataset}} and {{namespace}}",
                suggestion=whole.near(name, _PLACEHOLDERS),
            )


RULES = (
    names_are_not_reserved,
    shared_projects_have_release_and_budget,
    dropboxes_move_to_buckets,
    temporary_access_can_be_granted,
)
RULES_WITH_ORGANISATION = (
    temporary_access_has_a_licence,
    temporary_access_has_approvers,
    aggregator_runs_daily,
    configuration_has_a_bucket,
    web_addresses_can_be_made,
)

"""Sections: what is deployed has the parts of the configuration that it needs."""

from __future__ import annotations

import re
from collections import defaultdict

from cpg_infra.config.components import missing_section
from cpg_infra.config.diagnostics import Severity, dataset_path, organisation_path
from cpg_infra.config.names import Cloud, CPGDatasetComponents
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules.whole import Findings, Whole

_GUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')

_NAMED_AT_MOST = 3


def datasets_have_their_project(whole: Whole) -> Findings:
    """A dataset on Google Cloud names its project. On Azure it needs no section: every option has a default."""
    for dataset in whole.on(Cloud.GCP):
        if dataset.gcp is None and not whole.is_broken('dataset', dataset.dataset, 'gcp'):
            yield whole.finding(
                'missing-section',
                dataset_path(dataset.dataset),
                "the section 'gcp' is missing, and the dataset is deployed there",
                key=True,
                suggestion='add gcp.project, or leave gcp out of deploy_locations',
            )


def deployed_clouds_have_budgets(whole: Whole) -> Findings:
    """A dataset has a budget on each cloud it is deployed to; the dry run costs nothing."""
    for dataset in whole.datasets.values():
        if whole.is_broken('dataset', dataset.dataset, 'budgets'):
            continue
        for cloud in dataset.clouds:
            if cloud is not Cloud.DRY_RUN and cloud.value not in dataset.budgets:
                path = dataset_path(dataset.dataset, 'budgets')
                yield whole.finding(
                    'missing-budget',
                    path,
                    f'no budget for {cloud}, where the dataset is deployed',
                    key=True,
                    suggestion=f'add {cloud}.monthly_budget, here or in {dataset.dataset}/budgets.yaml',
                )


def components_are_deployed_somewhere(whole: Whole) -> Findings:
    """Components named for a cloud the dataset is not deployed to have no effect."""
    for dataset in whole.datasets.values():
        for cloud in dataset.components:
            if cloud not in dataset.deploy_locations:
                yield whole.finding(
                    'components-unused',
                    dataset_path(dataset.dataset, 'components', cloud),
                    f'the dataset is not deployed to {cloud}, so these components are not made',
                    key=True,
                    severity=Severity.WARNING,
                )


def switches_have_their_components(whole: Whole) -> Findings:
    """What a switch asks for is made by a component; without it the switch does little or nothing."""
    for dataset in whole.datasets.values():
        clouds = [cloud for cloud in dataset.clouds if cloud is not Cloud.DRY_RUN]
        if not clouds or whole.is_broken('dataset', dataset.dataset, 'components'):
            continue
        if Cloud.GCP not in clouds and not dataset.components:
            continue  # What Azure has by default is no choice of the dataset.
        components = frozenset[CPGDatasetComponents]().union(*map(dataset.components_on, clouds))
        if dataset.create_container_registry and CPGDatasetComponents.CONTAINER_REGISTRY not in components:
            yield whole.finding(
                'switch-without-component',
                dataset_path(dataset.dataset, 'create_container_registry'),
                "has no effect without the component 'container-registry'",
                key=True,
                severity=Severity.WARNING,
            )
        has_service = whole.organisation is not None and whole.organisation.metamist is not None
        if dataset.enable_metamist_project and has_service and CPGDatasetComponents.METAMIST not in components:
            yield whole.finding(
                'switch-without-component',
                dataset_path(dataset.dataset, 'enable_metamist_project'),
                "the metamist project is made, but nobody is put in it without the component 'metamist'",
                at=dataset_path(dataset.dataset, 'components', clouds[0].value),
                key=True,
                severity=Severity.WARNING,
                suggestion='add the component, or enable_metamist_project: false',
            )


def organisation_has_its_clouds(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The organisation has a section for each cloud that a dataset is deployed to."""
    for cloud, section in ((Cloud.GCP, organisation.gcp), (Cloud.AZURE, organisation.azure)):
        names = [dataset.dataset for dataset in whole.on(cloud)]
        if names and section is None and not whole.is_broken('organisation', cloud.value):
            yield whole.finding(
                'missing-section',
                organisation_path(),
                f"the section '{cloud}' is missing, and {_some(names)} deployed there",
            )


def azure_is_named_by_ids(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Subscription and tenant are ids, which become part of the place of everything; budgets start with a month."""
    azure = organisation.azure
    if azure is None or not any(whole.on(Cloud.AZURE)):
        return
    for key in ('subscription', 'tenant'):
        value: str = getattr(azure, key)
        if not _GUID.fullmatch(value.lower()):
            yield whole.finding(
                'azure-id',
                organisation_path('azure', key),
                f"'{value}' is not an id, which looks like 00000000-0000-0000-0000-000000000000",
                severity=Severity.WARNING,
            )
    if azure.budget_start is not None and azure.budget_start.day != 1:
        first = azure.budget_start.replace(day=1)
        yield whole.finding(
            'budget-start',
            organisation_path('azure', 'budget_start'),
            f'budgets start on the first of a month, not on {azure.budget_start}',
            suggestion=f'{first}',
        )


def strict_append_refuses_stages(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Who chose that nothing is overwritten should know which uploads fail for it."""
    if organisation.azure is not None and organisation.azure.strict_append and any(whole.on(Cloud.AZURE)):
        yield whole.finding(
            'strict-append',
            organisation_path('azure', 'strict_append'),
            'uploads in stages are refused on azure, also of new files: every one of Hail Batch, so that the level '
            'standard cannot write through it, and large ones of other programs',
            severity=Severity.WARNING,
        )


def gcp_has_a_billing_account(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """Nothing deploys on Google Cloud without a billing account to pay for its projects."""
    names = [dataset.dataset for dataset in whole.on(Cloud.GCP)]
    billing = organisation.billing
    if not names or whole.is_broken('organisation', 'billing', 'gcp'):
        return
    if billing is None or billing.gcp is None or not billing.gcp.account_id:
        yield whole.finding(
            'missing-billing-account',
            organisation_path('billing', 'gcp', 'account_id') if billing is not None else organisation_path(),
            f'billing.gcp.account_id is missing, without which nothing deploys on gcp, and {_some(names)} deployed there',
        )


def git_credentials_name_their_project(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """The project of the git-credentials secret is required together with the secret's name."""
    hail = organisation.hail.gcp if organisation.hail is not None else None
    if hail is None or not hail.git_credentials_secret_name or hail.git_credentials_secret_project:
        return
    if not whole.is_broken('organisation', 'hail', 'gcp', 'git_credentials_secret_project'):
        path = organisation_path('hail', 'gcp')
        yield whole.finding(
            'missing-key',
            path,
            "the key 'git_credentials_secret_project' is missing, which the secret's name requires",
            at=(*path, 'git_credentials_secret_name'),
            key=True,
        )


def components_have_their_sections(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A component whose section is missing is an error where a dataset names it, else it is not deployed."""
    lacking: defaultdict[tuple[str, Cloud, str], list[str]] = defaultdict(list)
    missing = {
        (cloud, component): section
        for cloud in Cloud
        for component in CPGDatasetComponents
        if (section := missing_section(organisation, component, cloud)) is not None
        and not whole.is_broken('organisation', *section.split('.'))
    }
    for dataset in whole.datasets.values():
        for cloud in dataset.clouds:
            named = cloud.value in dataset.components
            for component in dataset.components_on(cloud):
                section = missing.get((cloud, component))
                if section is None:
                    continue
                if not named:
                    lacking[component.value, cloud, section].append(dataset.dataset)
                    continue
                path = dataset_path(dataset.dataset, 'components', cloud.value)
                yield whole.finding(
                    'missing-section',
                    path,
                    f"'{component.value}' needs the section '{section}' of the organisation, which is missing",
                    at=(*path, component.value),
                )
    for (component_name, cloud, section), names in lacking.items():
        yield whole.finding(
            'component-not-deployed',
            organisation_path(),
            f"'{component_name}' is not deployed on {cloud}: there is no section '{section}' "
            f'({_count(names)} would have it by default)',
            severity=Severity.INFO,
        )


def dropboxes_have_their_service(whole: Whole, organisation: CPGInfrastructureConfig) -> Findings:
    """A dropbox is a place in the dropbox service of a cloud, so one of the dataset's clouds must have one."""
    if whole.is_broken('organisation', 'data_dropbox'):
        return
    service = organisation.data_dropbox
    served = {
        Cloud.GCP: service is not None and service.gcp is not None,
        Cloud.AZURE: service is not None and service.azure is not None,
    }
    for dataset in whole.datasets.values():
        clouds = [cloud for cloud in dataset.clouds if cloud is not Cloud.DRY_RUN]
        if not clouds or dataset.upload_config is None or not dataset.upload_config.dropboxes:
            continue
        path = dataset_path(dataset.dataset, 'upload_config', 'dropboxes')
        if not any(served[cloud] for cloud in clouds):
            section = 'data_dropbox' if service is None else f'data_dropbox.{clouds[0]}'
            message = f"dropboxes need the section '{section}' of the organisation, which is missing"
            yield whole.finding('missing-section', path, message, key=True)
            continue
        for cloud in clouds:
            if not served[cloud]:
                message = f"there is no section 'data_dropbox.{cloud}': nobody fills the dropbox buckets on {cloud}"
                yield whole.finding('dropbox-elsewhere', path, message, key=True, severity=Severity.WARNING)


def _some(names: list[str]) -> str:
    shown = ', '.join(f"'{name}'" for name in names[:_NAMED_AT_MOST])
    more = len(names) - _NAMED_AT_MOST
    return f'{shown}{f" and {more} more" if more > 0 else ""} {"is" if len(names) == 1 else "are"}'


def _count(names: list[str]) -> str:
    return '1 dataset' if len(names) == 1 else f'{len(names):,} datasets'


RULES = (
    datasets_have_their_project,
    deployed_clouds_have_budgets,
    components_are_deployed_somewhere,
    switches_have_their_components,
)
RULES_WITH_ORGANISATION = (
    organisation_has_its_clouds,
    azure_is_named_by_ids,
    strict_append_refuses_stages,
    gcp_has_a_billing_account,
    git_credentials_name_their_project,
    components_have_their_sections,
    dropboxes_have_their_service,
)

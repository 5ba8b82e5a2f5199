"""`OrganisationCloud`: what the organisation has on one cloud, beyond any dataset.

Its groups exist so that nothing shared gathers one principal per dataset: a policy holds 250 groups, a group
any number of members. All are made under the common dataset.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cpg_infra.abstraction import Bucket, By, Capability, CloudInfrastructure, MachineAccount
from cpg_infra.abstraction.specification import BucketProfile, CloudService
from cpg_infra.config import Cloud, CPGDatasetComponents, CPGInfrastructureConfig, Severity
from cpg_infra.driver.groups import PlaceholderGroup
from cpg_infra.driver.sections import dropbox_server_on, hail_on, web_server_on
from cpg_infra.plan import BucketRole, PlanError, SecretRole, ServiceRole

if TYPE_CHECKING:
    from cpg_infra.driver.dataset_cloud import DatasetCloud
    from cpg_infra.driver.infrastructure import Infrastructure


class OrganisationCloud:
    """The organisation on one cloud."""

    def __init__(self, root: Infrastructure, cloud: Cloud) -> None:
        self.root = root
        self.cloud = cloud
        self.config = root.config

    @cached_property
    def infrastructure(self) -> CloudInfrastructure:
        """The cloud as the common dataset sees it. On a dry run the common dataset need not be there itself."""
        common = self.root.common.on.get(self.cloud)
        if common is not None:
            return common.infrastructure
        return self.root.implementations[self.cloud](
            self.config,
            self.root.common.config,
            self.root.builder,
            self.root.states[self.cloud],
        )

    def by(self, component: str, *steps: str) -> By:
        """The organisation on this cloud as declarer, because of the value at `steps` of its configuration."""
        return self.root.by(component, *steps, cloud=self.cloud)

    # Groups -----------------------------------------------------------------------------------------------

    def _group(self, name: str, by: By, *, cached: bool = False, description: str | None = None) -> PlaceholderGroup:
        return self.root.groups.make(self.infrastructure, name, by, cached=cached, description=description)

    @cached_property
    def config_viewers(self) -> PlaceholderGroup:
        """Who reads the deployed configuration."""
        return self._group('analysis-runner-config-viewers-group', self.by('analysis-runner', 'analysis_runner'))

    @cached_property
    def analysis_runner_invokers(self) -> PlaceholderGroup:
        """Who submits analyses."""
        return self._group('analysis-runner-invokers', self.by('analysis-runner', 'analysis_runner'))

    @cached_property
    def metamist_invokers(self) -> PlaceholderGroup:
        """Who calls the metadata service."""
        return self._group('sample-metadata-invokers', self.by('metamist', 'metamist'))

    @cached_property
    def hail_wheels_viewers(self) -> PlaceholderGroup:
        """Who reads the Hail wheels."""
        return self._group('hail-wheels-viewers', self.by('hail', 'hail', 'gcp', 'wheel_bucket_name'))

    @cached_property
    def git_credentials_readers(self) -> PlaceholderGroup:
        """Whose jobs check out private repositories."""
        by = self.by('hail', 'hail', 'gcp', 'git_credentials_secret_name')
        return self._group('git-credentials-readers', by)

    @cached_property
    def internal_logs_access(self) -> PlaceholderGroup:
        """The developers who see the logs of internal datasets."""
        group = self._group('internal-logs-access', self.by('spark', 'users'), cached=True)
        for user, person in sorted(self.config.users.items()):
            if person.can_access_internal_dataset_logs:
                principal = self.infrastructure.person(person)
                if principal is not None:
                    by = self.by('spark', 'users', user, 'can_access_internal_dataset_logs')
                    group.add(principal, by, key=f'person-{user}')
        return group

    @cached_property
    def cromwell_access(self) -> PlaceholderGroup:
        """The group, made by hand, whose members may submit workflows."""
        if self.config.cromwell is None:
            raise PlanError('Cromwell is not configured')
        return self.root.groups.make(
            self.infrastructure,
            'cromwell-access',
            self.by('cromwell', 'cromwell', 'gcp', 'access_group_id'),
            identifier=self.config.cromwell.gcp.access_group_id,
        )

    # Things -----------------------------------------------------------------------------------------------

    @cached_property
    def dataset_of_project(self) -> Mapping[str, DatasetCloud]:
        """The datasets here by the names of their projects."""
        return {dataset.infrastructure.project_name: dataset for dataset in self.root.deployed_on(self.cloud)}

    @cached_property
    def members_cache(self) -> Bucket:
        """The bucket of the members caches."""
        by = self.by('members-cache', 'config_destination')
        return self.infrastructure.organisation_bucket('members-group-cache', BucketProfile(), by)

    @cached_property
    def broker(self) -> MachineAccount:
        """The account that asks for temporary access on behalf of notebooks."""
        return self.infrastructure.machine_account(
            'pam-broker',
            self.by('temporary-access', 'common_dataset'),
            logical=self.infrastructure.bare_name(f'{self.infrastructure.project.name}-pam-broker'),
            description='Service account used by GitHub Actions to request PAM grants',
            display_name='PAM Broker for GitHub Actions',
        )

    # Declaring --------------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Declare what the organisation has here, as far as some dataset or section asks for it."""
        self._declare_adhoc_groups()
        self._declare_members_cache()
        self._declare_hail()
        self._declare_invocation()
        self._declare_dropbox()

    def _with(self, component: CPGDatasetComponents) -> bool:
        return any(dataset.has(component) for dataset in self.root.deployed_on(self.cloud))

    def _declare_adhoc_groups(self) -> None:
        for adhoc in sorted(self.config.adhoc_groups or (), key=lambda group: group.name):
            by = self.by('groups', 'adhoc_groups', adhoc.name)
            group = self._group(adhoc.name, by, description=adhoc.description)
            for user in sorted(set(adhoc.members)):
                principal = self.infrastructure.person(self.config.users[user])
                if principal is not None:
                    group.add(principal, self.by('groups', 'adhoc_groups', adhoc.name, 'members'), key=f'person-{user}')

    def _declare_members_cache(self) -> None:
        readers: dict[str, tuple[str, ...]] = {}
        if (runner := self.config.analysis_runner) is not None:
            readers[runner.gcp.server_machine_account] = ('analysis_runner', 'gcp', 'server_machine_account')
        if (metamist := self.config.metamist) is not None:
            readers[metamist.gcp.machine_account] = ('metamist', 'gcp', 'machine_account')
            if metamist.gcp.legacy_machine_account is not None:
                readers[metamist.gcp.legacy_machine_account] = ('metamist', 'gcp', 'legacy_machine_account')
        if (web := web_server_on(self.config, self.cloud)) is not None:
            readers[web.address] = web.steps
        for address, steps in readers.items():
            by = self.by('members-cache', *steps)
            principal = self.infrastructure.find_account(address, by)
            if principal is not None:
                self.infrastructure.grant(principal, BucketRole.READ, self.members_cache, by)

    def _declare_hail(self) -> None:
        hail = hail_on(self.config, self.cloud)
        if not isinstance(hail, CPGInfrastructureConfig.Hail.GCP) or not self._with(CPGDatasetComponents.HAIL_ACCOUNTS):
            return
        infrastructure = self.infrastructure
        if hail.wheel_bucket_name is not None:
            by = self.by('hail', 'hail', 'gcp', 'wheel_bucket_name')
            bucket = infrastructure.existing_bucket(hail.wheel_bucket_name, by)
            infrastructure.grant(self.hail_wheels_viewers.principal, BucketRole.READ, bucket, by)
        if hail.git_credentials_secret_name is not None and hail.git_credentials_secret_project is not None:
            by = self.by('hail', 'hail', 'gcp', 'git_credentials_secret_name')
            name, project = hail.git_credentials_secret_name, hail.git_credentials_secret_project
            secret = infrastructure.existing_secret(name, project, by)
            infrastructure.grant(self.git_credentials_readers.principal, SecretRole.READ, secret, by)
        for dataset in self.root.deployed_on(self.cloud):
            if dataset.has(CPGDatasetComponents.HAIL_ACCOUNTS):
                by = dataset.hail.by_choice()
                levels = [dataset.groups[level.value] for level in dataset.levels]
                if hail.wheel_bucket_name is not None:
                    for group in (dataset.groups['analysis'], *levels):
                        self.hail_wheels_viewers.add(group, by)
                if hail.git_credentials_secret_name is not None:
                    for group in levels:
                        self.git_credentials_readers.add(group, by)

    def _declare_invocation(self) -> None:
        infrastructure = self.infrastructure
        runner, metamist = self.config.analysis_runner, self.config.metamist
        can_invoke = infrastructure.can(Capability.INVOKE_SERVICE)
        if can_invoke and runner is not None and self._with(CPGDatasetComponents.ANALYSIS_RUNNER):
            by = self.by('analysis-runner', 'analysis_runner', 'gcp', 'cloud_run_instance_name')
            service = infrastructure.existing_service(
                runner.gcp.cloud_run_instance_name,
                runner.gcp.project,
                infrastructure.organisation_region,
                by,
            )
            infrastructure.grant(self.analysis_runner_invokers.principal, ServiceRole.INVOKE, service, by)
        if self._with(CPGDatasetComponents.ANALYSIS_RUNNER):
            self._let_configuration_be_read()
        if can_invoke and metamist is not None and self._with(CPGDatasetComponents.METAMIST):
            by = self.by('metamist', 'metamist', 'gcp', 'service_name')
            service = infrastructure.existing_service(
                metamist.gcp.service_name,
                metamist.gcp.project,
                infrastructure.region,
                by,
            )
            infrastructure.grant(self.metamist_invokers.principal, ServiceRole.INVOKE, service, by)

    def _let_configuration_be_read(self) -> None:
        clouds = (self.cloud.value, Cloud.GCP.value, Cloud.AZURE.value)
        section = next((cloud for cloud in clouds if getattr(self.config, cloud, None) is not None), Cloud.GCP.value)
        by = self.by('analysis-runner', section, 'config_bucket_name')
        name = self.infrastructure.config_bucket_name
        if name is None:
            message = (
                f'nobody is let in to read the deployed configuration on {self.cloud}: it lies on another cloud, '
                f'or {section}.config_resource_group is missing'
            )
            self.root.diagnose('configuration-elsewhere', message, by)
            return
        bucket = self.infrastructure.existing_bucket(name, by)
        self.infrastructure.grant(self.config_viewers.principal, BucketRole.READ, bucket, by)

    @cached_property
    def destination(self) -> tuple[str, str] | None:
        """The bucket and the prefix that configuration is written to, None when they are on another cloud.

        The prefix is empty or ends in `/`.
        """
        located = self.infrastructure.located(self.config.config_destination)
        if located is None:
            return None
        bucket, path = located
        prefix = path.strip('/')
        return bucket, f'{prefix}/' if prefix else ''

    # The dropbox service ----------------------------------------------------------------------------------

    def _declare_dropbox(self) -> None:
        """The configuration of the dropbox service, a secret because it holds addresses of people."""
        service = dropbox_server_on(self.config, self.cloud)
        if service is None:
            return
        infrastructure, by = self.infrastructure, self.by('dropbox', 'data_dropbox')
        by_server = self.by('dropbox', *service.steps)
        server = infrastructure.find_account(service.address, by_server)
        if server is None:
            return
        infrastructure.require(CloudService.SECRETS)
        secret = infrastructure.secret('dropbox-server-config', 'dropbox-server-config', by, project=service.project)
        infrastructure.secret_version('data-dropbox-server-config-latest', secret, self.dropbox_configuration(), by)
        infrastructure.grant(server, SecretRole.READ, secret, by_server)

    def dropbox_configuration(self) -> str:
        """Every dropbox as JSON, datasets in the order of the configuration.

        The bytes are an interface: any others would make a new version of the secret.
        """
        dropboxes: list[dict[str, object]] = []
        for dataset_config in self.root.dataset_configs.values():
            dataset = self.root.datasets[dataset_config.dataset].on.get(self.cloud)
            if dataset is None or not dataset.has(CPGDatasetComponents.STORAGE):
                continue
            for dropbox in dataset.uploads.upload_config.dropboxes:
                uploaders = []
                for user in dropbox.uploaders:
                    account = self.config.users[user].clouds.get(self.cloud.value)
                    if account is None:
                        message = f'{user} has no account on {self.cloud}, and is left out of the dropbox'
                        by = dataset.uploads.by('upload_config', 'dropboxes', dropbox.id, 'uploaders', user)
                        self.root.diagnose('no-account', message, by, Severity.WARNING)
                    else:
                        uploaders.append(account.id)
                dropboxes.append({**dropbox.model_dump(), 'uploaders': uploaders, 'project': dataset.name})
        return json.dumps({'dropboxes': dropboxes})

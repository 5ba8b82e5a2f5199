"""A dataset's projects in the metadata service. The service knows no clouds: members come from all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from cpg_infra.abstraction import Capability, Support
from cpg_infra.config import Cloud, CPGDatasetComponents, Severity
from cpg_infra.driver.tables import METAMIST_GROUPS
from cpg_infra.plan import (
    Asset,
    AssetKind,
    Grant,
    MetamistRole,
    Options,
    Principal,
    PrincipalKind,
    Resource,
    Text,
    Value,
)

if TYPE_CHECKING:
    from cpg_infra.driver.dataset import DatasetInfrastructure
    from cpg_infra.driver.dataset_cloud import DatasetCloud
    from cpg_infra.driver.groups import PlaceholderGroup


class MetamistProjects:
    """The projects `<dataset>` and, with tests, `<dataset>-test`."""

    name = 'metamist'

    def __init__(self, dataset: DatasetInfrastructure) -> None:
        self.dataset = dataset

    @property
    def wanted(self) -> bool:
        """Whether the dataset has metamist projects: the flag decides, not the component."""
        service = self.dataset.root.config.metamist
        return self.dataset.config.enable_metamist_project and service is not None and bool(self.dataset.on)

    @property
    def namespaces(self) -> Iterator[tuple[str, str]]:
        """Each namespace that has a project, and the project's name."""
        yield 'main', self.dataset.name
        if self.dataset.config.setup_test:
            yield 'test', f'{self.dataset.name}-test'

    @cached_property
    def clouds(self) -> tuple[DatasetCloud, ...]:
        """Where its members come from: nobody of a dry run, unless the dataset is only on paper."""
        clouds = tuple(self.dataset.on.values())
        return tuple(cloud for cloud in clouds if not cloud.infrastructure.on_paper) or clouds

    @property
    def has_groups(self) -> bool:
        """Whether the metamist component is there, on any cloud."""
        return any(cloud.has(CPGDatasetComponents.METAMIST) for cloud in self.clouds)

    def finalise(self) -> None:
        """Make the projects, with the members that the six groups resolve to."""
        if not self.wanted:
            return
        for namespace, project in self.namespaces:
            self._make(namespace, project)
        first = self.clouds[0]
        if not self.has_groups and not self.dataset.config.components and not first.infrastructure.on_paper:
            # Where a dataset chose its components, validation says it there.
            root, cloud = self.dataset.root, first.cloud
            message = f'datasets with the default components on {cloud} have metamist projects that nobody is put in'
            root.diagnose('metamist-without-members', message, root.by(self.name, cloud.value), Severity.INFO)

    def _make(self, namespace: str, project: str) -> None:
        builder = self.dataset.root.builder
        first = self.clouds[0]
        # The service knows no clouds; a project on paper belongs to the paper.
        cloud = first.cloud if first.infrastructure.on_paper else None
        by = self.dataset.by(self.name, 'enable_metamist_project', cloud=cloud)
        asset = builder.asset(
            Asset(f'metamist-project:{project}', AssetKind.METAMIST_PROJECT, cloud, project, by.owner, by.origin),
        )
        # A project for tests belongs to the dataset too.
        inputs: dict[str, Value] = {'name': project, 'dataset': self.dataset.name}
        service = self.dataset.root.config.metamist
        if service is not None:
            inputs.update({key: text for key in ('url', 'audience') if (text := getattr(service.gcp, key)) is not None})
        intents = [asset.key]
        if self.has_groups:
            members: dict[str, Value] = {}
            for group, role in self._groups(namespace):
                key = f'{asset.key}|{role.value}|{group.principal.key}'
                intents.append(builder.grant(Grant(key, group.principal.key, role, asset.key, by.owner, by.origin)).key)
            for role in MetamistRole:
                members[role.value] = self._addresses(namespace, role)
            inputs['members'] = members
        builder.resource(
            Resource(
                f'metamist-project-{project}',
                first.infrastructure.service_type(AssetKind.METAMIST_PROJECT),
                project,
                inputs,
                by.owner,
                tuple(intents),
                options=Options(retain=True),
            ),
        )

    def _groups(self, namespace: str) -> Iterator[tuple[PlaceholderGroup, MetamistRole]]:
        """The groups that give a role in a namespace, on every cloud."""
        for cloud in self.clouds:
            if cloud.has(CPGDatasetComponents.METAMIST):
                for suffix, (of, role) in METAMIST_GROUPS.items():
                    if of == namespace:
                        yield cloud.metamist.groups[suffix], role

    def _addresses(self, namespace: str, role: MetamistRole) -> list[Value]:
        """Everybody who has a role, from every cloud, once: known addresses first."""
        found: dict[tuple[bool, str], Text] = {}
        for group, gives in self._groups(namespace):
            if gives is role:
                for principal in self.dataset.root.groups.resolve(group):
                    address = self._sign_in(group, principal)
                    if address is not None:
                        found[not isinstance(address, str), str(address)] = address
        return [found[key] for key in sorted(found)]

    def _sign_in(self, group: PlaceholderGroup, principal: Principal) -> Text | None:
        """What the service calls a principal; None when it cannot sign in.

        People sign in with one account, whatever clouds they are on: that of the first cloud they have one on.
        """
        infrastructure = group.infrastructure
        if infrastructure.capabilities[Capability.METADATA_SIGN_IN].support is Support.EXACT:
            return principal.address
        if principal.kind is PrincipalKind.MACHINE:
            return None
        if principal.user is None:
            return principal.address
        accounts = self.dataset.root.config.users[principal.user].clouds
        return next(accounts[cloud.value].id.lower() for cloud in Cloud if cloud.value in accounts)

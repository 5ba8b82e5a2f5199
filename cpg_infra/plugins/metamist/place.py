"""What every part of the loader needs: the project of metamist, its region, and the code of the functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cpg_infra.abstraction import By, MachineAccount
from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.driver.components.registry import PYTHON_REGISTRY
from cpg_infra.plan import Archive
from cpg_infra.plugins.google.function import Code
from cpg_infra.plugins.google.messages import Messages
from cpg_infra.plugins.google.place import PluginPlace
from cpg_infra.plugins.google.project import PluginProject
from cpg_infra.plugins.google.source import SourceBucket

COMPONENT: Final = 'metamist-etl'
APIS: Final = (
    'cloudresourcemanager',
    'iam',
    'artifactregistry',
    'bigquery',
    'cloudbuild',
    'cloudfunctions',
    'cloudscheduler',
    'monitoring',
    'pubsub',
    'run',
    'secretmanager',
)
_REQUIREMENTS: Final = 'requirements.txt'


@dataclass(frozen=True)
class Place(PluginPlace):
    """The project of metamist."""

    component = COMPONENT
    section = 'metamist'
    needed_apis = APIS

    metamist: CPGInfrastructureConfig.Metamist
    etl: CPGInfrastructureConfig.Metamist.ETLConfiguration

    @cached_property
    def project(self) -> PluginProject:
        """The project of metamist."""
        return PluginProject(self.organisation, self.metamist.gcp.project, 'metamist', self.by('gcp', 'project'))

    @cached_property
    def messages(self) -> Messages:
        """Makes topics and subscriptions."""
        return Messages(self.project)

    def account(self, identifier: str, logical: str, by: By) -> MachineAccount:
        """An account in the project of metamist."""
        return self.cloud.machine_account(identifier, by, project=self.project.handle, logical=logical)

    # Code -------------------------------------------------------------------------------------------------

    @cached_property
    def _bucket(self) -> SourceBucket:
        by = self.by('etl', 'source')
        return SourceBucket(self.project, 'metamist-source-bucket', 'metamist-source-bucket', self.region, by)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        """What lies in the folder `etl.source`; the rules see to it that it is there."""
        return self.infrastructure.sources.files(organisation_path('metamist', 'etl', 'source')) or {}

    def code(self, folder: str, logical: str, *, packages: tuple[str, ...] = ()) -> Code:
        """The code in a folder of `etl.source`, with more packages from the organisation's registry."""
        begin = f'{folder}/'
        files = {path.removeprefix(begin): each for path, each in self._files.items() if path.startswith(begin)}
        if packages:
            lines = [*files.get(_REQUIREMENTS, b'').decode().splitlines(), f'--extra-index-url {self._index}']
            files[_REQUIREMENTS] = '\n'.join([*lines, *packages, '']).encode()
        return self._bucket.put(logical, Archive(f'metamist-etl-{folder}', files), self.by('etl', 'source'))

    @property
    def _index(self) -> str:
        project = self.cloud.project_name
        return f'https://{self.region}-python.pkg.dev/{project}/{PYTHON_REGISTRY}/simple/'

"""The plugin `github_wif`: GitHub workflows act on our clouds without a key.

For each repository and environment there is an account that nothing but a job in that environment of that repository
can come in as. What is wrong about the file is said when it is read (`config.rules.federation`).
"""

from __future__ import annotations

from cpg_infra.config import Cloud, Severity
from cpg_infra.config.github import GithubFederation
from cpg_infra.config.rules.federation import broker_project
from cpg_infra.plugin import CpgInfrastructurePlugin
from cpg_infra.plugins.github_wif.azure import AzureIdentities
from cpg_infra.plugins.github_wif.environments import Environments
from cpg_infra.plugins.github_wif.google import GoogleAccounts
from cpg_infra.plugins.github_wif.pool import Pool

COMPONENT = 'github-federation'


class GithubWif(CpgInfrastructurePlugin):
    """Pools, accounts, and what GitHub must know of them."""

    def main(self) -> None:
        """Declare everything that `github_wif.yaml` asks for."""
        federation = self.config.github_wif
        if federation is None:
            self._say('there is no github_wif.yaml, so no workflow is let in', 'plugins_enabled')
            return
        environments = Environments(self.infrastructure, federation, COMPONENT)
        if federation.projects:
            self._google(federation, environments)
        if federation.azure is not None and self.config.azure is not None:
            AzureIdentities(self.infrastructure, self.config.azure, federation, COMPONENT, environments).declare()

    def _google(self, federation: GithubFederation, environments: Environments) -> None:
        organisation = self.infrastructure.on.get(Cloud.GCP)
        if organisation is None:
            self._say('no dataset is on gcp, so the projects are left out', 'github_wif', 'projects')
            return
        pools = {
            name: Pool(organisation, name, project, federation, COMPONENT)
            for name, project in federation.projects.items()
        }
        for name, pool in pools.items():
            pool.declare()
            GoogleAccounts(pool, environments).declare(federation.projects[name].repositories)
        broker = federation.pam_broker
        through = broker_project(self.config, organisation.infrastructure.project_name)
        if broker is not None and through is not None:
            pool = pools[through]
            account = organisation.broker
            by = organisation.by(COMPONENT, 'github_wif', 'pam_broker')
            pool.let_in(account, broker.github_repo, broker.repository_id, broker.environment, by)
            environments.of_google(broker.github_repo, broker.environment, pool.provider_path, account, by)
        if not pools[next(iter(pools))].settings.manage:
            self._say(
                f'the provider is made elsewhere, and must map {Pool.ATTRIBUTE} as docs/plugins/github_wif.md says',
                'github_wif',
                'pool',
                'manage',
            )

    def _say(self, message: str, *steps: str) -> None:
        self.infrastructure.diagnose(COMPONENT, message, self.infrastructure.by(COMPONENT, *steps), Severity.INFO)

"""What every part of the infrastructure needs: the project, its region, code, alerts, and words for what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cpg_infra.abstraction import By, Secret
from cpg_infra.config import CPGInfrastructureConfig, Severity
from cpg_infra.plan import AssetKind
from cpg_infra.plugins.billing_aggregator.infrastructure.source import ENVIRONMENT, function_source
from cpg_infra.plugins.google.alert import Alerts
from cpg_infra.plugins.google.function import Code, Program, Shape
from cpg_infra.plugins.google.place import PluginPlace
from cpg_infra.plugins.google.project import PluginProject
from cpg_infra.plugins.google.source import SourceBucket

COMPONENT: Final = 'billing-aggregator'
APIS: Final = (
    'artifactregistry',
    'bigquery',
    'billingbudgets',
    'cloudbilling',
    'cloudbuild',
    'cloudfunctions',
    'cloudscheduler',
    'eventarc',
    'monitoring',
    'pubsub',
    'run',
    'secretmanager',
)


@dataclass(frozen=True)
class Place(PluginPlace):
    """The billing project."""

    component = COMPONENT
    section = 'billing'
    needed_apis = APIS

    billing: CPGInfrastructureConfig.Billing
    google: CPGInfrastructureConfig.Billing.GCP

    def left_out(self, what: str, why: str, *steps: str) -> None:
        """Tell the reader of the configuration that a part is not made."""
        message = f'{what} left out: {why}'
        self.infrastructure.diagnose('left-out', message, self.by(*steps), Severity.INFO)

    @cached_property
    def project(self) -> PluginProject:
        """The billing project."""
        return PluginProject(self.organisation, self.google.project_id, COMPONENT, self.by('gcp', 'project_id'))

    @cached_property
    def code(self) -> Code:
        """The code of every function."""
        by = self.by('gcp', 'project_id')
        bucket = SourceBucket(
            self.project, 'billing-aggregator-source-bucket', 'aggregator-source-bucket', self.region, by
        )
        archive = function_source(self.infrastructure.config, self.infrastructure.dataset_configs)
        return bucket.put('billing-aggregator-functions-source-code', archive, by)

    def program(self, entry_point: str, shape: Shape, **secrets: Secret) -> Program:
        """What a function runs that begins at `entry_point`; `secrets` are variables that it finds."""
        return Program(entry_point, self.code, shape, ENVIRONMENT, secrets)

    @cached_property
    def alerts(self) -> Alerts | None:
        """Makes alerts; None without the aggregator's section, which names the channel and its token."""
        aggregator = self.billing.aggregator
        if aggregator is None:
            return None
        return Alerts(
            self.project,
            'billing-aggregator-slack-notification-channel',
            aggregator.slack_channel,
            self.secret(aggregator.slack_token_secret_name, self.by('aggregator', 'slack_token_secret_name')),
            self.by('aggregator', 'slack_channel'),
        )

    def secret(self, name: str, by: By) -> Secret:
        """A secret of the billing project, made by hand."""
        key, resource = self.cloud.existing(AssetKind.SECRET, f'{self.google.project_id}/{name}', by)
        return Secret(key, self.cloud.cloud, name, resource, self.google.project_id, label=f'billing-{name}')

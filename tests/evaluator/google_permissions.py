"""Which permission of Google Cloud lets somebody do what, on each kind of thing.

Storage: https://cloud.google.com/storage/docs/access-control/iam-permissions. Replacing an object takes
`storage.objects.create` and `storage.objects.delete`.
"""

from __future__ import annotations

from typing import Final

from tests.evaluator.words import Ability, Can

Needs = tuple[tuple[Ability, tuple[str, ...]], ...]
"""Abilities, each with the permissions that it takes, all of them."""


def _it(can: Can, *permissions: str, part: str = '') -> tuple[Ability, tuple[str, ...]]:
    return Ability(part, can), permissions


BUCKET: Final[Needs] = (
    _it(Can.READ_METADATA, 'storage.buckets.get'),
    _it(Can.ADMINISTER, 'storage.buckets.update'),
    _it(Can.ADMINISTER, 'storage.buckets.delete'),
    _it(Can.ADMINISTER, 'storage.buckets.setIamPolicy'),
    _it(Can.LIST, 'storage.objects.list'),
    _it(Can.READ, 'storage.objects.get'),
    _it(Can.CREATE, 'storage.objects.create'),
    _it(Can.OVERWRITE, 'storage.objects.create', 'storage.objects.delete'),
    _it(Can.DELETE, 'storage.objects.delete'),
    _it(Can.ADMINISTER, 'storage.objects.setIamPolicy'),
)

ACCOUNT: Final[Needs] = (
    _it(Can.ACT_AS, 'iam.serviceAccounts.actAs'),
    _it(Can.READ_METADATA, 'iam.serviceAccounts.get'),
    _it(Can.MANAGE_KEYS, 'iam.serviceAccountKeys.create'),
    _it(Can.CREATE_TOKENS, 'iam.serviceAccounts.getAccessToken'),
    _it(Can.CREATE, 'iam.serviceAccounts.signJwt', part='signatures'),
    _it(Can.ADMINISTER, 'iam.serviceAccounts.setIamPolicy'),
)

SECRET: Final[Needs] = (
    _it(Can.READ, 'secretmanager.versions.access'),
    _it(Can.CREATE, 'secretmanager.versions.add'),
    _it(Can.ADMINISTER, 'secretmanager.secrets.setIamPolicy'),
)

REGISTRY: Final[Needs] = (
    _it(Can.READ_METADATA, 'artifactregistry.repositories.get'),
    _it(Can.LIST, 'artifactregistry.packages.list'),
    _it(Can.READ, 'artifactregistry.repositories.downloadArtifacts'),
    _it(Can.CREATE, 'artifactregistry.repositories.uploadArtifacts'),
    # A push moves a tag from an older image to a newer one.
    _it(Can.OVERWRITE, 'artifactregistry.repositories.uploadArtifacts', 'artifactregistry.tags.update'),
    _it(Can.DELETE, 'artifactregistry.repositories.deleteArtifacts'),
    _it(Can.ADMINISTER, 'artifactregistry.repositories.setIamPolicy'),
)

SERVICE: Final[Needs] = (
    _it(Can.INVOKE, 'run.routes.invoke'),
    _it(Can.ADMINISTER, 'run.services.setIamPolicy'),
)

TABLES: Final[Needs] = (
    _it(Can.READ_METADATA, 'bigquery.datasets.get'),
    _it(Can.ADMINISTER, 'bigquery.datasets.update'),
    _it(Can.ADMINISTER, 'bigquery.datasets.setIamPolicy'),
)

TABLE: Final[Needs] = (
    _it(Can.READ_METADATA, 'bigquery.tables.get'),
    _it(Can.LIST, 'bigquery.tables.list'),
    _it(Can.READ, 'bigquery.tables.getData'),
    # A statement that changes rows changes whichever rows it likes.
    _it(Can.CREATE, 'bigquery.tables.updateData'),
    _it(Can.OVERWRITE, 'bigquery.tables.updateData'),
    _it(Can.DELETE, 'bigquery.tables.updateData'),
    _it(Can.ADMINISTER, 'bigquery.tables.setIamPolicy'),
)

TOPIC: Final[Needs] = (
    _it(Can.CREATE, 'pubsub.topics.publish'),
    _it(Can.ADMINISTER, 'pubsub.topics.setIamPolicy'),
    _it(Can.ADMINISTER, 'pubsub.topics.delete'),
)

SUBSCRIPTION: Final[Needs] = (
    _it(Can.READ, 'pubsub.subscriptions.consume'),
    _it(Can.ADMINISTER, 'pubsub.subscriptions.setIamPolicy'),
    _it(Can.ADMINISTER, 'pubsub.subscriptions.update'),
)

BILLING_ACCOUNT: Final[Needs] = (
    _it(Can.READ_METADATA, 'billing.accounts.get'),
    _it(Can.LIST, 'billing.budgets.list'),
    _it(Can.READ, 'billing.accounts.getSpendingInformation'),
    _it(Can.ADMINISTER, 'billing.budgets.update'),
    _it(Can.ADMINISTER, 'billing.accounts.setIamPolicy'),
)

PROJECT: Final[Needs] = (
    _it(Can.READ_METADATA, 'resourcemanager.projects.get'),
    _it(Can.ADMINISTER, 'resourcemanager.projects.delete'),
    _it(Can.READ_METADATA, 'resourcemanager.projects.getIamPolicy', part='policy'),
    _it(Can.ADMINISTER, 'resourcemanager.projects.setIamPolicy', part='policy'),
    _it(Can.READ_METADATA, 'compute.instances.list', part='machines'),
    _it(Can.ADMINISTER, 'compute.instances.create', part='machines'),
    _it(Can.READ_METADATA, 'logging.logEntries.list', part='logs'),
    _it(Can.CREATE, 'logging.logEntries.create', part='logs'),
    _it(Can.READ_METADATA, 'monitoring.alertPolicies.list', part='monitoring'),
    _it(Can.READ, 'monitoring.timeSeries.list', part='measurements'),
    _it(Can.CREATE, 'monitoring.timeSeries.create', part='measurements'),
    _it(Can.READ_METADATA, 'dataproc.clusters.list', part='clusters'),
    _it(Can.ADMINISTER, 'dataproc.clusters.create', part='clusters'),
    _it(Can.USE, 'dataproc.tasks.lease', part='clusters'),
    _it(Can.READ_METADATA, 'batch.jobs.list', part='batch'),
    _it(Can.ADMINISTER, 'batch.jobs.create', part='batch'),
    _it(Can.USE, 'batch.states.report', part='batch'),
    _it(Can.USE, 'serviceusage.services.use', part='requests'),
    _it(Can.READ_METADATA, 'iam.roles.list', part='roles'),
    _it(Can.ADMINISTER, 'iam.roles.create', part='roles'),
    _it(Can.USE, 'bigquery.jobs.create', part='queries'),
    _it(Can.ADMINISTER, 'resourcemanager.projects.deleteBillingAssignment', part='billing'),
    _it(Can.CREATE, 'resourcemanager.projects.createBillingAssignment', part='billing'),
)

NEEDS: Final[dict[str, Needs]] = {
    'bucket': BUCKET,
    'machine-account': ACCOUNT,
    'secret': SECRET,
    'registry': REGISTRY,
    'service': SERVICE,
    'tables': TABLES,
    'table': TABLE,
    'topic': TOPIC,
    'subscription': SUBSCRIPTION,
    'billing-account': BILLING_ACCOUNT,
    'project': PROJECT,
}
"""By kind of thing."""

HOLDS: Final[dict[str, frozenset[str]]] = {
    'project': frozenset(NEEDS) - {'project', 'billing-account'},
    'tables': frozenset({'table'}),
}
"""Kinds of things in which others lie: a role on it is one on them."""

SERVICES: Final[dict[str, str]] = {
    'bucket': 'storage.googleapis.com',
    'machine-account': 'iam.googleapis.com',
    'secret': 'secretmanager.googleapis.com',
    'registry': 'artifactregistry.googleapis.com',
    'service': 'run.googleapis.com',
    'tables': 'bigquery.googleapis.com',
    'table': 'bigquery.googleapis.com',
    'topic': 'pubsub.googleapis.com',
    'subscription': 'pubsub.googleapis.com',
    'project': 'cloudresourcemanager.googleapis.com',
}
"""The service that a condition is told, by kind of thing."""

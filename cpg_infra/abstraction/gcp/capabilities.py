"""What Google Cloud can express."""

from __future__ import annotations

from cpg_infra.abstraction.capability import Capability, Expression, exact, unsupported

GCP_CAPABILITIES: dict[Capability, Expression] = {
    Capability.PROJECT: exact('a project'),
    Capability.SERVICE_ENABLEMENT: exact('enabled APIs'),
    Capability.MONTHLY_BUDGET: exact('a budget with a monthly period'),
    Capability.FIXED_BUDGET: exact('a budget with a custom period'),
    Capability.BUDGET_CURRENCY: exact('the currency of the amount'),
    Capability.BUCKET: exact('a bucket'),
    Capability.COLD_STORAGE: exact('a rule on the age of an object'),
    Capability.DELETE_AFTER: exact('a rule on the age of an object'),
    Capability.UNDELETE: exact('a rule on the days since a version was replaced'),
    Capability.AUTOCLASS: exact('Autoclass'),
    Capability.REQUESTER_PAYS: exact('requester pays'),
    Capability.LIST: exact('a role of the organisation'),
    Capability.READ: exact('a role of the organisation'),
    Capability.APPEND: exact('a role without storage.objects.delete, which overwriting needs'),
    Capability.MUTATE: exact('a role of the organisation'),
    Capability.LIST_EVERY_BUCKET: exact('the role that lists, on the project'),
    Capability.VIEW_PROJECT: exact('the viewer roles of compute, logging and monitoring'),
    Capability.BLOB: exact('an object'),
    Capability.GROUP: exact('a group of Cloud Identity'),
    Capability.MACHINE_ACCOUNT: exact('a service account'),
    Capability.ACCOUNT_KEYS: exact('service account keys'),
    Capability.ACT_AS: exact('the role Service Account User'),
    Capability.CREATE_TOKENS: exact('the role Service Account Token Creator'),
    Capability.FEDERATION: unsupported('programs elsewhere use keys; workload identity federation is set up by hand'),
    Capability.SECRET: exact('a secret of Secret Manager'),
    Capability.REGISTRY: exact('a repository of Artifact Registry'),
    Capability.PACKAGE_REGISTRY: exact('a repository of Artifact Registry'),
    Capability.HAIL_ACCOUNTS: exact('users of Hail Batch, with a service account each'),
    Capability.METADATA_SIGN_IN: exact('Google identities'),
    Capability.TEMPORARY_ACCESS: exact('Privileged Access Manager'),
    Capability.TEMPORARY_ACCESS_FOR_MACHINES: exact('Privileged Access Manager'),
    Capability.INVOKE_SERVICE: exact('Cloud Run'),
    Capability.CLUSTERS: exact('Dataproc'),
    Capability.BATCH_WORKFLOWS: exact('Batch'),
    Capability.NOTEBOOKS: exact('Compute Engine and service accounts'),
}

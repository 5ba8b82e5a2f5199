"""What Google Cloud can express."""

from __future__ import annotations

from cpg_infra.abstraction.capability import Capability, Expression, exact

GCP_CAPABILITIES: dict[Capability, Expression] = {
    Capability.ACCOUNT_KEYS: exact('service account keys'),
    Capability.ACT_AS: exact('the role Service Account User'),
    Capability.AUTOCLASS: exact('Autoclass'),
    Capability.BATCH_WORKFLOWS: exact('Batch'),
    Capability.CLUSTERS: exact('Dataproc'),
    Capability.FIXED_BUDGET: exact('a budget with a custom period'),
    Capability.INVOKE_SERVICE: exact('Cloud Run'),
    Capability.NOTEBOOKS: exact('Compute Engine and service accounts'),
    Capability.REQUESTER_PAYS: exact('requester pays'),
    Capability.STRICT_APPEND: exact('a role without storage.objects.delete, which overwriting needs'),
    Capability.TEMPORARY_ACCESS_FOR_MACHINES: exact('Privileged Access Manager'),
    Capability.UNDELETE: exact('a rule on the days since a version was replaced'),
}

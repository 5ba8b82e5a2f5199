"""What Azure can express, and what differs where it only comes near."""

from __future__ import annotations

from cpg_infra.abstraction.capability import Capability, Expression, approximate, exact, unsupported

AZURE_CAPABILITIES: dict[Capability, Expression] = {
    Capability.PROJECT: exact('a resource group'),
    Capability.SERVICE_ENABLEMENT: approximate(
        'resource providers are registered once in a subscription, by hand: the plan lists them'
    ),
    Capability.MONTHLY_BUDGET: exact('a monthly budget on the resource group'),
    Capability.FIXED_BUDGET: approximate('a budget starts anew every year, and ends after ten'),
    Capability.BUDGET_CURRENCY: approximate('a budget is in the currency of the billing account, whatever is written'),
    Capability.BUCKET: exact('a container, in one storage account for each way to keep versions'),
    Capability.COLD_STORAGE: exact('a rule that moves to the archive tier'),
    Capability.DELETE_AFTER: exact('a rule on the days since a blob was written'),
    Capability.UNDELETE: approximate(
        'versions are deleted a day after they were written and kept as soft-deleted for the days asked for, '
        'throughout a storage account'
    ),
    Capability.AUTOCLASS: approximate(
        'what nobody has read for 30 days moves to the cool tier, and back when it is read'
    ),
    Capability.REQUESTER_PAYS: unsupported('whoever owns a storage account pays for reading it'),
    Capability.LIST: exact('a role with the condition that blobs are only listed'),
    Capability.READ: exact('Storage Blob Data Reader'),
    Capability.APPEND: approximate(
        'who adds may overwrite: where versions are kept the old version stays and cannot be removed by them, '
        'in temporary buckets it is gone'
    ),
    Capability.MUTATE: exact('a role that cannot delete the container'),
    Capability.LIST_EVERY_BUCKET: exact('the role that lists, on the resource group'),
    Capability.VIEW_PROJECT: approximate(
        'roles of ours on the resource group; who views machines, logs or monitoring sees all of its configuration'
    ),
    Capability.BLOB: exact('a blob, uploaded by identity'),
    Capability.GROUP: approximate(
        'a security group; a program that leaves it keeps its rights until its token ends, up to a day later'
    ),
    Capability.MACHINE_ACCOUNT: exact('a user-assigned identity'),
    Capability.ACCOUNT_KEYS: unsupported(
        'an identity has no keys: people use their own accounts, programs elsewhere are federated'
    ),
    Capability.ACT_AS: approximate('services may run as an identity; people cannot make tokens of one'),
    Capability.CREATE_TOKENS: unsupported('people and programs cannot make tokens of an identity'),
    Capability.FEDERATION: exact('federated credentials of a user-assigned identity'),
    Capability.SECRET: exact('a secret in a vault of the dataset'),
    Capability.REGISTRY: exact('a container registry'),
    Capability.PACKAGE_REGISTRY: unsupported('a container registry holds no Python packages'),
    Capability.HAIL_ACCOUNTS: exact('users of Hail Batch, with an application each'),
    Capability.METADATA_SIGN_IN: approximate(
        'people sign in to the metadata service with their Google accounts; programs on Azure cannot'
    ),
    Capability.TEMPORARY_ACCESS: approximate(
        'an eligible role, active for at most 24 hours at a time; the tenant needs a premium licence'
    ),
    Capability.TEMPORARY_ACCESS_FOR_MACHINES: unsupported('only people can be eligible for a role'),
    Capability.INVOKE_SERVICE: unsupported('the services run on Google Cloud'),
    Capability.CLUSTERS: unsupported('there is no Dataproc'),
    Capability.BATCH_WORKFLOWS: unsupported('Cromwell runs its workflows on Google Batch'),
    Capability.NOTEBOOKS: unsupported('the notebook machines are on Google Cloud'),
}

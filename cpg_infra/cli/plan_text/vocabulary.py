"""What people call the kinds of things and resources. Tables; a kind that is not in them is named by its token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cpg_infra.plan import AssetKind

THINGS: Final[Mapping[AssetKind, str]] = {
    AssetKind.PROJECT: 'project',
    AssetKind.ROLE: 'role',
    AssetKind.BUDGET: 'budget',
    AssetKind.STORAGE_ACCOUNT: 'storage',
    AssetKind.STORAGE_SETTINGS: 'settings of storage',
    AssetKind.BUCKET: 'bucket',
    AssetKind.BLOB: 'file',
    AssetKind.MACHINE_ACCOUNT: 'account',
    AssetKind.ACCOUNT_KEY: 'key',
    AssetKind.FEDERATION: 'federation',
    AssetKind.VAULT: 'vault',
    AssetKind.GUEST: 'guest',
    AssetKind.SECRET: 'secret',
    AssetKind.SECRET_VERSION: 'secret value',
    AssetKind.REGISTRY: 'registry',
    AssetKind.SERVICE: 'service',
    AssetKind.FUNCTION: 'function',
    AssetKind.TABLES: 'set of tables',
    AssetKind.TABLE: 'table',
    AssetKind.TOPIC: 'topic',
    AssetKind.SUBSCRIPTION: 'subscription',
    AssetKind.BILLING_ACCOUNT: 'billing account',
    AssetKind.SERVICE_ENABLEMENT: 'enabled API',
    AssetKind.HAIL_USER: 'Hail user',
    AssetKind.HAIL_BILLING_PROJECT: 'Hail project',
    AssetKind.METAMIST_PROJECT: 'metamist project',
    AssetKind.RAW: 'other',
}

RESOURCES: Final[Mapping[str, str]] = {
    'azure-native:authorization:PimRoleEligibilitySchedule': 'temporary access',
    'azure-native:authorization:RoleAssignment': 'access',
    'azure-native:authorization:RoleDefinition': 'role',
    'azure-native:authorization:RoleManagementPolicy': 'rules of temporary access',
    'azure-native:consumption:Budget': 'budget',
    'azure-native:containerregistry:Registry': 'registry',
    'azure-native:keyvault:Secret': 'secret',
    'azure-native:keyvault:Vault': 'vault',
    'azure-native:managedidentity:FederatedIdentityCredential': 'federation',
    'azure-native:managedidentity:UserAssignedIdentity': 'account',
    'azure-native:resources:ResourceGroup': 'project',
    'azure-native:storage:BlobContainer': 'bucket',
    'azure-native:storage:BlobServiceProperties': 'settings of storage',
    'azure-native:storage:ManagementPolicy': 'lifecycle of storage',
    'azure-native:storage:StorageAccount': 'storage',
    'azuread:index/groupMember:GroupMember': 'member of a group',
    'azuread:index/groupWithoutMembers:GroupWithoutMembers': 'group',
    'azuread:index/invitation:Invitation': 'invitation of a guest',
    'cpg:azure:Blob': 'file',
    'cpg:google:GroupMembers': 'member list of a group',
    'cpg:hail:BillingProject': 'Hail project',
    'cpg:hail:User': 'Hail user',
    'cpg:metamist:Project': 'metamist project',
    'gcp:artifactregistry/repository:Repository': 'registry',
    'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember': 'access to a registry',
    'gcp:bigquery/dataset:Dataset': 'set of tables',
    'gcp:bigquery/datasetIamMember:DatasetIamMember': 'access to tables',
    'gcp:bigquery/iamMember:IamMember': 'access to a table',
    'gcp:bigquery/table:Table': 'table',
    'gcp:billing/accountIamMember:AccountIamMember': 'access to a billing account',
    'gcp:billing/budget:Budget': 'budget',
    'gcp:cloudfunctionsv2/function:Function': 'function',
    'gcp:cloudidentity/group:Group': 'group',
    'gcp:cloudrun/iamMember:IamMember': 'access to a service',
    'gcp:cloudrunv2/service:Service': 'service',
    'gcp:cloudscheduler/job:Job': 'schedule',
    'gcp:iam/workloadIdentityPool:WorkloadIdentityPool': 'pool of programs elsewhere',
    'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider': 'way in from elsewhere',
    'gcp:monitoring/alertPolicy:AlertPolicy': 'alert',
    'gcp:monitoring/notificationChannel:NotificationChannel': 'channel of alerts',
    'gcp:organizations/iAMCustomRole:IAMCustomRole': 'role',
    'gcp:organizations/project:Project': 'project',
    'gcp:privilegedaccessmanager/entitlement:entitlement': 'temporary access',
    'gcp:projects/iAMMember:IAMMember': 'access to a project',
    'gcp:projects/service:Service': 'enabled API',
    'gcp:pubsub/subscription:Subscription': 'subscription',
    'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember': 'access to a subscription',
    'gcp:pubsub/topic:Topic': 'topic',
    'gcp:pubsub/topicIAMMember:TopicIAMMember': 'access to a topic',
    'gcp:secretmanager/secret:Secret': 'secret',
    'gcp:secretmanager/secretIamBinding:SecretIamBinding': 'access to a secret',
    'gcp:secretmanager/secretIamMember:SecretIamMember': 'access to a secret',
    'gcp:secretmanager/secretVersion:SecretVersion': 'secret value',
    'gcp:serviceaccount/account:Account': 'account',
    'gcp:serviceaccount/iAMBinding:IAMBinding': 'access to an account',
    'gcp:serviceaccount/iAMMember:IAMMember': 'access to an account',
    'gcp:serviceaccount/key:Key': 'key',
    'gcp:storage/bucket:Bucket': 'bucket',
    'gcp:storage/bucketIAMBinding:BucketIAMBinding': 'access to a bucket',
    'gcp:storage/bucketIAMMember:BucketIAMMember': 'access to a bucket',
    'gcp:storage/bucketObject:BucketObject': 'file',
    'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable': 'variable on GitHub',
    'github:index/repositoryEnvironment:RepositoryEnvironment': 'environment on GitHub',
}

_DRY_RUN: Final[Mapping[str, str]] = {
    **{f'dry-run:{kind.value}': word for kind, word in THINGS.items()},
    'dry-run:grant': 'access',
    'dry-run:group-members': 'member list of a group',
}

FIRST: Final = ('project', 'shared-project', 'groups', 'dependencies', 'storage', 'uploads', 'release')
"""Components that a reader wants first; the others follow by name."""


def resource_word(token: str) -> str:
    """What people call a resource of a type: `bucket`; for an unknown type the end of its token, in words."""
    known = RESOURCES.get(token) or _DRY_RUN.get(token)
    if known is not None:
        return known
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])', ' ', token.rpartition(':')[2]).replace('-', ' ').lower()


def component_order(component: str) -> tuple[int, str]:
    """Sort key of components."""
    return (FIRST.index(component) if component in FIRST else len(FIRST), component)

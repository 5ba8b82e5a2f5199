"""What the clouds call a thing, told from the inputs of its resource or asked of its provider.

Needed where a run was killed before it heard. The forms are those in which the providers import things, as the
documentation of their SDKs gives them; an id of a grant is read by the provider from the properties beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Inputs: TypeAlias = Mapping[str, Any]

SUBSCRIPTION: Final = 'subscription'
"""The name under which a form finds the subscription that the resource's provider works in."""

_GROUP: Final = f'/subscriptions/{{{SUBSCRIPTION}}}/resourceGroups/{{resourceGroupName}}'
_STORAGE: Final = f'{_GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}'
_VAULT: Final = f'{_GROUP}/providers/Microsoft.KeyVault/vaults/{{vaultName}}'
_IDENTITY: Final = f'{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{resourceName}}'
_POOL: Final = 'projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}'
_DATASET: Final = 'projects/{project}/datasets/{datasetId}'
_REGISTRY: Final = 'projects/{project}/locations/{location}/repositories/'

IDS: Final[Mapping[str, str]] = {
    'azure-native:authorization:RoleAssignment': (
        '{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}'
    ),
    'azure-native:authorization:RoleDefinition': (
        '{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}'
    ),
    'azure-native:authorization:RoleManagementPolicy': (
        '{scope}/providers/Microsoft.Authorization/roleManagementPolicies/{roleManagementPolicyName}'
    ),
    'azure-native:consumption:Budget': '{scope}/providers/Microsoft.Consumption/budgets/{budgetName}',
    'azure-native:containerregistry:Registry': (
        f'{_GROUP}/providers/Microsoft.ContainerRegistry/registries/{{registryName}}'
    ),
    'azure-native:keyvault:Secret': f'{_VAULT}/secrets/{{secretName}}',
    'azure-native:keyvault:Vault': _VAULT,
    'azure-native:managedidentity:FederatedIdentityCredential': (
        f'{_IDENTITY}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}'
    ),
    'azure-native:managedidentity:UserAssignedIdentity': _IDENTITY,
    'azure-native:resources:ResourceGroup': _GROUP,
    'azure-native:storage:BlobContainer': f'{_STORAGE}/blobServices/default/containers/{{containerName}}',
    'azure-native:storage:BlobServiceProperties': f'{_STORAGE}/blobServices/{{blobServicesName}}',
    'azure-native:storage:ManagementPolicy': f'{_STORAGE}/managementPolicies/{{managementPolicyName}}',
    'azure-native:storage:StorageAccount': _STORAGE,
    'azuread:index/groupMember:GroupMember': '{groupObjectId}/member/{memberObjectId}',
    'gcp:artifactregistry/repository:Repository': f'{_REGISTRY}{{repositoryId}}',
    'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember': f'{_REGISTRY}{{repository}}/{{role}}/{{member}}',
    'gcp:bigquery/dataset:Dataset': _DATASET,
    'gcp:bigquery/datasetIamMember:DatasetIamMember': f'{_DATASET}/{{role}}/{{member}}',
    'gcp:bigquery/iamMember:IamMember': f'{_DATASET}/tables/{{tableId}}/{{role}}/{{member}}',
    'gcp:bigquery/table:Table': f'{_DATASET}/tables/{{tableId}}',
    'gcp:billing/accountIamMember:AccountIamMember': '{billingAccountId}/{role}/{member}',
    'gcp:cloudfunctionsv2/function:Function': 'projects/{project}/locations/{location}/functions/{name}',
    'gcp:cloudrun/iamMember:IamMember': (
        'v1/projects/{project}/locations/{location}/services/{service}/{role}/{member}'
    ),
    'gcp:cloudrunv2/service:Service': 'projects/{project}/locations/{location}/services/{name}',
    'gcp:cloudscheduler/job:Job': 'projects/{project}/locations/{region}/jobs/{name}',
    'gcp:iam/workloadIdentityPool:WorkloadIdentityPool': _POOL,
    'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider': (
        f'{_POOL}/providers/{{workloadIdentityPoolProviderId}}'
    ),
    'gcp:organizations/iAMCustomRole:IAMCustomRole': 'organizations/{orgId}/roles/{roleId}',
    'gcp:organizations/project:Project': 'projects/{projectId}',
    'gcp:privilegedaccessmanager/entitlement:entitlement': '{parent}/locations/{location}/entitlements/{entitlementId}',
    'gcp:projects/iAMMember:IAMMember': '{project}/{role}/{member}',
    'gcp:projects/service:Service': '{project}/{service}',
    'gcp:pubsub/subscription:Subscription': 'projects/{project}/subscriptions/{name}',
    'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember': (
        'projects/{project}/subscriptions/{subscription}/{role}/{member}'
    ),
    'gcp:pubsub/topic:Topic': 'projects/{project}/topics/{name}',
    'gcp:pubsub/topicIAMMember:TopicIAMMember': 'projects/{project}/topics/{topic}/{role}/{member}',
    'gcp:secretmanager/secret:Secret': 'projects/{project}/secrets/{secretId}',
    'gcp:secretmanager/secretIamBinding:SecretIamBinding': 'projects/{project}/secrets/{secretId}/{role}',
    'gcp:secretmanager/secretIamMember:SecretIamMember': 'projects/{project}/secrets/{secretId}/{role}/{member}',
    'gcp:serviceaccount/account:Account': (
        'projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com'
    ),
    'gcp:serviceaccount/iAMBinding:IAMBinding': '{serviceAccountId}/{role}',
    'gcp:serviceaccount/iAMMember:IAMMember': '{serviceAccountId}/{role}/{member}',
    'gcp:storage/bucket:Bucket': '{name}',
    'gcp:storage/bucketIAMBinding:BucketIAMBinding': 'b/{bucket}/{role}',
    'gcp:storage/bucketIAMMember:BucketIAMMember': 'b/{bucket}/{role}/{member}',
    'gcp:storage/bucketObject:BucketObject': '{bucket}-{name}',
    'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable': '{repository}:{environment}:{variableName}',
    'github:index/repositoryEnvironment:RepositoryEnvironment': '{repository}:{environment}',
}
"""How an id is made of inputs, by type."""


@dataclass(frozen=True, slots=True)
class Question:
    """A function of a provider that finds a thing by what its inputs say, and how its answer tells the id."""

    function: str
    arguments: Mapping[str, object]
    id: str

    def id_in(self, answer: Mapping[str, object]) -> str:
        """The id. Raises `KeyError` when the answer does not say it."""
        return self.id.format_map(answer)


QUESTIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    'azuread:index/groupWithoutMembers:GroupWithoutMembers': (
        'azuread:index/getGroup:getGroup',
        'displayName',
        '/groups/{objectId}',
    ),
    'gcp:cloudidentity/group:Group': ('gcp:cloudidentity/getGroupLookup:getGroupLookup', 'groupKey', '{name}'),
}
"""Function, the input that is its argument, form of the id."""

NOT_TOLD: Final[Mapping[str, str]] = {
    'azure-native:authorization:PimRoleEligibilitySchedule': (
        'Azure refuses a second one: then delete the assignment that is there'
    ),
    'azuread:index/invitation:Invitation': 'the guest is invited again, and stays the one guest',
    'gcp:billing/budget:Budget': 'delete the budget of this name that is there twice',
    'gcp:monitoring/alertPolicy:AlertPolicy': 'delete the alert policy of this name that is there twice',
    'gcp:monitoring/notificationChannel:NotificationChannel': 'delete the channel of this name that is there twice',
    'gcp:secretmanager/secretVersion:SecretVersion': 'destroy the version of the secret before the newest',
    'gcp:serviceaccount/key:Key': 'delete the key of the account that is in no secret',
}
"""Of what the cloud names itself and no function finds: what a person does when the killed run had made it too."""


def id_of(type_: str, inputs: Inputs, subscription: str | None) -> str | None:
    """The id of a thing, None when its inputs do not tell it."""
    form = IDS.get(type_)
    if form is None:
        return None
    # What is not a text is encrypted.
    named = {key: value for key, value in inputs.items() if isinstance(value, str)}
    try:
        return form.format_map({**named, SUBSCRIPTION: subscription} if subscription else named)
    except KeyError:
        return None


def question_for(type_: str, inputs: Inputs) -> Question | None:
    """What to ask for the id of a thing, None when there is nobody to ask."""
    if type_ not in QUESTIONS:
        return None
    function, key, form = QUESTIONS[type_]
    return Question(function, {key: inputs[key]}, form) if key in inputs else None

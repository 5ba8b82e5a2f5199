"""What most resources of a type say alike. The golden plan prints this once and then only what differs.

Words in <> stand for something of the resource itself. They are filled in here, so nothing is left out: an input
that is missing, or has another value, is printed where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cpg_infra.plan import Json, Plan, Resource

USUAL: Final[Mapping[str, Mapping[str, Json]]] = {
    'azure-native:containerregistry:Registry': {
        'registryName': '<physical before .>',
        'resourceGroupName': '<resource group>',
        'sku': {'name': 'Premium'},
        'adminUserEnabled': False,
        'anonymousPullEnabled': False,
        'tags': {'dataset': '<dataset>'},
    },
    'azure-native:storage:BlobContainer': {
        'accountName': '<physical before />',
        'containerName': '<physical after />',
        'resourceGroupName': '<resource group>',
        'publicAccess': 'None',
    },
    'azure-native:storage:StorageAccount': {
        'accountName': '<physical>',
        'resourceGroupName': '<resource group>',
        'kind': 'StorageV2',
        'sku': {'name': 'Standard_GRS'},
        'accessTier': 'Hot',
        'allowBlobPublicAccess': False,
        'allowSharedKeyAccess': False,
        'allowCrossTenantReplication': False,
        'defaultToOAuthAuthentication': True,
        'enableHttpsTrafficOnly': True,
        'minimumTlsVersion': 'TLS1_2',
        'isHnsEnabled': False,
        'tags': {'dataset': '<dataset>'},
    },
    'azuread:index/groupWithoutMembers:GroupWithoutMembers': {
        'displayName': '<physical>',
        'securityEnabled': True,
        'mailEnabled': False,
        'preventDuplicateNames': True,
    },
    'cpg:azure:Blob': {
        'account': '<blob account>',
        'container': '<blob container>',
        'name': '<blob path>',
    },
    'cpg:google:GroupMembers': {
        'group': '<physical>',
        'allowExternalMembers': 'true',
        'authoritative': False,
    },
    'cpg:hail:BillingProject': {
        'name': '<dataset>',
        'cloud': 'gcp',
        'url': 'https://batch.hail.lantern.example.org',
    },
    'cpg:hail:User': {
        'username': '<physical after />',
        'cloud': 'gcp',
        'url': 'https://auth.hail.lantern.example.org',
    },
    'cpg:metamist:Project': {
        'name': '<physical>',
        'dataset': '<dataset>',
        'url': 'https://metamist.lantern.example.org',
        'audience': 'https://metamist.lantern.example.org',
    },
    'gcp:artifactregistry/repository:Repository': {'repositoryId': '<physical after />', 'project': '<project>'},
    'gcp:bigquery/table:Table': {
        'project': '<physical before .>',
        'datasetId': '<physical between .>',
        'tableId': '<physical after .>',
        'deletionProtection': True,
    },
    'gcp:billing/budget:Budget': {
        'billingAccount': '0A1B2C-3D4E5F-6A7B8C',
        'thresholdRules': [{'thresholdPercent': share} for share in (0.3, 0.5, 0.9, 1.0)],
        'allUpdatesRule': {
            'pubsubTopic': 'projects/lantern-billing/topics/budget-notifications',
            'schemaVersion': '1.0',
        },
    },
    'gcp:cloudfunctionsv2/function:Function': {
        'project': '<physical before />',
        'location': 'australia-southeast1',
    },
    'gcp:cloudidentity/group:Group': {
        'parent': 'customers/C0lantern1',
        'groupKey': {'id': '<physical>'},
        'displayName': '<physical before @>',
        'labels': {'cloudidentity.googleapis.com/groups.discussion_forum': ''},
        'initialGroupConfig': 'EMPTY',
    },
    'gcp:cloudscheduler/job:Job': {
        'project': '<physical before />',
        'region': 'australia-southeast1',
        'timeZone': 'Australia/Melbourne',
        'attemptDeadline': '1800s',
    },
    'gcp:monitoring/alertPolicy:AlertPolicy': {
        'project': '<physical before />',
        'combiner': 'OR',
        'alertStrategy': {'notificationRateLimit': {'period': '300s'}},
    },
    'gcp:organizations/project:Project': {
        'projectId': '<physical>',
        'name': '<physical>',
        'orgId': '471147114711',
        'billingAccount': '0A1B2C-3D4E5F-6A7B8C',
        'deletionPolicy': 'ABANDON',
    },
    'gcp:privilegedaccessmanager/entitlement:entitlement': {
        'entitlementId': '<physical after />',
        'location': 'global',
        'requesterJustificationConfig': {'unstructured': {}},
    },
    'gcp:projects/service:Service': {
        'service': '<physical after />',
        'project': '<physical before />',
        'disableOnDestroy': False,
    },
    'gcp:secretmanager/secret:Secret': {
        'secretId': '<physical after />',
        'project': '<project>',
        'replication': {'userManaged': {'replicas': [{'location': 'australia-southeast1'}]}},
    },
    'gcp:serviceaccount/account:Account': {
        'accountId': '<physical before @>',
        'project': '<project>',
        'createIgnoreAlreadyExists': True,
    },
    'gcp:storage/bucket:Bucket': {
        'name': '<physical>',
        'project': '<project>',
        'labels': {'bucket': '<physical>'},
        'uniformBucketLevelAccess': True,
        'publicAccessPrevention': 'enforced',
        'requesterPays': False,
        'location': 'australia-southeast1',
        'versioning': {'enabled': True},
        'autoclass': {'enabled': True},
        'lifecycleRules': [
            {'action': {'type': 'Delete'}, 'condition': {'daysSinceNoncurrentTime': 30, 'withState': 'ARCHIVED'}},
            {'action': {'type': 'AbortIncompleteMultipartUpload'}, 'condition': {'age': 7}},
        ],
    },
    'gcp:storage/bucketObject:BucketObject': {'bucket': '<physical bucket>', 'name': '<physical path>'},
    'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable': {
        'repository': '<repository>',
        'environment': '<environment>',
        'variableName': '<physical after />',
    },
    'github:index/repositoryEnvironment:RepositoryEnvironment': {
        'repository': '<physical before />',
        'environment': '<physical after />',
    },
}


def stand_ins(plan: Plan) -> Callable[[Resource], Mapping[str, str]]:
    """For a resource: what each word in <> stands for."""
    project = {
        resource.name.removesuffix('-gcp-project'): resource.physical
        for resource in plan.resources
        if resource.name.endswith('-gcp-project')
    }

    def of(resource: Resource) -> Mapping[str, str]:
        dataset = resource.owner.dataset
        account, container, path = _blob(resource.physical)
        return {
            '<blob account>': account,
            '<blob container>': container,
            '<blob path>': path,
            '<physical before />': resource.physical.partition('/')[0],
            '<physical before .>': resource.physical.partition('.')[0],
            '<physical between .>': resource.physical.partition('.')[2].rpartition('.')[0],
            '<physical after .>': resource.physical.rpartition('.')[2],
            '<repository>': resource.physical.partition('/')[2].partition('/')[0],
            '<environment>': resource.physical.rpartition('/')[0].rpartition('/')[2],
            '<resource group>': f'lantern-{dataset or "common"}',
            '<physical>': resource.physical,
            '<physical before @>': resource.physical.partition('@')[0],
            '<physical after />': resource.physical.rpartition('/')[2],
            '<physical bucket>': resource.physical.removeprefix('gs://').partition('/')[0],
            '<physical path>': resource.physical.removeprefix('gs://').partition('/')[2],
            '<dataset>': dataset,
            '<project>': project.get(dataset or 'common', ''),
        }

    return of


def _blob(address: str) -> tuple[str, str, str]:
    """The account, container and path of a blob's address."""
    host, _, rest = address.removeprefix('https://').partition('/')
    container, _, path = rest.partition('/')
    return host.partition('.')[0], container, path


def fill(value: Json, words: Mapping[str, str]) -> Json:
    """The value with every word in <> replaced."""
    if isinstance(value, str):
        return words.get(value, value)
    if isinstance(value, dict):
        return {key: fill(item, words) for key, item in value.items()}
    return [fill(item, words) for item in value] if isinstance(value, list) else value

"""A small simulated Azure for tests of the double itself: each thing with what it needs, of which a test changes one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.simulated_cloud.azure import CATALOGUES
from tests.simulated_cloud.azure.eligibility import policy_name
from tests.simulated_cloud.azure.lookups import made_up_id
from tests.simulated_cloud.building import AnyCloud
from tests.simulated_cloud.kind import Made
from tests.simulated_cloud.world import World

ACCOUNT = 'azure-native:storage:StorageAccount'
ASSIGNMENT = 'azure-native:authorization:RoleAssignment'
BUDGET = 'azure-native:consumption:Budget'
CONTAINER = 'azure-native:storage:BlobContainer'
CREDENTIAL = 'azure-native:managedidentity:FederatedIdentityCredential'
ELIGIBILITY = 'azure-native:authorization:PimRoleEligibilitySchedule'
GROUP = 'azuread:index/groupWithoutMembers:GroupWithoutMembers'
IDENTITY = 'azure-native:managedidentity:UserAssignedIdentity'
INVITATION = 'azuread:index/invitation:Invitation'
LIFECYCLE = 'azure-native:storage:ManagementPolicy'
MEMBER = 'azuread:index/groupMember:GroupMember'
POLICY = 'azure-native:authorization:RoleManagementPolicy'
POLICY_ASSIGNMENT = 'azure-native:authorization:RoleManagementPolicyAssignment'
REGISTRY = 'azure-native:containerregistry:Registry'
RESOURCE_GROUP = 'azure-native:resources:ResourceGroup'
ROLE = 'azure-native:authorization:RoleDefinition'
SECRET = 'azure-native:keyvault:Secret'
SETTINGS = 'azure-native:storage:BlobServiceProperties'
VAULT = 'azure-native:keyvault:Vault'

TENANT: Final = 'decade00-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
SUBSCRIPTION: Final = '/subscriptions/c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
READER: Final = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
BLOBS: Final = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
LIST_ONLY: Final = f"((!(ActionMatches{{'{BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})))"

_OF_GROUP: Final = {'resourceGroupName': 'small-alpha'}


def guid(name: str) -> str:
    """A GUID of ours."""
    return made_up_id('test', name)


def definition(role: str) -> str:
    """The id of a role."""
    return f'{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}'


def rule(name: str = 'tmp', **changes: Any) -> dict[str, Any]:
    """A rule that deletes after a while."""
    after = {'delete': {'daysAfterModificationGreaterThan': 8}}
    definition = {'filters': {'blobTypes': ['blockBlob'], 'prefixMatch': ['tmp/']}, 'actions': {'baseBlob': after}}
    return {'name': name, 'type': 'Lifecycle', 'enabled': True, 'definition': {**definition, **changes}}


class AzureCloud(AnyCloud):
    """Azure, with a resource group."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 'azure', *CATALOGUES.values())
        self.resource_group = self.create(RESOURCE_GROUP, **_OF_GROUP, location='australiaeast')

    def account(self, name: str = 'smallalpha', **changes: Any) -> Made:
        given = {'accountName': name, 'kind': 'StorageV2', 'sku': {'name': 'Standard_LRS'}}
        return self.create(ACCOUNT, **{**_OF_GROUP, **given, 'allowBlobPublicAccess': False, **changes})

    def settings(self, **changes: Any) -> Made:
        given = {'accountName': 'smallalpha', 'blobServicesName': 'default', 'isVersioningEnabled': True}
        return self.create(SETTINGS, **{**_OF_GROUP, **given, **changes})

    def container(self, name: str = 'main', **changes: Any) -> Made:
        return self.create(CONTAINER, **{**_OF_GROUP, 'accountName': 'smallalpha', 'containerName': name, **changes})

    def lifecycle(self, *rules: Mapping[str, Any], **changes: Any) -> Made:
        given = {'accountName': 'smallalpha', 'managementPolicyName': 'default', 'policy': {'rules': list(rules)}}
        return self.create(LIFECYCLE, **{**_OF_GROUP, **given, **changes})

    def role(self, name: str = 'Lister', **changes: Any) -> Made:
        permissions = [{'actions': [f'{BLOBS.rpartition("/")[0]}/read'], 'dataActions': [f'{BLOBS}/read']}]
        given = {
            'roleDefinitionId': guid(name),
            'roleName': name,
            'roleType': 'CustomRole',
            'scope': SUBSCRIPTION,
            'assignableScopes': [SUBSCRIPTION],
            'permissions': permissions,
        }
        return self.create(ROLE, **{**given, **changes})

    def assignment(self, principal: str, scope: str, **changes: Any) -> Made:
        given = {
            'roleAssignmentName': guid(f'{principal}{scope}'),
            'principalId': principal,
            'principalType': 'Group',
            'roleDefinitionId': definition(READER),
            'scope': scope,
        }
        return self.create(ASSIGNMENT, **{key: value for key, value in {**given, **changes}.items() if value})

    def identity(self, name: str = 'main-upload', **changes: Any) -> Made:
        return self.create(IDENTITY, **{**_OF_GROUP, 'resourceName': name, **changes})

    def credential(self, name: str = 'repository', **changes: Any) -> Made:
        given = {
            'resourceName': 'main-upload',
            'federatedIdentityCredentialResourceName': name,
            'issuer': 'https://token.example.org',
            'subject': f'repo:{name}',
            'audiences': ['api://AzureADTokenExchange'],
        }
        return self.create(CREDENTIAL, **{**_OF_GROUP, **given, **changes})

    def vault(self, name: str = 'small-alpha', group: str = 'small-alpha', **properties: Any) -> Made:
        given = {'tenantId': TENANT, 'sku': {'family': 'A', 'name': 'standard'}, 'enableRbacAuthorization': True}
        return self.create(VAULT, resourceGroupName=group, vaultName=name, properties={**given, **properties})

    def secret(self, value: str = 'x', name: str = 'configuration', **changes: Any) -> Made:
        given = {'vaultName': 'small-alpha', 'secretName': name, 'properties': {'value': value}}
        return self.create(SECRET, **{**_OF_GROUP, **given, **changes})

    def registry(self, name: str = 'smallalphaimages', **changes: Any) -> Made:
        return self.create(REGISTRY, **{**_OF_GROUP, 'registryName': name, 'sku': {'name': 'Standard'}, **changes})

    def budget(self, thresholds: int = 1, start: str = '2026-11-01', **changes: Any) -> Made:
        notification = {'contactEmails': ['a@example.org'], 'enabled': True, 'operator': 'GreaterThan'}
        given = {
            'budgetName': 'monthly',
            'scope': self.resource_group.id,
            'amount': 100,
            'category': 'Cost',
            'timeGrain': 'Monthly',
            'timePeriod': {'startDate': start},
            'notifications': {f'at{each}': {**notification, 'threshold': 10 * each} for each in range(thresholds)},
        }
        return self.create(BUDGET, **{**given, **changes})

    def group(self, name: str = 'alpha-analysis', **changes: Any) -> str:
        """The object id of a new group."""
        given = {'displayName': name, 'securityEnabled': True, 'mailEnabled': False, 'preventDuplicateNames': True}
        return str(self.create(GROUP, **{**given, **changes}).outputs['objectId'])

    def member(self, group: str, member: str) -> Made:
        return self.create(MEMBER, groupObjectId=group, memberObjectId=member)

    def guest(self, address: str = 'guest@elsewhere.example.org', **changes: Any) -> Made:
        return self.create(
            INVITATION, **{'userEmailAddress': address, 'redirectUrl': 'https://lantern.example.org', **changes}
        )

    def eligibility(self, principal: str, scope: str, expiration: Mapping[str, Any] | None = None) -> Made:
        return self.create(
            ELIGIBILITY,
            principalId=principal,
            roleDefinitionId=definition(READER),
            scope=scope,
            scheduleInfo={'expiration': expiration or {'type': 'AfterDuration', 'duration': 'P365D'}},
            justification='by arrangement',
        )

    def policy(self, scope: str, *rules: Mapping[str, Any], **changes: Any) -> Made:
        given = {'roleManagementPolicyName': self.policy_name(scope), 'scope': scope, 'rules': list(rules)}
        return self.create(POLICY, **{**given, **changes})

    def policy_name(self, scope: str) -> str:
        with self.journal.transaction() as transaction:
            return policy_name(World(transaction), scope, READER)

    def policy_assignment(self, scope: str, **changes: Any) -> Made:
        name = self.policy_name(scope)
        given = {
            'policyId': f'{scope}/providers/Microsoft.Authorization/roleManagementPolicies/{name}',
            'roleDefinitionId': definition(READER),
            'roleManagementPolicyAssignmentName': f'{name}_{READER}',
            'scope': scope,
        }
        return self.create(POLICY_ASSIGNMENT, **{**given, **changes})

    def ask(self, name: str, **arguments: Any) -> dict[str, Any]:
        """A function of the directory's provider."""
        function = CATALOGUES['azuread'].functions[f'azuread:index/{name}:{name}']
        with self.journal.transaction() as transaction:
            return function(World(transaction), arguments)

    def user(self, name: str = 'ana') -> str:
        """The object id of one of Lantern's people."""
        return str(self.ask('getUser', userPrincipalName=f'{name}@lantern.example.org')['objectId'])

    def one_of_each(self) -> dict[str, Made]:
        """A thing of each type, by token."""
        made = {
            RESOURCE_GROUP: self.resource_group,
            ACCOUNT: self.account(),
            SETTINGS: self.settings(),
            CONTAINER: self.container(),
            LIFECYCLE: self.lifecycle(rule()),
            ROLE: self.role(),
            IDENTITY: self.identity(),
            CREDENTIAL: self.credential(),
            VAULT: self.vault(),
            SECRET: self.secret(),
            REGISTRY: self.registry(),
            BUDGET: self.budget(),
            GROUP: self.create(GROUP, displayName='alpha-analysis', securityEnabled=True),
            INVITATION: self.guest(),
        }
        group, container = made[GROUP].outputs['objectId'], made[CONTAINER].id
        return {
            **made,
            MEMBER: self.member(group, made[INVITATION].outputs['userId']),
            ASSIGNMENT: self.assignment(group, container, condition=LIST_ONLY, conditionVersion='2.0'),
            ELIGIBILITY: self.eligibility(group, container),
            POLICY: self.policy(container),
            POLICY_ASSIGNMENT: self.policy_assignment(container),
        }

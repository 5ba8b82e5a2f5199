"""What the double says of a type is what the provider's SDK says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.conformance.catalogues import AZURE, CHECKER, ENTRA, GITHUB, GOOGLE
from tests.conformance.checker import registered
from tests.conformance.fitting import Faults, record_faults
from tests.conformance.shapes import ResourceType
from tests.end_to_end.organisations import lantern
from tests.simulated_cloud.azure import CATALOGUES
from tests.simulated_cloud.building_azure import AzureCloud
from tests.simulated_cloud.gcp import CATALOGUE
from tests.simulated_cloud.github import CATALOGUE as ON_GITHUB

NAMED_BY_US = {
    'gcp:serviceaccount/account:Account': {'accountId'},
    'gcp:organizations/iAMCustomRole:IAMCustomRole': {'roleId'},
    'gcp:storage/bucket:Bucket': {'name'},
    'gcp:storage/bucketObject:BucketObject': {'name'},
    'gcp:secretmanager/secret:Secret': {'secretId'},
    'gcp:secretmanager/secretVersion:SecretVersion': {'secretData'},
    'azure-native:authorization:RoleAssignment': {'roleAssignmentName'},
    'azure-native:authorization:RoleDefinition': {'roleDefinitionId', 'roleName'},
    'azure-native:authorization:RoleManagementPolicy': {'roleManagementPolicyName'},
    'azure-native:authorization:RoleManagementPolicyAssignment': {'roleManagementPolicyAssignmentName'},
    'azure-native:consumption:Budget': {'budgetName'},
    'azure-native:containerregistry:Registry': {'registryName'},
    'azure-native:keyvault:Secret': {'secretName'},
    'azure-native:keyvault:Vault': {'vaultName'},
    'azure-native:managedidentity:FederatedIdentityCredential': {
        'audiences',
        'federatedIdentityCredentialResourceName',
        'issuer',
        'subject',
    },
    'azure-native:managedidentity:UserAssignedIdentity': {'resourceName'},
    'azure-native:resources:ResourceGroup': {'resourceGroupName'},
    'azure-native:storage:BlobContainer': {'containerName'},
    'azure-native:storage:BlobServiceProperties': {'blobServicesName'},
    'azure-native:storage:ManagementPolicy': {'managementPolicyName'},
    'azure-native:storage:StorageAccount': {'accountName'},
}
"""What the SDK lets be left out and invents, and the double does not."""


def test_every_google_type_of_the_example_is_simulated() -> None:
    used = {each.type for each in registered(lantern()) if each.type.startswith('gcp:')}
    assert used - CATALOGUE.kinds.keys() == set()


GITHUB_KINDS = ON_GITHUB.kinds
KINDS = {**GITHUB_KINDS, **CATALOGUE.kinds, **CATALOGUES['azure-native'].kinds, **CATALOGUES['azuread'].kinds}
SDKS = {'github': GITHUB, 'gcp': GOOGLE, 'azure-native': AZURE, 'azuread': ENTRA}


@pytest.mark.parametrize('token', sorted(KINDS))
def test_a_type_requires_and_hides_what_the_sdk_does(token: str) -> None:
    kind, sdk = KINDS[token], SDKS[token.partition(':')[0]].resource_type(token)
    required = {name for name, field in sdk.inputs.items() if field.required}
    assert set(kind.required) - NAMED_BY_US.get(token, set()) == required - NAMED_BY_US.get(token, set())
    assert kind.replaces - sdk.inputs.keys() == set()
    assert kind.secrets <= sdk.secrets


def test_what_azure_makes_of_each_type_has_inputs_and_outputs_of_the_sdk(azure: AzureCloud) -> None:
    made = azure.one_of_each()
    assert made.keys() == CATALOGUES['azure-native'].kinds.keys() | CATALOGUES['azuread'].kinds.keys()
    for token, thing in made.items():
        sdk = CHECKER.resource_type(token)
        assert isinstance(sdk, ResourceType)
        assert list(record_faults(thing.inputs, sdk.inputs, token, nothing_deferred)) == []
        assert thing.outputs.keys() - sdk.outputs.keys() - {'id'} == set()


def nothing_deferred(*_: object) -> Faults:
    raise AssertionError('samples are plain data')


ASKED: Mapping[str, Mapping[str, Any]] = {
    'getUser': {'userPrincipalName': 'ana@lantern.example.org'},
    'getUsers': {'mails': ['ana@lantern.example.org']},
    'getApplication': {'displayName': 'curation'},
    'getServicePrincipal': {'displayName': 'curation'},
    'getGroup': {'displayName': 'alpha-analysis'},
}


@pytest.mark.parametrize('name', ASKED)
def test_a_function_answers_with_outputs_of_the_sdk(azure: AzureCloud, name: str) -> None:
    azure.group()
    token, asked = f'azuread:index/{name}:{name}', dict(ASKED[name])
    sdk = ENTRA.function(token)
    assert asked.keys() - sdk.arguments.keys() == set()
    assert azure.ask(name, **asked).keys() - sdk.outputs.keys() == set()


def test_every_function_that_is_simulated_is_asked() -> None:
    assert CATALOGUES['azuread'].functions.keys() == {f'azuread:index/{name}:{name}' for name in ASKED}

"""Every resource of example and generated plans is what its provider's SDK, or our own schema, says it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from hypothesis import given, settings

from cpg_infra.abstraction.dry_run import PREFIX
from cpg_infra.config import load
from cpg_infra.driver import Infrastructure
from cpg_infra.engine.survey import leaves_of
from cpg_infra.plan import Lookup, Plan, Value
from cpg_infra.provider.schema import SCHEMA
from tests.conformance import azure_roles
from tests.conformance.catalogues import CHECKER
from tests.conformance.checker import is_on_paper, registered
from tests.conformance.organisations import with_every_option, with_every_option_on_azure
from tests.conformance.own_types import FOR_AZURE
from tests.organisations import TODAY
from tests.random_organisations import Given, organisations

LANTERN: Final = Path(__file__).resolve().parents[2] / 'examples' / 'lantern'

EVERY_TYPE_ON_GOOGLE: Final = {
    *(SCHEMA.keys() - FOR_AZURE),
    'gcp:artifactregistry/repository:Repository',
    'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember',
    'gcp:billing/budget:Budget',
    'gcp:cloudidentity/group:Group',
    'gcp:cloudrun/iamMember:IamMember',
    'gcp:organizations/project:Project',
    'gcp:privilegedaccessmanager/entitlement:entitlement',
    'gcp:projects/iAMMember:IAMMember',
    'gcp:projects/service:Service',
    'gcp:secretmanager/secret:Secret',
    'gcp:secretmanager/secretIamBinding:SecretIamBinding',
    'gcp:secretmanager/secretIamMember:SecretIamMember',
    'gcp:secretmanager/secretVersion:SecretVersion',
    'gcp:serviceaccount/account:Account',
    'gcp:serviceaccount/iAMBinding:IAMBinding',
    'gcp:serviceaccount/key:Key',
    'gcp:storage/bucket:Bucket',
    'gcp:storage/bucketIAMBinding:BucketIAMBinding',
    'gcp:storage/bucketIAMMember:BucketIAMMember',
    'gcp:storage/bucketObject:BucketObject',
}

EVERY_TYPE_ON_AZURE: Final = {
    *FOR_AZURE,
    'azure-native:authorization:PimRoleEligibilitySchedule',
    'azure-native:authorization:RoleAssignment',
    'azure-native:authorization:RoleDefinition',
    'azure-native:authorization:RoleManagementPolicy',
    'azure-native:consumption:Budget',
    'azure-native:containerregistry:Registry',
    'azure-native:keyvault:Secret',
    'azure-native:keyvault:Vault',
    'azure-native:managedidentity:FederatedIdentityCredential',
    'azure-native:managedidentity:UserAssignedIdentity',
    'azure-native:resources:ResourceGroup',
    'azure-native:storage:BlobContainer',
    'azure-native:storage:BlobServiceProperties',
    'azure-native:storage:ManagementPolicy',
    'azure-native:storage:StorageAccount',
    'azuread:index/groupMember:GroupMember',
    'azuread:index/groupWithoutMembers:GroupWithoutMembers',
    'azuread:index/invitation:Invitation',
    'cpg:hail:BillingProject',
    'cpg:hail:User',
}

EVERY_TYPE_OF_PLUGINS: Final = {
    'gcp:bigquery/dataset:Dataset',
    'gcp:bigquery/datasetIamMember:DatasetIamMember',
    'gcp:bigquery/iamMember:IamMember',
    'gcp:bigquery/table:Table',
    'gcp:billing/accountIamMember:AccountIamMember',
    'gcp:cloudfunctionsv2/function:Function',
    'gcp:cloudrunv2/service:Service',
    'gcp:cloudscheduler/job:Job',
    'gcp:iam/workloadIdentityPool:WorkloadIdentityPool',
    'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider',
    'gcp:monitoring/alertPolicy:AlertPolicy',
    'gcp:monitoring/notificationChannel:NotificationChannel',
    'gcp:organizations/iAMCustomRole:IAMCustomRole',
    'gcp:pubsub/subscription:Subscription',
    'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember',
    'gcp:pubsub/topic:Topic',
    'gcp:pubsub/topicIAMMember:TopicIAMMember',
    'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable',
    'github:index/repositoryEnvironment:RepositoryEnvironment',
}
"""What only plugins make; the example has enabled them."""

SELDOM: Final = {
    'azure-native:authorization:PimRoleEligibilitySchedule',
    'azure-native:authorization:RoleManagementPolicy',
}
"""So much must come together for these that some dozens of generated organisations may have none."""


def said(plan: Plan) -> list[str]:
    return [str(finding) for finding in (*CHECKER.check(plan), *azure_roles.check(plan))]


@cache
def lantern() -> Plan:
    loaded = load(LANTERN)
    return Infrastructure(loaded.organisation, loaded.datasets, date=TODAY, sources=loaded.sources).plan()


def types_of(plan: Plan) -> set[str]:
    """What is not in a plan is not checked."""
    return {resource.type for resource in registered(plan)}


def test_an_organisation_with_every_option_conforms() -> None:
    assert said(with_every_option()) == []
    assert types_of(with_every_option()) == EVERY_TYPE_ON_GOOGLE
    assert len(registered(with_every_option())) > 500


def test_an_organisation_on_azure_with_every_option_conforms() -> None:
    plan = with_every_option_on_azure()
    assert said(plan) == []
    assert types_of(plan) == EVERY_TYPE_ON_AZURE
    assert len(registered(plan)) > 400
    asked = {lookup.function for each in plan.resources for lookup in look_ups(each.inputs)}
    assert asked == {
        f'azuread:index/{name}:{name}' for name in ('getApplication', 'getGroup', 'getServicePrincipal', 'getUser')
    }


def look_ups(value: Value) -> Iterator[Lookup]:
    """The look-ups in a value, and those that look-ups wait for."""
    for leaf in leaves_of(value):
        if isinstance(leaf, Lookup):
            yield leaf
            yield from look_ups(dict(leaf.arguments))


def test_a_value_of_a_vault_is_a_secret_although_the_sdk_does_not_say_so() -> None:
    vaults = [each for each in with_every_option_on_azure().resources if each.type == 'azure-native:keyvault:Secret']
    assert {each.options.secret_inputs for each in vaults} == {('properties',)}


def test_the_example_organisation_conforms() -> None:
    assert said(lantern()) == []
    # The visit of its one guest on Azure is over by then.
    on_azure = EVERY_TYPE_ON_AZURE - {'azuread:index/invitation:Invitation'}
    assert types_of(lantern()) == EVERY_TYPE_ON_GOOGLE | on_azure | EVERY_TYPE_OF_PLUGINS
    assert len(registered(lantern())) > 1500


def test_generated_organisations_conform() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=60)
    @given(organisations())
    def conforms(generated: Given) -> None:
        plan = Infrastructure(generated.organisation, generated.datasets, date=TODAY).plan()
        seen.update(resource.type for resource in registered(plan))
        assert said(plan) == []

    conforms()
    known = EVERY_TYPE_ON_GOOGLE | EVERY_TYPE_ON_AZURE
    assert known - SELDOM <= seen.keys() <= known
    assert seen.total() > 2000


def test_no_provider_hears_of_a_dry_run() -> None:
    on_paper = [resource for resource in lantern().resources if is_on_paper(resource)]
    assert len(on_paper) > 100
    assert {resource.type for resource in on_paper if not resource.type.startswith(PREFIX)} == set()

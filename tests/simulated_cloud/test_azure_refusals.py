"""What Azure refuses, the double refuses, with the code that Azure gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.simulated_cloud import building_azure as types
from tests.simulated_cloud.building_azure import TENANT, AzureCloud, guid, rule
from tests.simulated_cloud.world import Refused

LAST_ACCESS = {'baseBlob': {'tierToCool': {'daysAfterLastAccessTimeGreaterThan': 30}}}
ARCHIVE = {'baseBlob': {'tierToArchive': {'daysAfterModificationGreaterThan': 90}}}


def with_account(act: Callable[[AzureCloud], object], **changes: Any) -> Callable[[AzureCloud], object]:
    """What comes after an account was made."""

    def both(azure: AzureCloud) -> None:
        azure.account(**changes)
        act(azure)

    return both


REFUSED: Mapping[str, tuple[Callable[[AzureCloud], object], str]] = {
    'an account in a group that is not there': (
        lambda azure: azure.account(resourceGroupName='nowhere'),
        'Status=404 Code="ResourceGroupNotFound" Message="Resource group \'nowhere\' could not be found."',
    ),
    'an account with a name that somebody else has': (
        lambda azure: azure.account('takenbyothers'),
        'Code="StorageAccountAlreadyTaken"',
    ),
    'an account with a name that we have in another group': (
        lambda azure: azure.account('lanternconfig'),
        'Code="StorageAccountAlreadyTaken"',
    ),
    'an account that is there': (with_account(AzureCloud.account), 'cannot create already existing resource'),
    'a container without its account': (AzureCloud.container, 'Code="ParentResourceNotFound"'),
    'a container in an account of another group': (
        lambda azure: azure.container(accountName='lanternconfig'),
        'Code="ParentResourceNotFound"',
    ),
    'a public container in an account that forbids it': (
        with_account(lambda azure: azure.container(publicAccess='Blob')),
        'Code="PublicAccessNotPermitted"',
    ),
    'an immutable container without versions': (
        with_account(lambda azure: azure.container(immutableStorageWithVersioning={'enabled': True})),
        'Code="VersioningNotEnabled"',
    ),
    'blob settings of an account that is not there': (AzureCloud.settings, 'Code="ParentResourceNotFound"'),
    'blob settings that keep what was deleted for more than a year': (
        with_account(lambda azure: azure.settings(deleteRetentionPolicy={'enabled': True, 'days': 366})),
        'days must be between 1 and 365',
    ),
    'versions in an account with a namespace': (
        with_account(AzureCloud.settings, isHnsEnabled=True),
        'Code="FeatureNotSupportedForAccount"',
    ),
    'two resources for the blob settings of one account': (
        with_account(lambda azure: (azure.settings(), azure.settings(isVersioningEnabled=False))),
        'cannot create already existing resource',
    ),
    'two management policies for one account': (
        with_account(lambda azure: (azure.lifecycle(rule()), azure.lifecycle(rule('other')))),
        'cannot create already existing resource',
    ),
    'a management policy of another name': (
        with_account(lambda azure: azure.lifecycle(rule(), managementPolicyName='mine')),
        'Code="InvalidResourceName"',
    ),
    'a policy of 101 rules': (
        with_account(lambda azure: azure.lifecycle(*(rule(f'r{number}') for number in range(101)))),
        'between 1 and 100 rules, not 101',
    ),
    'a rule with a hyphen in its name': (
        with_account(lambda azure: azure.lifecycle(rule('main-tmp'))),
        'letters and digits',
    ),
    'two rules of one name': (with_account(lambda azure: azure.lifecycle(rule(), rule())), 'the name is used twice'),
    'a rule with eleven prefixes': (
        with_account(
            lambda azure: azure.lifecycle(
                rule(filters={'blobTypes': ['blockBlob'], 'prefixMatch': [f'p{number}/' for number in range(11)]})
            )
        ),
        'more than 10 prefixes',
    ),
    'a rule by last access where access is not tracked': (
        with_account(lambda azure: azure.lifecycle(rule(actions=LAST_ACCESS))),
        'last access time tracking is not enabled',
    ),
    'a rule to archive where there is no archive': (
        with_account(lambda azure: azure.lifecycle(rule(actions=ARCHIVE)), sku={'name': 'Standard_ZRS'}),
        'tierToArchive is not supported for Standard_ZRS',
    ),
    'an identity in a group that is not there': (
        lambda azure: azure.identity(resourceGroupName='nowhere'),
        'Code="ResourceGroupNotFound"',
    ),
    'a credential without its identity': (AzureCloud.credential, 'Code="ParentResourceNotFound"'),
    'a credential with two audiences': (
        lambda azure: (azure.identity(), azure.credential(audiences=['a', 'b'])),
        'The number of audiences',
    ),
    'two credentials for one subject': (
        lambda azure: (azure.identity(), azure.credential(), azure.credential('another', subject='repo:repository')),
        'Issuer and subject combination already exists',
    ),
    'a twenty-first credential': (
        lambda azure: (azure.identity(), *(azure.credential(f'repository{number}') for number in range(21))),
        'Too many federated identity credentials',
    ),
    'a vault of another tenant': (lambda azure: azure.vault(tenantId=guid('elsewhere')), 'is not that of'),
    'a vault with a name that somebody else has': (
        lambda azure: azure.vault('takenbyothers'),
        'Code="VaultAlreadyExists"',
    ),
    'a vault that is told that it has no purge protection': (
        lambda azure: azure.vault(enablePurgeProtection=False),
        '"enablePurgeProtection" cannot be set to false',
    ),
    'a vault without roles and without policies': (
        lambda azure: azure.vault(enableRbacAuthorization=False),
        'accessPolicies is not specified',
    ),
    'a vault that keeps what was deleted for three days': (
        lambda azure: azure.vault(softDeleteRetentionInDays=3),
        'must be between 7 and 90',
    ),
    'a vault to recover that was never deleted': (
        lambda azure: azure.vault(createMode='recover'),
        'Code="VaultNotFound"',
    ),
    'a secret without its vault': (AzureCloud.secret, 'Code="ParentResourceNotFound"'),
    'a secret of more than 25 KB': (
        lambda azure: (azure.vault(), azure.secret('x' * 25_600, 'fits'), azure.secret('x' * 25_601)),
        'between 1 and 25600 bytes, not 25601',
    ),
    'a registry with a name that somebody else has': (
        lambda azure: azure.registry('takenbyothers'),
        'takenbyothers.azurecr.io is already in use',
    ),
    'a registry that cleans up and is not premium': (
        lambda azure: azure.registry(policies={'retentionPolicy': {'status': 'enabled', 'days': 7}}),
        'not supported for the SKU Standard',
    ),
    'a budget of six notifications': (lambda azure: azure.budget(6), 'Only 5 notifications'),
    'a budget that begins in the middle of a month': (
        lambda azure: azure.budget(start='2026-11-02'),
        'the first of a month',
    ),
    'a budget that begins in an earlier period': (
        lambda azure: azure.budget(start='2026-10-01'),
        'within the current time grain period',
    ),
    'a budget that begins in more than a year': (
        lambda azure: azure.budget(start='2027-12-01'),
        'more than twelve months ahead',
    ),
    'a budget that tells nobody': (
        lambda azure: azure.budget(notifications={'a': {'contactEmails': [], 'enabled': True, 'threshold': 50}}),
        'a contact e-mail or a contact group is required',
    ),
    'a budget of nothing': (lambda azure: azure.budget(amount=0), 'greater than 0'),
    'a budget on a group that is not there': (
        lambda azure: azure.budget(scope=f'{types.SUBSCRIPTION}/resourceGroups/nowhere'),
        'Code="ResourceNotFound"',
    ),
    'a budget of another subscription': (
        lambda azure: azure.budget(scope=f'/subscriptions/{TENANT}'),
        'Code="SubscriptionNotFound"',
    ),
}


@pytest.mark.parametrize('what', REFUSED)
def test_refused(azure: AzureCloud, what: str) -> None:
    act, says = REFUSED[what]
    with pytest.raises(Refused) as refused:
        act(azure)
    assert says in str(refused.value)


def test_a_refusal_leaves_nothing_behind(azure: AzureCloud) -> None:
    before = azure.journal.things()
    with pytest.raises(Refused):
        azure.container()
    assert azure.journal.things() == before


def test_a_namespace_that_nobody_registered_in_the_subscription_is_refused(azure: AzureCloud) -> None:
    with azure.journal.transaction() as transaction:
        transaction.put('tenant', {**(transaction.get('tenant') or {}), 'providers': []})
    with pytest.raises(Refused, match=r"not registered to use namespace 'Microsoft.Storage'"):
        azure.account()
    with pytest.raises(Refused, match=r"not registered to use namespace 'Microsoft.Consumption'"):
        azure.budget()


@pytest.mark.parametrize('start', ['2026-11-01', '2026-12-01', '2026-11-01T00:00:00Z'])
def test_a_budget_begins_in_this_period_or_a_later_one(azure: AzureCloud, start: str) -> None:
    assert azure.budget(start=start).outputs['name'] == 'monthly'


def test_a_budget_of_a_year_may_have_begun_in_it(azure: AzureCloud) -> None:
    azure.budget(start='2026-01-01', timeGrain='Annually')


def test_a_budget_that_is_there_keeps_its_start_in_the_years_to_come(azure: AzureCloud) -> None:
    made = azure.budget()
    with azure.journal.transaction() as transaction:
        transaction.put('tenant', {**(transaction.get('tenant') or {}), 'today': '2028-05-05'})
    changed = azure.update(types.BUDGET, made.id, made.properties, **{**made.inputs, 'amount': 200})
    assert changed.inputs['amount'] == 200


@pytest.mark.parametrize(
    ('token', 'key', 'name'),
    [
        (types.RESOURCE_GROUP, 'resourceGroupName', 'ends.'),
        (types.ACCOUNT, 'accountName', 'with-hyphen'),
        (types.ACCOUNT, 'accountName', 'a' * 25),
        (types.CONTAINER, 'containerName', 'a--b'),
        (types.CONTAINER, 'containerName', 'Main'),
        (types.CONTAINER, 'containerName', '-main'),
        (types.VAULT, 'vaultName', '1vault'),
        (types.VAULT, 'vaultName', 'a--b'),
        (types.VAULT, 'vaultName', 'ends-'),
        (types.SECRET, 'secretName', 'a_b'),
        (types.REGISTRY, 'registryName', 'a-b-c'),
        (types.IDENTITY, 'resourceName', 'ab'),
        (types.CREDENTIAL, 'federatedIdentityCredentialResourceName', '_ab'),
        (types.ROLE, 'roleDefinitionId', 'reader'),
        (types.ASSIGNMENT, 'roleAssignmentName', 'alpha-main-read'),
    ],
)
def test_a_name_that_breaks_a_rule_is_refused_before_anything_is_sent(
    azure: AzureCloud, token: str, key: str, name: str
) -> None:
    assert key in azure.check(token, **{key: name})

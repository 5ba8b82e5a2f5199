"""Storage accounts, their containers, and how long what was deleted can be brought back."""

from __future__ import annotations

from tests.driver.azure.building import azure_plan, inputs, of_type
from tests.organisations import (
    on_azure,
)


def test_a_dataset_has_a_storage_account_with_versions_and_one_without() -> None:
    plan = azure_plan(on_azure('alpha'))
    by_account: dict[str, set[str]] = {}
    for each in of_type(plan, 'azure-native:storage:BlobContainer'):
        account, _, container = each.physical.partition('/')
        by_account.setdefault(account, set()).add(container)
    assert by_account == {
        'lanternalphaver': {
            *('archive', 'main', 'main-analysis', 'main-upload', 'main-web'),
            *('test', 'test-analysis', 'test-upload', 'test-web'),
        },
        'lanternalphatmp': {'hail', 'main-tmp', 'test-tmp'},
    }


def test_storage_is_closed_but_to_role_assignments_and_kept_from_deletion() -> None:
    plan = azure_plan(on_azure('alpha', azure={'region': 'westeurope'}))
    account = plan.resource_by_name['alpha-azure-versioned-storage-account']
    assert account.inputs == {
        'accountName': 'lanternalphaver',
        'resourceGroupName': 'lantern-alpha',
        'location': 'westeurope',
        'kind': 'StorageV2',
        'sku': {'name': 'Standard_LRS'},
        'accessTier': 'Hot',
        'allowBlobPublicAccess': False,
        'allowSharedKeyAccess': False,
        'allowCrossTenantReplication': False,
        'defaultToOAuthAuthentication': True,
        'enableHttpsTrafficOnly': True,
        'minimumTlsVersion': 'TLS1_2',
        'isHnsEnabled': False,
        'tags': {'dataset': 'alpha'},
    }
    assert (account.options.protect, account.options.retain) == (True, True)
    container = plan.resource_by_name['alpha-azure-main-bucket']
    assert container.inputs == {
        'accountName': 'lanternalphaver',
        'resourceGroupName': 'lantern-alpha',
        'containerName': 'main',
        'publicAccess': 'None',
    }
    assert (container.options.protect, container.options.retain) == (True, True)


def test_what_was_deleted_can_be_brought_back_for_a_month_and_nothing_of_what_is_temporary() -> None:
    plan = azure_plan(on_azure('alpha', autoclass=False))
    assert inputs(plan, 'alpha-azure-versioned-storage-account-settings') == {
        'accountName': 'lanternalphaver',
        'resourceGroupName': 'lantern-alpha',
        'blobServicesName': 'default',
        'isVersioningEnabled': True,
        'containerDeleteRetentionPolicy': {'enabled': True, 'days': 7},
        'deleteRetentionPolicy': {'enabled': True, 'days': 30},
    }
    temporary = inputs(plan, 'alpha-azure-temporary-storage-account-settings')
    assert (temporary['isVersioningEnabled'], temporary['deleteRetentionPolicy']) == (False, {'enabled': False})


def test_access_is_tracked_where_rules_need_it_and_before_they_do() -> None:
    plan = azure_plan(on_azure('alpha'))
    settings = inputs(plan, 'alpha-azure-versioned-storage-account-settings')
    assert settings['lastAccessTimeTrackingPolicy'] == {
        'enable': True,
        'name': 'AccessTimeTracking',
        'trackingGranularityInDays': 1,
        'blobType': ['blockBlob'],
    }
    lifecycle = plan.resource_by_name['alpha-azure-versioned-storage-account-lifecycle']
    assert lifecycle.depends_on == ('alpha-azure-versioned-storage-account-settings',)

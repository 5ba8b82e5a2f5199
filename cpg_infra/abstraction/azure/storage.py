"""Storage accounts, containers and blobs.

Versions, soft delete and access tracking are settings of a whole account, so that a dataset has one account for
buckets that keep versions and one for those that do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cpg_infra.abstraction.azure.lifecycle import policy_rules, undelete_days
from cpg_infra.abstraction.azure.names import AzureNames
from cpg_infra.abstraction.azure.scopes import account_scope, container_scope
from cpg_infra.abstraction.base import PROTECTED
from cpg_infra.abstraction.handles import Bucket, By
from cpg_infra.abstraction.specification import BucketProfile
from cpg_infra.plan.access import Asset, AssetKind
from cpg_infra.plan.resource import Options
from cpg_infra.plan.values import Text, Value

SOFT_DELETE_DAYS: Final = 7
"""Days for which a deleted container can be brought back, and a deleted blob where nothing else is asked for: as
Google Cloud keeps it."""

KINDS: Final = {True: 'versioned', False: 'temporary'}
"""What an account is called in logical names."""

_KEPT = Options(retain=True)
"""Settings that protect data stay when they leave the plan."""
_SECRET_CONTENT = Options(secret_inputs=('content',))


@dataclass(slots=True)
class StorageAccount:
    """A storage account and its containers, of which more may come."""

    asset: str
    name: str
    logical: str
    by: By
    versions: bool
    containers: dict[str, BucketProfile] = field(default_factory=dict)


class AzureStorage(AzureNames):
    """Buckets as containers."""

    def _account(self, profile: BucketProfile) -> StorageAccount:
        """The account for a profile; made when its first container is.

        Many containers are in it, so it belongs to the project and not to whoever asked first.
        """
        versions = profile.versions
        account = self._accounts.get(versions)
        if account is None:
            name, by = self.account_for(profile), self._by('project', *self.place)
            asset = self._asset(AssetKind.STORAGE_ACCOUNT, name, by, within=self.project.asset, holds_data=True).key
            logical = self.logical(f'{KINDS[versions]}-storage-account')
            account = self._accounts[versions] = StorageAccount(asset, name, logical, by, versions)
            self.state.places[name] = self.scope_of_project(self.project)
            self._resource(
                logical,
                'azure-native:storage:StorageAccount',
                name,
                self._account_inputs(name),
                by,
                asset,
                depends_on=[self.project.resource],
                options=PROTECTED,
            )
            self.state.at_the_end.append(lambda: self._settle(account))
        return account

    @cached_property
    def _accounts(self) -> dict[bool, StorageAccount]:
        return {}

    def _account_inputs(self, name: str) -> dict[str, Value]:
        return {
            'accountName': name,
            'resourceGroupName': self.project.name,
            'location': self.region,
            'kind': 'StorageV2',
            'sku': {'name': self.azure.storage_sku},
            'accessTier': 'Hot',
            # What is not said is allowed: each of these is a way in beside the role assignments.
            'allowBlobPublicAccess': False,
            'allowSharedKeyAccess': False,
            'allowCrossTenantReplication': False,
            'defaultToOAuthAuthentication': True,
            'enableHttpsTrafficOnly': True,
            'minimumTlsVersion': 'TLS1_2',
            'isHnsEnabled': False,
            'tags': {'dataset': self.dataset.dataset},
        }

    def _settle(self, account: StorageAccount) -> None:
        """The settings that follow from all containers of an account."""
        profiles = account.containers.values()
        settings: dict[str, Value] = {
            'accountName': account.name,
            'resourceGroupName': self.project.name,
            'blobServicesName': 'default',
            'isVersioningEnabled': account.versions,
            'containerDeleteRetentionPolicy': {'enabled': True, 'days': SOFT_DELETE_DAYS},
            'deleteRetentionPolicy': (
                {'enabled': True, 'days': undelete_days(profiles) or SOFT_DELETE_DAYS}
                if account.versions
                else {'enabled': False}
            ),
        }
        if any(profile.autoclass for profile in profiles):
            settings['lastAccessTimeTrackingPolicy'] = {
                'enable': True,
                'name': 'AccessTimeTracking',
                'trackingGranularityInDays': 1,
                'blobType': ['blockBlob'],
            }
        service = self._resource(
            f'{account.logical}-settings',
            'azure-native:storage:BlobServiceProperties',
            f'{account.name}/default',
            settings,
            account.by,
            self._settings_of(account, 'protection'),
            depends_on=[account.logical],
            options=_KEPT,
        )
        if rules := policy_rules(account.containers):
            self._resource(
                f'{account.logical}-lifecycle',
                'azure-native:storage:ManagementPolicy',
                f'{account.name}/default',
                {
                    'accountName': account.name,
                    'resourceGroupName': self.project.name,
                    'managementPolicyName': 'default',
                    'policy': {'rules': rules},
                },
                account.by,
                self._settings_of(account, 'lifecycle'),
                # Rules on the last access are refused while it is not tracked.
                depends_on=[service.name],
            )

    def _settings_of(self, account: StorageAccount, what: str) -> str:
        """The asset that stands for settings of an account, which hold no data themselves."""
        name = f'{account.name}/{what}'
        return self._asset(AssetKind.STORAGE_SETTINGS, name, account.by, within=account.asset).key

    def _lower_bucket(self, bucket: Bucket, profile: BucketProfile, by: By) -> None:
        account = self._account(profile)
        container = bucket.name.partition('/')[2]
        account.containers[container] = profile
        place = account_scope(self.state.places[account.name], account.name)
        self.state.scopes[bucket.asset] = container_scope(place, container)
        self._resource(
            str(bucket.resource),
            'azure-native:storage:BlobContainer',
            bucket.name,
            {
                'accountName': account.name,
                'resourceGroupName': self.project.name,
                'containerName': container,
                'publicAccess': 'None',
            },
            by,
            bucket.asset,
            depends_on=[account.logical],
            options=PROTECTED,
        )

    def _lower_blob(self, asset: Asset, logical: str, bucket: Bucket, path: str, content: Text, by: By) -> None:
        account, _, container = bucket.name.partition('/')
        self._resource(
            logical,
            'cpg:azure:Blob',
            f'{bucket.address}/{path}',
            {'account': account, 'container': container, 'name': path, 'content': content},
            by,
            asset.key,
            depends_on=[bucket.resource],
            options=_SECRET_CONTENT,
        )

"""What everything on Azure needs: names, addresses, places, and what the subscription must be prepared for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from cpg_infra.abstraction.azure.fitting import storage_account_name
from cpg_infra.abstraction.azure.scopes import account_scope, container_scope, group_scope, subscription_of
from cpg_infra.abstraction.azure.state import AzureState
from cpg_infra.abstraction.azure.subscriptions import PACKAGE, provider_in
from cpg_infra.abstraction.base import CloudInfrastructure
from cpg_infra.abstraction.handles import Bucket, By, Project
from cpg_infra.abstraction.specification import BucketProfile, CloudService
from cpg_infra.config.dataset import CPGDatasetConfig
from cpg_infra.config.diagnostics import dataset_path, organisation_path
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.plan.access import PrincipalKind
from cpg_infra.plan.builder import PlanError
from cpg_infra.plan.resource import Options, Resource
from cpg_infra.plan.values import Ref, Text, Value

BLOB_HOST: Final = '.blob.core.windows.net'

ENDINGS: Final = {True: ('ver', '8'), False: ('tmp', '9')}
"""Ends the name of the storage account that keeps versions, and of the one that does not: readable, and hashed."""

_GUID: Final = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')

RESOURCE_PROVIDERS: Final = {
    'azure-native:authorization': ('Microsoft.Authorization',),
    'azure-native:consumption': ('Microsoft.Consumption', 'Microsoft.CostManagement'),
    'azure-native:containerregistry': ('Microsoft.ContainerRegistry',),
    'azure-native:keyvault': ('Microsoft.KeyVault',),
    'azure-native:managedidentity': ('Microsoft.ManagedIdentity',),
    'azure-native:storage': ('Microsoft.Storage',),
}
"""What a subscription must have registered for the types of a module."""


def is_object_id(address: str) -> bool:
    """Whether an address is the id of an object of the directory."""
    return _GUID.fullmatch(address) is not None


class AzureNames(CloudInfrastructure):
    """The names of a dataset on Azure."""

    state: AzureState

    @classmethod
    def new_state(cls) -> AzureState:
        """Azure has more to remember."""
        return AzureState()

    @cached_property
    def azure(self) -> CPGInfrastructureConfig.Azure:
        """The organisation's section. Raises `PlanError` when there is none: validation comes first."""
        if self.organisation.azure is None:
            raise PlanError('the organisation has no section azure')
        return self.organisation.azure

    @property
    def region(self) -> str:
        """The dataset's region, else the organisation's."""
        return (self.dataset.azure and self.dataset.azure.region) or self.azure.region

    @property
    def organisation_region(self) -> str:
        """The organisation's region."""
        return self.azure.region

    @property
    def storage_prefix(self) -> str:
        """Begins the name of every resource group and storage account."""
        return self.azure.dataset_storage_prefix

    @property
    def project_name(self) -> str:
        """The name of the dataset's resource group."""
        return f'{self.storage_prefix}{self.dataset.dataset}'

    @property
    def subscription(self) -> str:
        """The organisation's subscription: where its roles are defined, and all that names no other."""
        return self.azure.subscription.lower()

    @property
    def own_subscription(self) -> str:
        """The dataset's subscription, else the organisation's."""
        own = self.dataset.azure.subscription if self.dataset.azure is not None else None
        return own.lower() if own is not None else self.subscription

    def _settle_in_subscription(self, resource_group: str) -> None:
        """Remember where a resource group of the dataset is."""
        own, name = self.own_subscription, self.dataset.dataset
        self.state.subscriptions[resource_group] = own
        here = organisation_path('azure', 'subscription')
        if own != self.subscription:
            here = dataset_path(name, 'azure', 'subscription')
        self.state.named_by[own] = min(self.state.named_by.get(own, here), here)

    def scope_in(self, resource_group: str) -> str:
        """The resource id of a resource group. One that is not ours is in the organisation's subscription."""
        return group_scope(self.state.subscriptions.get(resource_group, self.subscription), resource_group)

    def scope_of_project(self, project: Project) -> str:
        """The resource id of a project."""
        return self.scope_in(project.name)

    @property
    def upload_federations(self) -> tuple[CPGDatasetConfig.Azure.Federation, ...]:
        """As configured."""
        return self.dataset.azure.upload_federations if self.dataset.azure is not None else ()

    # Buckets ----------------------------------------------------------------------------------------------

    def account_for(self, profile: BucketProfile) -> str:
        """The name of the storage account that holds buckets of a profile."""
        return storage_account_name(self.project_name, *ENDINGS[profile.versions])

    def bucket_name(self, key: str, profile: BucketProfile) -> str:
        """`<storage account>/<container>`."""
        return f'{self.account_for(profile)}/{key}'

    def organisation_bucket_name(self, key: str, profile: BucketProfile) -> str:
        """The same, in an account of the common dataset."""
        return self.bucket_name(key, profile)

    def bucket_address(self, name: str) -> str:
        """`https://<storage account>.blob.core.windows.net/<container>`."""
        account, _, container = name.partition('/')
        return f'https://{account}{BLOB_HOST}/{container}'

    @classmethod
    def located(cls, address: str) -> tuple[str, str] | None:
        """`https://<storage account>.blob.core.windows.net/<container>/<path>`."""
        parts = urlsplit(address)
        account = parts.netloc.removesuffix(BLOB_HOST)
        container, _, path = parts.path.removeprefix('/').partition('/')
        if parts.scheme != 'https' or not account or account == parts.netloc or not container:
            return None
        return f'{account}/{container}', path

    @property
    def config_bucket_name(self) -> str | None:
        """As configured; the account is that of the destination, unless the name holds another.

        None when that is on another cloud, or when it is not known in which resource group it lies.
        """
        account, _, container = self.azure.config_bucket_name.rpartition('/')
        if not account:
            located = self.located(self.organisation.config_destination)
            if located is None:
                return None
            account = located[0].partition('/')[0]
        return f'{account}/{container}' if self._place_of(account) is not None else None

    def _place_of(self, account: str) -> str | None:
        """The scope of the resource group of a storage account: known of ours, and of the configuration's."""
        if account in self.state.places:
            return self.state.places[account]
        group = self.azure.config_resource_group
        return group_scope(self.subscription, group) if group is not None else None

    def existing_bucket(self, name: str, by: By) -> Bucket:
        """A container that exists without us. Where its account lies is known of ours and of the configuration's."""
        bucket = super().existing_bucket(name, by)
        account, _, container = name.partition('/')
        place = self._place_of(account)
        if place is not None:
            self.state.scopes.setdefault(bucket.asset, container_scope(account_scope(place, account), container))
        return bucket

    # Principals -------------------------------------------------------------------------------------------

    def group_address(self, name: str) -> str:
        """The group's name with its prefix; the directory knows it by an id that only a deployment tells."""
        return f'{self.organisation.group_prefix or ""}{name}'

    def account_name(self, identifier: str, project: Project) -> str:
        """`<identity>@<resource group>`."""
        return f'{identifier}@{project.name}'

    def account_address(self, name: str, logical: str) -> Text:
        """The id of the identity's service principal."""
        return Ref(logical, 'principalId')

    def has_account(self, address: str) -> bool:
        """Everything but Google's own accounts: a principal name, a mail address, an object id."""
        return not address.lower().endswith('.gserviceaccount.com')

    def kind_of_address(self, address: str, *, is_user: bool) -> PrincipalKind:
        """An object id that is no user's is that of a program."""
        return PrincipalKind.MACHINE if is_object_id(address) and not is_user else PrincipalKind.PERSON

    # What the subscription must be prepared for -----------------------------------------------------------

    def require(self, service: CloudService) -> tuple[str, ...]:
        """Nothing to make: resource providers are registered by hand, and the plan lists those that it needs."""
        return ()

    def _resource(
        self,
        logical: str,
        type_: str,
        physical: str,
        inputs: Mapping[str, Value],
        by: By,
        *intents: str,
        depends_on: Iterable[str | None] = (),
        options: Options | None = None,
        provider: str | None = None,
    ) -> Resource:
        if provider is None and type_.startswith(f'{PACKAGE}:'):
            subscription = self._subscription_with(inputs)
            needed = RESOURCE_PROVIDERS.get(type_.rpartition(':')[0], ())
            self.state.providers.setdefault(subscription, set()).update(needed)
            provider = provider_in(subscription, self.azure, self.builder)
        return super()._resource(
            logical, type_, physical, inputs, by, *intents, depends_on=depends_on, options=options, provider=provider
        )

    def _subscription_with(self, inputs: Mapping[str, Value]) -> str:
        """Where a resource is: in the subscription of its scope, or of its resource group."""
        scope, group = inputs.get('scope'), inputs.get('resourceGroupName')
        found = subscription_of(scope) if isinstance(scope, str) else None
        return found or self.state.subscriptions.get(str(group), self.subscription)

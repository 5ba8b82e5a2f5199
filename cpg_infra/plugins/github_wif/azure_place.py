"""Where on Azure things of the plugin lie: beside those of datasets, or beside what was made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cpg_infra.abstraction import By
from cpg_infra.abstraction.azure.names import RESOURCE_PROVIDERS
from cpg_infra.abstraction.azure.scopes import group_scope
from cpg_infra.abstraction.azure.state import AzureState
from cpg_infra.abstraction.azure.subscriptions import provider_in
from cpg_infra.config import Cloud, CPGInfrastructureConfig
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import Options, Resource, Value
from cpg_infra.plugins.declaring import declare


@dataclass(frozen=True, slots=True)
class Ours:
    """Something that the plan makes: the key of its asset, and the logical name of its resource."""

    asset: str
    resource: str


class AzurePlace:
    """Resource groups by name. Azure minds the case of no name, so neither does this."""

    def __init__(self, infrastructure: Infrastructure, azure: CPGInfrastructureConfig.Azure) -> None:
        self.azure = azure
        self._infrastructure = infrastructure
        self._subscriptions = {
            f'{azure.dataset_storage_prefix}{name}'.lower(): config.azure.subscription.lower()
            for name, config in infrastructure.dataset_configs.items()
            if config.azure is not None and config.azure.subscription is not None
        }
        state = infrastructure.states.get(Cloud.AZURE)
        # Without a dataset on Azure nothing else is there.
        self._state = state if isinstance(state, AzureState) else AzureState()
        self._ours = {
            scope.lower(): Ours(asset, resource)
            for asset, scope in self._state.scopes.items()
            if (resource := self._state.resource_of.get(asset)) is not None
        }

    def subscription(self, group: str) -> str:
        """The subscription of a resource group: that of the dataset whose group it is, else the organisation's."""
        return self._subscriptions.get(group.lower(), self.azure.subscription)

    def scope(self, group: str) -> str:
        """The resource id of a resource group."""
        return group_scope(self.subscription(group), group)

    def ours(self, scope: str) -> Ours | None:
        """What the plan makes at a resource id; None for what exists without it."""
        return self._ours.get(scope.lower())

    def declare(  # noqa: PLR0913 - what a resource is made of
        self,
        group: str,
        logical: str,
        type_: str,
        physical: str,
        inputs: Mapping[str, Value],
        by: By,
        *,
        intents: Iterable[str],
        depends_on: Iterable[str],
        options: Options,
    ) -> Resource:
        """A resource in a resource group, of the provider of its subscription."""
        subscription = self.subscription(group).lower()
        needed = RESOURCE_PROVIDERS.get(type_.rpartition(':')[0], ())
        self._state.providers.setdefault(subscription, set()).update(needed)
        return declare(
            self._infrastructure,
            logical,
            type_,
            physical,
            inputs,
            by,
            intents=intents,
            depends_on=depends_on,
            options=options,
            provider=provider_in(subscription, self.azure, self._infrastructure.builder),
        )

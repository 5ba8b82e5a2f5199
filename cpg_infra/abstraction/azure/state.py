"""What all datasets on Azure share while a plan is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from cpg_infra.abstraction.shared import CloudState
from cpg_infra.config.diagnostics import Path


@dataclass(slots=True)
class AzureState(CloudState):
    """Where things lie."""

    scopes: dict[str, str] = field(default_factory=dict)
    """The resource id of what a role can be assigned on, by the asset's key."""
    places: dict[str, str] = field(default_factory=dict)
    """The scope of the resource group that a storage account of ours is in, by the account's name."""
    last_federation: dict[str, str] = field(default_factory=dict)
    """The logical name of the last federated credential of an identity, by the identity's asset key."""
    subscriptions: dict[str, str] = field(default_factory=dict)
    """The subscription of a resource group of ours, by the group's name."""
    providers: dict[str, set[str]] = field(default_factory=dict)
    """The resource providers that a subscription must have registered, by its id."""
    named_by: dict[str, Path] = field(default_factory=dict)
    """The configuration value that names a subscription: the first where there are several."""

"""What all datasets on Azure share while a plan is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from cpg_infra.abstraction.base import CloudState


@dataclass(slots=True)
class AzureState(CloudState):
    """Where things lie."""

    scopes: dict[str, str] = field(default_factory=dict)
    """The resource id of what a role can be assigned on, by the asset's key."""
    places: dict[str, str] = field(default_factory=dict)
    """The scope of the resource group that a storage account of ours is in, by the account's name."""
    last_federation: dict[str, str] = field(default_factory=dict)
    """The logical name of the last federated credential of an identity, by the identity's asset key."""
    providers: set[str] = field(default_factory=set)
    """The resource providers that the subscription must have registered."""

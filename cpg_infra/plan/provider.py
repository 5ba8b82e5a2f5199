"""Which provider makes a resource, where the default one of its package would make it in the wrong place.

Pulumi has one default provider per package, with the settings of the stack. Some of these decide *where* things are
made although no input says so (the subscription on Azure). A resource that belongs elsewhere names a provider of its
own; for all others the settings must be what the plan was made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cpg_infra.config.diagnostics import Path


@dataclass(frozen=True)
class Provider:
    """A provider of `package` with `inputs` of its own; its other settings are those of the stack."""

    package: str
    inputs: Mapping[str, str]

    def as_plain(self) -> dict[str, object]:
        """What the canonical form says of it."""
        return {'package': self.package, 'inputs': self.inputs}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the default provider of `package` must be told under `name`: `azure-native:subscriptionId`, for example.

    The provider reads the environment's `variable` where the stack does not say it. `origin` is the configuration
    value that the plan was made with.
    """

    package: str
    name: str
    variable: str
    value: str
    origin: Path

    @property
    def key(self) -> str:
        """As the stack's settings spell it."""
        return f'{self.package}:{self.name}'

"""What the configuration says of access that the access model of a plan does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cpg_infra.config import CPGInfrastructureConfig


@dataclass(frozen=True, slots=True)
class Beside:
    """Three facts.

    Without `memberships` the organisation keeps the members of its groups itself. `signs_in_as` says by which address
    metamist knows a user: people sign in with one account, whatever clouds they are on. `chosen` names the switches
    that are on and make a role of a cloud exact.
    """

    memberships: bool = True
    signs_in_as: Mapping[str, str] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()

    @classmethod
    def of(cls, organisation: CPGInfrastructureConfig) -> Beside:
        """What a configuration says."""
        return cls(
            not organisation.disable_group_memberships,
            {
                user: next(person.clouds[cloud].id for cloud in ('gcp', 'azure', 'dry-run') if cloud in person.clouds)
                for user, person in organisation.users.items()
                if person.clouds
            },
            frozenset({'strict_append'} if organisation.azure is not None and organisation.azure.strict_append else ()),
        )

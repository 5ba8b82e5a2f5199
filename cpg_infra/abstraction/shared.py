"""What all datasets on one cloud share while a plan is made: who holds what, and which resource makes which thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cpg_infra.abstraction.handles import GrantTarget
from cpg_infra.plan.access import Grant, Principal
from cpg_infra.plan.owner import Owner
from cpg_infra.plan.roles import Role


@dataclass(slots=True)
class GrantedRole:
    """Everybody who holds one role on one thing: what a cloud writes as one binding."""

    target: GrantTarget
    role: Role
    holders: dict[str, tuple[Grant, Principal]] = field(default_factory=dict)
    """By the principal's key."""


@dataclass(slots=True)
class CloudState:
    """What all datasets on one cloud share while a plan is made."""

    granted: dict[tuple[str, Role], GrantedRole] = field(default_factory=dict)
    """By the asset's key and the role."""
    made_by: dict[str, str] = field(default_factory=dict)
    """The logical name of the resource that makes a principal, by the principal's key."""
    role_made_by: dict[Role, str] = field(default_factory=dict)
    """The logical name of the resource that makes a role of the organisation, where one does."""
    owner_of: dict[str, Owner] = field(default_factory=dict)
    """The owner of a managed asset, by the asset's key."""
    resource_of: dict[str, str] = field(default_factory=dict)
    """The logical name of the resource that makes an asset which may be named as one that exists without us."""
    at_the_end: list[Callable[[], None]] = field(default_factory=list)
    """What is written when everything has been declared: what takes knowing all containers or all groups."""
    people: dict[str, Principal] = field(default_factory=dict)
    """The people of the organisation by address; filled on first use."""

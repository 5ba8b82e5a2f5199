"""Which stack a resource is in.

The answer must not change while a resource exists: leaving one stack for another means being deleted there. So a
resource's place follows from the resource itself, and adding or removing a dataset moves nothing (`docs/stacks.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cpg_infra.config.names import Cloud
from cpg_infra.plan import ORGANISATION_WIDE, Asset, AssetKind, Grant, Group, Owner, Plan, Resource

WHOLE: Final = 'all'
"""The one stack that holds everything, where there is one only."""

FOUNDATION: Final = 'foundation'
"""The stack of what datasets need of the organisation. Every other stack's name ends in a cloud, or in `UNPLACED`."""

UNPLACED: Final = 'any'
"""Stands for the cloud of what belongs to a dataset that is on none."""

_SHARED_THINGS: Final = frozenset(
    {
        AssetKind.PROJECT,
        AssetKind.SERVICE_ENABLEMENT,
        AssetKind.BUCKET,
        AssetKind.MACHINE_ACCOUNT,
        AssetKind.REGISTRY,
        AssetKind.SECRET,
    }
)
"""What the organisation has for all datasets, beside its groups. What is *in* these things (blobs, versions of a
secret, members, policies) tells of datasets and comes last."""

_GROUND_OF_COMMON: Final = frozenset({AssetKind.PROJECT, AssetKind.SERVICE_ENABLEMENT})
"""What of the common dataset the organisation's own things stand on."""

_MEMBER_LISTS: Final = frozenset({'cpg:google:GroupMembers', 'dry-run:group-members'})
"""They stand for a group too: for who is in it."""


def stacks_with(dataset: str) -> frozenset[str]:
    """The names that stacks with a part of `dataset` may have: one per cloud, or the one that holds everything."""
    return frozenset({WHOLE, f'{dataset}-{UNPLACED}', *(f'{dataset}-{cloud.value}' for cloud in Cloud)})


class Placement:
    """Finds the stack of each resource of a plan, for one stack per dataset and cloud."""

    def __init__(self, plan: Plan, common_dataset: str, needs: Callable[[str], Iterable[str]]) -> None:
        self._plan = plan
        self._common = common_dataset
        self._needs = needs
        self._homes = self._find_homes()
        self._foundation = self._find_foundation()

    @property
    def last(self) -> str:
        """The stack of the common dataset: it sees all others."""
        return self._stack_of(Owner(self._common, None, ''))

    def of_resource(self, resource: Resource) -> str:
        """The stack of a resource."""
        return FOUNDATION if resource.name in self._foundation else self._stack_of(self._owner(resource))

    def of_owner(self, owner: Owner) -> str:
        """The stack of what belongs to `owner` and is no resource."""
        return self._stack_of(owner)

    def _stack_of(self, owner: Owner) -> str:
        dataset = owner.dataset or self._common
        cloud = owner.cloud or self._homes.get(dataset)
        return f'{dataset}-{cloud.value if cloud else UNPLACED}'

    def _owner(self, resource: Resource) -> Owner:
        """The owner; of a policy, that of the thing whose policy it is, so that one stack writes all of it."""
        grants = [intent for intent in self._intents(resource) if isinstance(intent, Grant)]
        if grants and len(grants) == len(resource.intents):
            asset = self._plan.intent_by_key.get(grants[0].asset)
            if isinstance(asset, Asset):
                return asset.owner
        return resource.owner

    def _intents(self, resource: Resource) -> list[object]:
        by_key = self._plan.intent_by_key
        return [by_key[key] for key in resource.intents if key in by_key]

    def _find_homes(self) -> Mapping[str, Cloud]:
        """For each dataset the first of its clouds: there goes what belongs to no cloud."""
        clouds: dict[str, set[Cloud]] = {}
        for resource in self._plan.resources:
            if resource.owner.cloud is not None:
                clouds.setdefault(resource.owner.dataset or self._common, set()).add(resource.owner.cloud)
        return {dataset: next(cloud for cloud in Cloud if cloud in found) for dataset, found in clouds.items()}

    # The foundation ---------------------------------------------------------------------------------------

    def _find_foundation(self) -> frozenset[str]:
        ground = [resource.name for resource in self._plan.resources if self._is_ground(resource)]
        foundation = self._with_needs(ground, frozenset())
        # What a plugin lets datasets need of the organisation is known by the need alone.
        wanted = (
            other
            for resource in self._plan.resources
            if not self._is_shared(self._owner(resource))
            for other in self._needs(resource.name)
        )
        return self._with_needs(wanted, foundation)

    def _is_ground(self, resource: Resource) -> bool:
        owner = self._owner(resource)
        if not self._is_shared(owner):
            return False
        intents = self._intents(resource)
        kinds = {intent.kind for intent in intents if isinstance(intent, Asset)}
        if owner.dataset != ORGANISATION_WIDE:
            return bool(kinds & _GROUND_OF_COMMON)
        is_group = any(isinstance(intent, Group) for intent in intents) and resource.type not in _MEMBER_LISTS
        return is_group or bool(kinds & _SHARED_THINGS)

    def _with_needs(self, names: Iterable[str], known: frozenset[str]) -> frozenset[str]:
        """The resources with all that they need, as far as these are the organisation's or the common dataset's."""
        found = set(known)
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found and self._is_shared(self._owner(self._plan.resource_by_name[name])):
                found.add(name)
                pending.extend(self._needs(name))
        return frozenset(found)

    def _is_shared(self, owner: Owner) -> bool:
        return owner.dataset in (ORGANISATION_WIDE, self._common)

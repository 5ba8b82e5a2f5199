"""Which stack a resource is in.

The answer must not change while a resource exists: leaving one stack for another means being deleted there. So a
resource's place follows from the resource itself, and adding or removing a dataset moves nothing (`docs/stacks.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from cpg_infra.config.names import Cloud
from cpg_infra.plan import ORGANISATION_WIDE, Asset, AssetKind, Grant, Group, Intent, Owner, Plan, Resource

WHOLE: Final = 'all'
"""The one stack that holds everything, where there is one only."""

FOUNDATION: Final = 'foundation'
"""The stack of what datasets need of the organisation. Every other stack's name ends in a cloud, or in `UNPLACED`."""

UNPLACED: Final = 'any'
"""Stands for the cloud of what belongs to a dataset that is on none."""

_PLACES: Final = frozenset(
    {
        AssetKind.PROJECT,
        AssetKind.SERVICE_ENABLEMENT,
        AssetKind.STORAGE_ACCOUNT,
        AssetKind.BUCKET,
        AssetKind.REGISTRY,
        AssetKind.VAULT,
        AssetKind.SECRET,
    }
)
"""Things that other things lie in."""

_SHARED_THINGS: Final = _PLACES | {AssetKind.GUEST, AssetKind.MACHINE_ACCOUNT, AssetKind.ROLE}
"""What the organisation has for all datasets, beside its groups. What lies *in* these things (blobs, versions of a
secret, members, policies) tells of datasets and comes last."""

_GROUND_OF_COMMON: Final = frozenset({AssetKind.PROJECT, AssetKind.SERVICE_ENABLEMENT})
"""What of the common dataset the organisation's own things lie in."""

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
        self._foundation: frozenset[str] = frozenset()
        for found in (self._ground, self._places_of_others, self._wanted):
            self._foundation = self._with_needs(found(), self._foundation)

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
        """The owner; of a policy, that of the thing whose policy it is, so that one stack writes all of it.

        The policy of a thing that all share sees all datasets, whoever the thing belongs to.
        """
        grants = [intent for intent in self._intents(resource) if isinstance(intent, Grant)]
        if not grants or len(grants) < len(resource.intents):
            return resource.owner
        asset = self._plan.intent_by_key.get(grants[0].asset)
        if not isinstance(asset, Asset):
            return resource.owner
        is_shared = self._makers.get(asset.key) in self._foundation
        return Owner(ORGANISATION_WIDE, asset.owner.cloud, asset.owner.component) if is_shared else asset.owner

    def _intents(self, resource: Resource) -> Sequence[Intent]:
        return self._intents_of[resource.name]

    def _kinds(self, resource: Resource) -> set[AssetKind]:
        return {intent.kind for intent in self._intents(resource) if isinstance(intent, Asset)}

    @cached_property
    def _intents_of(self) -> Mapping[str, Sequence[Intent]]:
        by_key = self._plan.intent_by_key
        return {
            resource.name: [by_key[key] for key in resource.intents if key in by_key]
            for resource in self._plan.resources
        }

    def _is_place(self, resource: Resource) -> bool:
        return bool(self._kinds(resource) & _PLACES)

    @cached_property
    def _makers(self) -> Mapping[str, str]:
        """The resource that makes an asset, by the asset's key."""
        assets = {asset.key for asset in self._plan.assets}
        return {key: resource.name for resource in self._plan.resources for key in resource.intents if key in assets}

    def _find_homes(self) -> Mapping[str, Cloud]:
        """For each dataset the first of its clouds: there goes what belongs to no cloud."""
        clouds: dict[str, set[Cloud]] = {}
        for resource in self._plan.resources:
            if resource.owner.cloud is not None:
                clouds.setdefault(resource.owner.dataset or self._common, set()).add(resource.owner.cloud)
        return {dataset: next(cloud for cloud in Cloud if cloud in found) for dataset, found in clouds.items()}

    # The foundation ---------------------------------------------------------------------------------------

    def _ground(self) -> Iterator[str]:
        """What the organisation has for all datasets, by what it is."""
        for resource in self._plan.resources:
            kinds = self._kinds(resource)
            if resource.owner.dataset == self._common:
                if kinds & _GROUND_OF_COMMON:
                    yield resource.name
            elif resource.owner.dataset == ORGANISATION_WIDE:
                stands_for_group = any(isinstance(intent, Group) for intent in self._intents(resource))
                # A secret that is made with its value tells of datasets, like the value.
                is_shared = kinds & _SHARED_THINGS and AssetKind.SECRET_VERSION not in kinds
                if is_shared or (stands_for_group and resource.type not in _MEMBER_LISTS):
                    yield resource.name

    def _places_of_others(self) -> Iterator[str]:
        """A project or bucket of one dataset in which the configuration puts things of others."""
        for resource in self._plan.resources:
            here = self._stack_of(self._owner(resource))
            for name in self._needs(resource.name):
                place = self._plan.resource_by_name[name]
                if self._is_place(place) and self._stack_of(place.owner) != here:
                    yield name

    def _wanted(self) -> Iterator[str]:
        """What else of the organisation or the common dataset a dataset needs, a plugin's account for instance."""
        for resource in self._plan.resources:
            if not self._is_shared(self._owner(resource)):
                for name in self._needs(resource.name):
                    if self._is_shared(self._owner(self._plan.resource_by_name[name])):
                        yield name

    def _with_needs(self, names: Iterable[str], known: frozenset[str]) -> frozenset[str]:
        """The resources with all that they need, as far as it is shared or a place."""
        found = set(known)
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                needed = map(self._plan.resource_by_name.__getitem__, self._needs(name))
                pending += (each.name for each in needed if self._is_shared(self._owner(each)) or self._is_place(each))
        return frozenset(found)

    def _is_shared(self, owner: Owner) -> bool:
        return owner.dataset in (ORGANISATION_WIDE, self._common)

"""A plan arranged for reading: by dataset and component, and from a thing to who may do what with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from cpg_infra.cli.plan_text.vocabulary import component_order
from cpg_infra.cli.selection import Selection
from cpg_infra.plan import (
    Asset,
    AssetKind,
    Entitlement,
    Grant,
    Group,
    Membership,
    Owner,
    Plan,
    Principal,
    Resource,
)


@dataclass(slots=True)
class Section:
    """What one component of one dataset declares.

    `lets_in` are its grants on things of others, by thing; `joins` its memberships in groups of others.
    """

    things: list[Asset] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    lets_in: dict[str, list[Grant]] = field(default_factory=dict)
    joins: list[Membership] = field(default_factory=list)

    def add(self, other: Section) -> None:
        """Take in what another section holds."""
        self.things += other.things
        self.groups += other.groups
        self.resources += other.resources
        self.lets_in.update(other.lets_in)
        self.joins += other.joins


Key = tuple[str, str | None]
"""A component and its cloud."""


class Index:
    """A plan and the ways through it."""

    def __init__(self, plan: Plan, selection: Selection) -> None:
        self.plan = plan
        self.selection = selection
        self.principals: Mapping[str, Principal] = plan.principal_by_key
        self.assets = {asset.key: asset for asset in plan.assets}
        self.groups = {group.key: group for group in plan.groups}
        self.grants_on: dict[str, list[Grant]] = defaultdict(list)
        self.entitlements_on: dict[str, list[Entitlement]] = defaultdict(list)
        self.members_of: dict[str, list[Membership]] = defaultdict(list)
        self.inside: dict[str, list[Asset]] = defaultdict(list)
        self.maker_of: dict[str, Resource] = {}
        self.sections: dict[str, dict[Key, Section]] = defaultdict(dict)
        self.projects_of: dict[str, set[str]] = defaultdict(set)
        self._last_owner: Owner | None = None
        self._last_section = Section()
        self._arrange_things()
        self._arrange_groups()

    def _arrange_things(self) -> None:
        plan, owns = self.plan, self.selection.owns
        for asset in plan.assets:
            if owns(asset.owner):
                self._section(asset.owner).things.append(asset)
            if asset.within is not None:
                self.inside[asset.within].append(asset)
            if asset.kind is AssetKind.PROJECT:
                self.projects_of[asset.owner.dataset].add(asset.name)
        for grant in plan.grants:
            self.grants_on[grant.asset].append(grant)
            thing = self.assets.get(grant.asset)
            if thing is not None and thing.owner.dataset != grant.owner.dataset and owns(grant.owner):
                self._section(grant.owner).lets_in.setdefault(grant.asset, []).append(grant)
        for entitlement in plan.entitlements:
            self.entitlements_on[entitlement.asset].append(entitlement)
        for resource in plan.resources:
            if owns(resource.owner):
                self._section(resource.owner).resources.append(resource)
            # What a resource makes is the first thing that it stands for.
            if resource.intents and resource.intents[0] in self.assets:
                self.maker_of[resource.intents[0]] = resource

    def _arrange_groups(self) -> None:
        plan, owns = self.plan, self.selection.owns
        for group in plan.groups:
            if owns(group.owner):
                self._section(group.owner).groups.append(group)
        for membership in plan.memberships:
            self.members_of[membership.group].append(membership)
            home = self.groups.get(membership.group)
            if home is not None and home.owner.dataset != membership.owner.dataset and owns(membership.owner):
                self._section(membership.owner).joins.append(membership)

    def _section(self, owner: Owner) -> Section:
        # One declaration after the other has the same owner.
        if owner is not self._last_owner:
            sections = self.sections[owner.dataset]
            key = (owner.component, owner.cloud)
            section = sections.get(key)
            if section is None:
                section = sections[key] = Section()
            self._last_owner, self._last_section = owner, section
        return self._last_section

    def components_of(self, dataset: str) -> dict[Key, Section]:
        """The components of a dataset, those that a reader wants first first.

        With one cloud, what is on none (a metamist project) is shown with what is on it.
        """
        sections = self.sections[dataset]
        clouds = {cloud for _, cloud in sections if cloud is not None}
        if len(clouds) == 1:
            only = next(iter(clouds))
            merged: dict[Key, Section] = {}
            for (component, _), section in sections.items():
                merged.setdefault((component, only), Section()).add(section)
            sections = merged
        return dict(sorted(sections.items(), key=_order))

    @property
    def datasets(self) -> list[str]:
        """The datasets that have something to show, the organisation first."""
        return sorted(self.sections)


def _order(item: tuple[Key, Section]) -> tuple[tuple[int, str], str]:
    (component, cloud), _ = item
    return component_order(component), cloud or ''

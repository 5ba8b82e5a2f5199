"""The part of a plan that one stack deploys, as a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from cpg_infra.config.diagnostics import Diagnostic, Severity
from cpg_infra.plan import Asset, Entitlement, Grant, Group, Intent, Membership, Owner, Plan, Resource, Value

Kind = TypeVar('Kind', bound=Intent)


class Parts:
    """Takes a plan apart. What is the same for all parts is found once: there are hundreds in a large plan.

    `stack_of` names the stack of what an owner has beside resources.
    """

    def __init__(self, plan: Plan, stack_of: Callable[[Owner], str]) -> None:
        self._plan = plan
        self._place_of_intent = {key: number for number, key in enumerate(plan.intent_by_key)}
        self._place_of_principal = {key: number for number, key in enumerate(plan.principal_by_key)}
        stood_for = {key for resource in plan.resources for key in resource.intents}
        self._without_resource: dict[str, set[str]] = {}
        for key, intent in plan.intent_by_key.items():
            if key not in stood_for:
                self._without_resource.setdefault(stack_of(intent.owner), set()).add(key)

    def part(
        self,
        stack: str,
        resources: Iterable[Resource],
        outputs: Mapping[str, Value],
        about: Callable[[Diagnostic], bool],
    ) -> Plan:
        """The given resources and outputs, with the intents that they stand for.

        Intents that no resource stands for (things that exist without us) come with their owner, and so do the
        principals, groups and things that an intent names. What a resource must come after is cut down to this
        part: the order of stacks sees to the rest. Each part has the providers that its resources name. Errors are in every part, so that none can be deployed.
        """
        chosen = {resource.name: resource for resource in resources}
        here = self._without_resource.get(stack, set()).union(*(resource.intents for resource in chosen.values()))
        principals, things = self._named(here)
        providers = {resource.provider for resource in chosen.values()}
        # A group that holds a grant, or is in another, has a name to show.
        shown = self._in_order(here | things | principals)
        return dataclasses.replace(
            self._plan,
            resources=tuple(_alone(resource, chosen) for resource in chosen.values()),
            assets=_of(Asset, shown),
            principals=tuple(
                self._plan.principal_by_key[key] for key in sorted(principals, key=self._place_of_principal.__getitem__)
            ),
            groups=_of(Group, shown),
            memberships=_of(Membership, shown),
            grants=_of(Grant, shown),
            entitlements=_of(Entitlement, shown),
            outputs=outputs,
            providers={name: each for name, each in self._plan.providers.items() if name in providers},
            diagnostics=tuple(
                remark for remark in self._plan.diagnostics if remark.severity is Severity.ERROR or about(remark)
            ),
        )

    def _in_order(self, keys: set[str]) -> list[Intent]:
        known = sorted(keys & self._place_of_intent.keys(), key=self._place_of_intent.__getitem__)
        return [self._plan.intent_by_key[key] for key in known]

    def _named(self, keys: Iterable[str]) -> tuple[set[str], set[str]]:
        """The keys of the principals, and of the things and groups, that intents name."""
        principals: set[str] = set()
        things: set[str] = set()
        for key in keys:
            intent = self._plan.intent_by_key.get(key)
            if isinstance(intent, Grant | Entitlement):
                things.add(intent.asset)
                principals.add(intent.principal)
            elif isinstance(intent, Membership):
                principals |= {intent.group, intent.member}
            elif isinstance(intent, Group):
                principals.add(key)
        return principals & self._place_of_principal.keys(), things | principals


def _of(kind: type[Kind], intents: Iterable[Intent]) -> tuple[Kind, ...]:
    return tuple(intent for intent in intents if isinstance(intent, kind))


def _alone(resource: Resource, chosen: Mapping[str, Resource]) -> Resource:
    inside = tuple(name for name in resource.depends_on if name in chosen)
    return resource if inside == resource.depends_on else dataclasses.replace(resource, depends_on=inside)

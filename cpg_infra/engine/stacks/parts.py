"""The part of a plan that one stack deploys, as a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping

from cpg_infra.config.diagnostics import Diagnostic, Severity
from cpg_infra.plan import Entitlement, Grant, Membership, Owner, Plan, Resource, Value


def part_of(
    plan: Plan,
    resources: Iterable[Resource],
    outputs: Mapping[str, Value],
    owns: Callable[[Owner], bool],
    about: Callable[[Diagnostic], bool],
) -> Plan:
    """The given resources and outputs of `plan`, with the intents that they stand for.

    Intents that no resource stands for (things that exist without us) come with their owner, and so do the
    principals, groups and things that an intent names. What a resource must come after is cut down to this part:
    the order of stacks sees to the rest. Errors are in every part, so that none can be deployed.
    """
    chosen = {resource.name: resource for resource in resources}
    here = {key for resource in chosen.values() for key in resource.intents}
    here |= {key for key in _without_resource(plan) if owns(plan.intent_by_key[key].owner)}
    named, principals = _named(plan, here)
    kept = here | named
    return dataclasses.replace(
        plan,
        resources=tuple(_alone(resource, chosen) for resource in chosen.values()),
        assets=tuple(asset for asset in plan.assets if asset.key in kept),
        principals=tuple(principal for principal in plan.principals if principal.key in principals),
        groups=tuple(group for group in plan.groups if group.key in kept),
        memberships=tuple(membership for membership in plan.memberships if membership.key in here),
        grants=tuple(grant for grant in plan.grants if grant.key in here),
        entitlements=tuple(entitlement for entitlement in plan.entitlements if entitlement.key in here),
        outputs=outputs,
        diagnostics=tuple(each for each in plan.diagnostics if each.severity is Severity.ERROR or about(each)),
    )


def _without_resource(plan: Plan) -> set[str]:
    stood_for = {key for resource in plan.resources for key in resource.intents}
    return plan.intent_by_key.keys() - stood_for


def _named(plan: Plan, here: Collection[str]) -> tuple[set[str], set[str]]:
    """The keys of things and groups that intents name, and those of principals."""
    named: set[str] = set()
    principals: set[str] = set()
    for key in here:
        intent = plan.intent_by_key.get(key)
        if isinstance(intent, Grant | Entitlement):
            named.add(intent.asset)
            principals.add(intent.principal)
        elif isinstance(intent, Membership):
            named.add(intent.group)
            principals |= {intent.group, intent.member}
        elif key in plan.principal_by_key:
            principals.add(key)
    # A group that holds a grant, or is in another, has a name to show.
    return named | principals, principals


def _alone(resource: Resource, chosen: Mapping[str, Resource]) -> Resource:
    inside = tuple(name for name in resource.depends_on if name in chosen)
    return resource if inside == resource.depends_on else dataclasses.replace(resource, depends_on=inside)

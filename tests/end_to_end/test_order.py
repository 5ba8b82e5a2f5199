"""A real engine works side by side: what a resource names and does not come after may not be there yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cpg_infra.plan import Plan, Resource
from cpg_infra.plan.values import refs_of
from tests.conformance.checker import registered
from tests.end_to_end.organisations import lantern

GROUP = 'gcp:cloudidentity/group:Group'


def named_too_early(plan: Plan) -> Iterator[tuple[str, str]]:
    """Resources, and the groups that they name without coming after them."""
    makers = {str(each.physical): each.name for each in registered(plan) if each.type == GROUP}
    for resource in registered(plan):
        before = coming_before(plan, resource)
        for address in sorted(set(re.findall(r'[\w.-]+@[\w.-]+', str(resource.inputs)))):
            if address in makers and makers[address] not in before | {resource.name}:
                yield resource.name, address


def coming_before(plan: Plan, resource: Resource) -> set[str]:
    found: set[str] = set()
    pending = [resource]
    while pending:
        each = pending.pop()
        needed = {*each.depends_on, *(ref.resource for ref in refs_of(each.inputs))} - found
        found |= needed
        pending += [plan.resource_by_name[name] for name in needed]
    return found


def test_a_group_is_made_before_whatever_names_it() -> None:
    assert list(named_too_early(lantern())) == []

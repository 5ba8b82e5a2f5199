"""What a plan says of access, in short words that fit into a table.

A principal is called: a group by its name, a person by their user id, a Hail user `hail <level>`, an account that the
dataset makes by its identifier (`dataproc-full`), any other account by its address.
"""

from __future__ import annotations

from collections.abc import Mapping

from cpg_infra.plan import Plan, Principal, PrincipalKind

Table = Mapping[str, set[str]]


def short(principal: Principal) -> str:
    """What a table calls a principal."""
    _, kind, name = principal.key.split(':', 2)
    if principal.kind is PrincipalKind.GROUP:
        return name
    if kind == 'hail':
        return f'hail {name.rpartition("-")[2]}'
    if principal.user is not None:
        return principal.user
    identifier, _, where = name.partition('@')
    made_here = where.startswith(('lantern-alpha.', 'lantern-alpha-shared.', 'lantern-common.', 'lantern-notebooks.'))
    return identifier if made_here else name


def members(plan: Plan, group: str, *, cloud: str = 'gcp') -> set[str]:
    """Who is directly in a group."""
    key = f'{cloud}:group:{group}'
    assert key in {each.key for each in plan.groups}, f'no group {group}'
    return {short(plan.principal_by_key[each.member]) for each in plan.memberships if each.group == key}


def group_names(plan: Plan) -> set[str]:
    """Every group that we make."""
    return {group.name for group in plan.groups}


def holders(plan: Plan, kind: str, name: str) -> dict[str, set[str]]:
    """Who holds which role on a thing: the words after the dot of a role, and who."""
    found: dict[str, set[str]] = {}
    for grant in plan.grants:
        if grant.asset == f'gcp:{kind}:{name}':
            role = grant.role.value.rpartition('.')[2]
            found.setdefault(role, set()).add(short(plan.principal_by_key[grant.principal]))
    return found


def assets(plan: Plan, kind: str) -> set[str]:
    """The names of all managed things of a kind."""
    return {asset.name for asset in plan.assets if asset.kind.value == kind and asset.managed}


def everybody_in(plan: Plan, group: str) -> set[str]:
    """The people and programs that a group comes down to."""
    inside: dict[str, set[str]] = {}
    for each in plan.memberships:
        inside.setdefault(each.group, set()).add(each.member)
    found: set[str] = set()
    pending = [f'gcp:group:{group}']
    while pending:
        for member in inside.get(pending.pop(), ()):
            if member not in found:
                found.add(member)
                pending.append(member)
    principals = (plan.principal_by_key[key] for key in found)
    return {short(each) for each in principals if each.kind is not PrincipalKind.GROUP}

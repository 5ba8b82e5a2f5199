"""Principals and roles as parts of logical names."""

from __future__ import annotations

from cpg_infra.plan.access import Principal


def slug(principal: Principal) -> str:
    """A principal as part of a logical name: its kind and name, `group-alpha-analysis`."""
    _, kind, name = principal.key.split(':', 2)
    return f'{kind}-{name}'

"""A named check: one rule over a finished plan, with an id, a severity and the source of its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cpg_infra.config.diagnostics import ORGANISATION, Path, Severity
from cpg_infra.plan import Plan, Resource, Value

NEAR = 0.8
"""From this share of a limit on, the plan says how near it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found about one thing.

    `dataset` is empty for the organisation. A finding without a severity of its own has the check's.
    """

    message: str
    path: Path
    dataset: str
    severity: Severity | None = None
    suggestion: str | None = None


Rule = Callable[[Plan, int], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `limit` is its figure, which the configuration may replace; 0 for a rule without one."""

    id: str
    says: str
    severity: Severity
    source: str
    rule: Rule
    limit: int = 0


def measured(what: str, count: int, limit: int, unit: str, path: Path, dataset: str) -> Iterable[Finding]:
    """A finding when `count` is over `limit`, or near enough to it that somebody should know."""
    if count > limit:
        yield Finding(f'{what}: {count:,} of {limit:,} {unit}', path, dataset)
    elif count >= NEAR * limit:
        yield Finding(f'{what}: {count:,} of {limit:,} {unit}', path, dataset, Severity.INFO)


def of_type(plan: Plan, token: str) -> tuple[Resource, ...]:
    """The resources of a type."""
    return plan.resources_by_type.get(token, ())


def origin_of(plan: Plan, resource: Resource) -> Path:
    """The configuration value that asked for a resource."""
    intent = plan.intent_by_key.get(resource.intents[0]) if resource.intents else None
    return intent.origin if intent is not None else ORGANISATION


def bytes_of(value: Value) -> int:
    """The size of a text in UTF-8; nothing is known of one that only a deployment tells."""
    return len(value.encode()) if isinstance(value, str) else 0

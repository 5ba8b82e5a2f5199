"""Plans to try things on: random organisations, the same in each run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from tests.evaluator.beside import Beside
from tests.evaluator.editing import Lowered
from tests.evaluator.everything import EVERYTHING
from tests.evaluator.intended import intended
from tests.evaluator.resources import lowered
from tests.evaluator.words import Access
from tests.organisations import TODAY
from tests.random_organisations import Given, organisations, varied

ON: dict[str, st.SearchStrategy[Given]] = {
    'gcp': varied(organisations(worlds=(('gcp',),))),
    'azure': varied(organisations(worlds=(('azure',), ('gcp', 'azure')))),
}
"""Where organisations come from, by cloud."""


@dataclass(frozen=True, slots=True)
class Case:
    """One plan: what was lowered, and what was meant."""

    lowered: Lowered
    meant: Access


def plan_of(given_: Given) -> Plan:
    """The plan of an organisation."""
    return Infrastructure(given_.organisation, given_.datasets, date=TODAY, sources=given_.sources).plan()


def case(given_: Given) -> Case:
    """The two sides of an organisation's plan."""
    plan = plan_of(given_)
    return Case(lowered(plan.to_json()), intended(plan, Beside.of(given_.organisation)))


@cache
def cases(cloud: str, count: int, tries: int) -> tuple[Case, ...]:
    """An organisation with everything, and the largest of so many random ones: `count` in all."""
    found: list[Given] = []

    @settings(
        max_examples=tries,
        phases=(Phase.generate,),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(ON[cloud])
    def collect(drawn: Given) -> None:
        if not drawn.organisation.disable_group_memberships:
            found.append(drawn)

    collect()
    largest = sorted(found, key=lambda each: -len(plan_of(each).resources))
    return tuple(case(each) for each in (EVERYTHING[cloud](), *largest[: count - 1]))

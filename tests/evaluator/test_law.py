"""What was lowered on either cloud allows exactly what was meant, but for the differences that are listed."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import Phase, given, settings

from cpg_infra.abstraction import IMPLEMENTATIONS
from cpg_infra.config import Cloud, CPGInfrastructureConfig
from cpg_infra.plan import Plan
from tests.driver.rich import alpha
from tests.evaluator.approximations import APPROXIMATIONS
from tests.evaluator.beside import Beside
from tests.evaluator.evaluate import evaluate
from tests.evaluator.everything import EVERYTHING
from tests.evaluator.intended import intended
from tests.evaluator.law import disagreements
from tests.evaluator.pool import ON, case, plan_of
from tests.evaluator.resources import lowered
from tests.examples import lantern
from tests.organisations import infrastructure_of
from tests.random_organisations import Given

few = settings(max_examples=15, phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""A plan and its evaluation take a tenth of a second, so making a failing one smaller would take minutes."""


def differences(plan: Plan, beside: Beside | None = None) -> list[str]:
    return disagreements(evaluate(lowered(plan.to_json())), intended(plan, beside or Beside()))


@pytest.mark.parametrize('cloud', ON)
def test_what_was_lowered_is_what_was_meant(cloud: str) -> None:
    @few
    @given(ON[cloud])
    def law(drawn: object) -> None:
        found = case(drawn)  # type: ignore[arg-type]  # what the strategy makes
        assert disagreements(evaluate(found.lowered), found.meant) == []

    law()


# Plans that have everything -------------------------------------------------------------------------------


def test_it_holds_for_the_example() -> None:
    loaded = lantern.configuration()
    assert differences(lantern.plan(), Beside.of(loaded.organisation)) == []


@pytest.mark.parametrize('cloud', EVERYTHING)
def test_it_holds_for_an_organisation_that_has_everything(cloud: str) -> None:
    found = case(EVERYTHING[cloud]())
    assert disagreements(evaluate(found.lowered), found.meant) == []


@pytest.mark.parametrize('cloud', [Cloud.GCP, Cloud.AZURE])
def test_every_role_of_a_cloud_has_been_put_to_the_test(cloud: Cloud) -> None:
    plans = [plan_of(make()) for make in EVERYTHING.values()]
    granted = {grant.role for plan in plans for grant in plan.grants if grant.key.startswith(f'{cloud.value}:')}
    assert {role.value for role in IMPLEMENTATIONS[cloud].roles} - {role.value for role in granted} == NEVER_GRANTED[
        cloud
    ]


NEVER_GRANTED: Final[dict[Cloud, set[str]]] = {
    Cloud.GCP: set(),
    Cloud.AZURE: {'account.act-as'},
}
"""Roles that a cloud has and nothing grants there."""


def test_every_listed_difference_is_about_a_role_and_has_a_reason() -> None:
    roles = {cloud.value: {role.value for role in IMPLEMENTATIONS[cloud].roles} for cloud in (Cloud.GCP, Cloud.AZURE)}
    assert [row for row in APPROXIMATIONS if row.role not in roles[row.cloud] or not row.reason] == []
    assert [row for row in APPROXIMATIONS if not row.added and not row.missing] == []
    keys = [(row.cloud, row.role, row.on_request) for row in APPROXIMATIONS]
    assert len(keys) == len(set(keys))


def test_where_appending_is_strict_it_is_exact() -> None:
    given_ = EVERYTHING['azure']()
    section = {**given_.organisation.model_dump(mode='json', exclude_unset=True)['azure'], 'strict_append': True}
    whole = {**given_.organisation.model_dump(mode='json', exclude_unset=True), 'azure': section}
    strict = Given(CPGInfrastructureConfig.from_dict(whole), given_.datasets)
    beside = Beside.of(strict.organisation)
    assert differences(plan_of(strict), beside) == []
    assert any('overwrite' in each for each in differences(plan_of(given_), beside))


def test_a_plan_without_members_of_groups_gives_what_was_given_directly() -> None:
    plan = infrastructure_of(alpha(), disable_group_memberships=True).plan()
    assert differences(plan, Beside(memberships=False)) == []
    assert differences(plan) != []

"""Switches of checks: severities, exceptions, and names that do not exist."""

from __future__ import annotations

from cpg_infra.checks import CHECKS, checked, run_checks
from cpg_infra.config import Severity
from tests.organisations import dataset, organisation, plan_of

LONG = 'eighteen-character'
"""One character too many for the name of its Hail user."""


def severities(**switch: object) -> list[tuple[str, Severity]]:
    """What is said of a name that is too long, with a switch on its check."""
    config = organisation(checks={'hail-username': switch} if switch else {})
    return [(remark.code, remark.severity) for remark in run_checks(plan_of(dataset(LONG)), config)]


def test_a_check_has_a_severity_of_its_own() -> None:
    assert severities() == [('hail-username', Severity.ERROR)]


def test_the_configuration_may_replace_it() -> None:
    assert severities(severity='warning') == [('hail-username', Severity.WARNING)]


def test_a_check_can_be_switched_off() -> None:
    assert severities(severity='off') == []


def test_a_dataset_can_be_excepted() -> None:
    assert severities(except_datasets=[LONG], reason='renamed next year') == []
    assert severities(except_datasets=['common']) == [('hail-username', Severity.ERROR)]


def test_an_unknown_check_is_a_fault_with_a_suggestion() -> None:
    found = run_checks(plan_of(), organisation(checks={'hail-user-name': {'severity': 'off'}}))
    assert [str(remark) for remark in found] == [
        "checks.hail-user-name: no check 'hail-user-name' (did you mean 'hail-username'?)",
    ]


def test_what_is_found_is_among_the_diagnostics_of_the_plan() -> None:
    config = organisation()
    plan = plan_of(dataset(LONG))
    assert [remark.code for remark in checked(plan, config).errors] == ['hail-username']
    assert plan.errors == ()


def test_every_check_says_what_it_is_about_and_where_its_figure_comes_from() -> None:
    for name, check in CHECKS.items():
        assert (check.id, bool(check.says), bool(check.source), check.limit > 0) == (name, True, True, True)

"""Runs the named checks over a plan, as the configuration switches them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpg_infra.checks.azure_limits import AZURE_LIMIT_CHECKS
from cpg_infra.checks.azure_names import AZURE_NAME_CHECKS
from cpg_infra.checks.check import Check, Finding
from cpg_infra.checks.limits import LIMIT_CHECKS
from cpg_infra.checks.names import NAME_CHECKS
from cpg_infra.config import CPGInfrastructureConfig
from cpg_infra.config.diagnostics import Diagnostic, Severity, in_order, organisation_path
from cpg_infra.config.suggest import did_you_mean
from cpg_infra.plan import Plan

CHECKS: Mapping[str, Check] = {
    check.id: check for check in (*NAME_CHECKS, *LIMIT_CHECKS, *AZURE_NAME_CHECKS, *AZURE_LIMIT_CHECKS)
}
"""Every check, by id."""

AS_IT_IS = CPGInfrastructureConfig.Check()


def run_checks(plan: Plan, config: CPGInfrastructureConfig) -> tuple[Diagnostic, ...]:
    """What the checks find, and switches of checks that do not exist."""
    return in_order([*unknown_checks(config), *_found(plan, config)])


def checked(plan: Plan, config: CPGInfrastructureConfig) -> Plan:
    """The plan with what the checks find among its diagnostics."""
    return plan.with_diagnostics(in_order([*plan.diagnostics, *run_checks(plan, config)]))


def unknown_checks(config: CPGInfrastructureConfig) -> Iterable[Diagnostic]:
    """Switches of checks that do not exist."""
    for name in config.checks:
        if name not in CHECKS:
            path = organisation_path('checks', name)
            yield Diagnostic('unknown-check', f'no check {name!r}', path, suggestion=did_you_mean(name, CHECKS))


def _found(plan: Plan, config: CPGInfrastructureConfig) -> Iterable[Diagnostic]:
    for name, check in CHECKS.items():
        switch = config.checks.get(name, AS_IT_IS)
        if switch.severity == 'off':
            continue
        for finding in check.rule(plan, check.limit if switch.limit is None else switch.limit):
            if finding.dataset not in switch.except_datasets:
                severity = finding.severity or Severity(switch.severity or check.severity)
                yield _diagnostic(check, finding, severity)


def _diagnostic(check: Check, finding: Finding, severity: Severity) -> Diagnostic:
    return Diagnostic(check.id, finding.message, finding.path, severity, finding.suggestion)

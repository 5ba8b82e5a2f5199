"""From a folder to a plan, with every remark about it in one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cpg_infra.checks import checked
from cpg_infra.config import ConfigurationError, Diagnostic, LoadedConfiguration, load
from cpg_infra.config.diagnostics import in_order
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import Plan


@dataclass(frozen=True)
class Planned:
    """A plan and what it was made from; `remarks` are located, and are those of the files and of the plan."""

    loaded: LoadedConfiguration
    plan: Plan
    date: dt.date
    remarks: tuple[Diagnostic, ...]


def make_plan(folder: str, date: dt.date) -> Planned:
    """The plan of the configuration in `folder` on a day, held against the providers' rules and limits.

    Raises `ConfigurationError` for faults in the files and for what forbids the plan's deployment, `PluginError`
    when a plugin fails, `PlanError` when the plan contradicts itself.
    """
    loaded = load(folder)
    made = Infrastructure(loaded.organisation, loaded.datasets, date=date, sources=loaded.sources).plan()
    plan = checked(made, loaded.organisation)
    remarks = _joined(loaded.diagnostics, (remark.located(loaded.sources) for remark in plan.diagnostics))
    if plan.errors:
        raise ConfigurationError(remarks)
    return Planned(loaded, plan, date, remarks)


def _joined(of_files: Iterable[Diagnostic], of_plan: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Both, without what is said twice: the plan repeats the remarks on the whole, less exactly placed."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for remark in (*of_files, *of_plan):
        found.setdefault((remark.code, remark.path, remark.message), remark)
    return in_order(found.values())

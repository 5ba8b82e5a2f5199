"""From a folder to a plan, with every remark about it in one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cpg_infra.checks import checked
from cpg_infra.cli.judging import beyond_files, hidden
from cpg_infra.config import ConfigurationError, Diagnostic, LoadedConfiguration
from cpg_infra.config.diagnostics import in_order
from cpg_infra.config.loading import Examined, examine
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

    Raises `ConfigurationError` for faults in the files and for what forbids the plan's deployment, all of them as far
    as they can be told in one run; `PluginError` when a plugin fails, `PlanError` when the plan contradicts itself.
    """
    examined = examine(folder)
    beyond = beyond_files(examined, date)
    if examined.errors or beyond or examined.whole.organisation is None:
        raise _with_hidden(examined, (*examined.diagnostics, *beyond), date)
    loaded = examined.loaded()
    infrastructure = Infrastructure(loaded.organisation, loaded.datasets, date=date, sources=loaded.sources)
    try:
        plan = checked(infrastructure.plan(), loaded.organisation)
    except ConfigurationError as error:
        raise _with_hidden(examined, (*examined.diagnostics, *error.diagnostics), date) from error
    remarks = _joined(loaded.diagnostics, (remark.located(loaded.sources) for remark in plan.diagnostics))
    if plan.errors:
        raise ConfigurationError(remarks)
    return Planned(loaded, plan, date, remarks)


def _with_hidden(examined: Examined, said: Sequence[Diagnostic], date: dt.date) -> ConfigurationError:
    return ConfigurationError(_joined(said, hidden(examined, said, date)))


def _joined(of_files: Iterable[Diagnostic], of_plan: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Both, without what is said twice: the plan repeats the remarks on the whole, less exactly placed."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for remark in (*of_files, *of_plan):
        found.setdefault((remark.code, remark.path, remark.message), remark)
    return in_order(found.values())

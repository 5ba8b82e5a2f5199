"""Faults that files alone do not show, of configurations that have others: one run tells all that can be told.

What a cloud cannot carry, and checks and plugins that do not exist, are seen in whatever was sound. What only a plan
shows (names that are too long or run into each other, limits) is looked for in a plan of what is left without the
faults. Of a value that has a fault, and of a dataset in which something could not be read, no plan says anything. Where
too little is left for a plan, a warning says that there may be more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cpg_infra.checks import checked, unknown_checks
from cpg_infra.config import ConfigurationError, CPGDatasetConfig, CPGInfrastructureConfig, Diagnostic, Severity
from cpg_infra.config.diagnostics import Path
from cpg_infra.config.loading import Examined
from cpg_infra.config.remainder import Remainder, remainder_of
from cpg_infra.config.whole import check_whole
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.driver.plannable import unplannable
from cpg_infra.plugin import unknown_plugins

PLANS: Final = 5
"""How many plans are tried: of names that run into each other each plan tells one pair."""


def beyond_files(examined: Examined, date: dt.date) -> tuple[Diagnostic, ...]:
    """Errors in what was sound that need no plan."""
    whole = examined.whole
    if whole.organisation is None:
        return ()
    found = _beyond(whole.organisation, whole.datasets, date)
    return tuple(
        each.located(whole.sources)
        for each in found
        if each.severity is Severity.ERROR and not _rests_on(each.path, whole.broken)
    )


def hidden(examined: Examined, said: Iterable[Diagnostic], date: dt.date) -> tuple[Diagnostic, ...]:
    """Errors of a plan without `said`, the faults that are known; a warning when no plan could be made."""
    sources = examined.whole.sources

    def wrong(organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]) -> list[Diagnostic]:
        return [*check_whole(organisation, datasets, sources), *_beyond(organisation, datasets, date)]

    unread = {path[:2] for path in examined.whole.broken}
    known = [each for each in said if each.severity is Severity.ERROR]
    found: list[Diagnostic] = []
    unexamined = ''
    for _ in range(PLANS):
        rest = remainder_of(examined, [*known, *found], wrong)
        if rest is None:
            # Where no dataset was read, the faults say so themselves.
            unexamined = 'too much of the configuration is at fault' if examined.written.datasets else ''
            break
        try:
            more, complete = _errors_of_plan(rest, examined, date)
        except Exception as error:  # noqa: BLE001 - a plugin or a driver may miss what was cut out
            unexamined = f'without what is at fault, {str(error) or type(error).__name__}'
            break
        found += [each for each in more if each.path[:2] not in unread and not rest.lacks(each.path)]
        if complete:
            break
    else:
        unexamined = f'each of {PLANS} plans stopped at a fault, and no more were made'
    remarks = [_unexamined(unexamined)] if unexamined else []
    return (*(each.located(sources) for each in found), *remarks)


def _unexamined(why: str) -> Diagnostic:
    message = f'names and limits, which only a plan shows, were not all looked at; {why}'
    return Diagnostic('no-plan', message, severity=Severity.WARNING)


def _beyond(
    organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig], date: dt.date
) -> Iterator[Diagnostic]:
    yield from unplannable(organisation, datasets, date)
    yield from unknown_checks(organisation)
    yield from unknown_plugins(organisation)


def _rests_on(path: Path, broken: Iterable[Path]) -> bool:
    return any(path[: len(other)] == other for other in broken)


def _errors_of_plan(rest: Remainder, examined: Examined, date: dt.date) -> tuple[list[Diagnostic], bool]:
    """What is wrong with the plan of a remainder, and whether there was a plan."""
    try:
        made = Infrastructure(rest.organisation, rest.datasets, date=date, sources=examined.whole.sources).plan()
    except ConfigurationError as error:
        return [each for each in error.diagnostics if each.severity is Severity.ERROR], False
    return list(checked(made, rest.organisation).errors), True

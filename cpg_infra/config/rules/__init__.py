"""Rules about the whole of a configuration: everything that takes more than one value to see.

One small function a rule, one file a family; `run_rules` walks the tables of the families. A rule is a
generator of diagnostics, never raises, and takes time linear in the configuration.
"""

from __future__ import annotations

from collections.abc import Callable

from cpg_infra.config.diagnostics import Diagnostic
from cpg_infra.config.organisation import CPGInfrastructureConfig
from cpg_infra.config.rules import (
    billing,
    collisions,
    dependencies,
    federation,
    metamist,
    references,
    sections,
    semantics,
)
from cpg_infra.config.rules.whole import Findings, Whole

__all__ = ['RULES', 'RULES_WITH_ORGANISATION', 'Whole', 'run_rules', 'run_rules_of_pieces']

RULES: tuple[Callable[[Whole], Findings], ...] = (
    *dependencies.RULES,
    *references.RULES,
    *sections.RULES,
    *collisions.RULES,
    *semantics.RULES,
)
"""Rules that need the datasets only."""

RULES_WITH_ORGANISATION: tuple[Callable[[Whole, CPGInfrastructureConfig], Findings], ...] = (
    *dependencies.RULES_WITH_ORGANISATION,
    *references.RULES_WITH_ORGANISATION,
    *sections.RULES_WITH_ORGANISATION,
    *collisions.RULES_WITH_ORGANISATION,
    *semantics.RULES_WITH_ORGANISATION,
    *billing.RULES_WITH_ORGANISATION,
    *federation.RULES_WITH_ORGANISATION,
    *metamist.RULES_WITH_ORGANISATION,
)
"""Rules that need the organisation too; they rest while it cannot be read."""


RULES_OF_PIECES: tuple[Callable[[Whole, CPGInfrastructureConfig], Findings], ...] = (
    references.users_exist,
    lambda whole, _: references.members_are_listed_once(whole),
    lambda whole, _: semantics.dropboxes_move_to_buckets(whole),
)
"""Rules about what lies in the folder of a dataset, whatever else the dataset is."""


def run_rules_of_pieces(whole: Whole, organisation: CPGInfrastructureConfig) -> list[Diagnostic]:
    """What these rules find in datasets of which only the files in their folders could be read."""
    found = [diagnostic for rule in RULES_OF_PIECES for diagnostic in rule(whole, organisation)]
    return [diagnostic for diagnostic in found if diagnostic.path[0] == 'dataset' and not _inside(diagnostic, whole)]


def run_rules(whole: Whole) -> list[Diagnostic]:
    """What all rules find, but for what is about a value that could not be read."""
    found = [diagnostic for rule in RULES for diagnostic in rule(whole)]
    if whole.organisation is not None:
        found += [diagnostic for rule in RULES_WITH_ORGANISATION for diagnostic in rule(whole, whole.organisation)]
    if not whole.broken:
        return found
    return [diagnostic for diagnostic in found if not _inside(diagnostic, whole)]


def _inside(diagnostic: Diagnostic, whole: Whole) -> bool:
    path = diagnostic.path
    return any(path[:length] in whole.broken for length in range(1, len(path) + 1))

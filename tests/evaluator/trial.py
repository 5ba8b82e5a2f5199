"""How many mutations are caught. `python -m tests.evaluator.trial` tries many more than the tests do, and prints."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.evaluator.azure_mutations import AZURE
from tests.evaluator.editing import Edit, Mutation
from tests.evaluator.evaluate import evaluate
from tests.evaluator.google_mutations import GOOGLE
from tests.evaluator.law import disagreements
from tests.evaluator.pool import Case, cases
from tests.evaluator.resources import UnreadableError

MUTATIONS: Final = {'gcp': GOOGLE, 'azure': AZURE}
"""Every kind of damage, by cloud."""


@dataclass(slots=True)
class Score:
    """What became of the mutations of one kind.

    `refused` are those at which the evaluator says that it cannot tell, `effective` those that it sees in what somebody
    can do or ask for in the end, `given` those that it only sees in what was given or in who is in which group: others
    give the same.
    """

    refused: int = 0
    effective: int = 0
    given: int = 0
    missed: int = 0
    what_was_missed: str = ''

    @property
    def tried(self) -> int:
        """All of them."""
        return self.refused + self.effective + self.given + self.missed


def attempt(edit: Edit, case: Case, score: Score) -> None:
    """Apply one mutation, and see whether the law still holds."""
    try:
        lowered = evaluate(edit.apply(case.lowered))
    except UnreadableError:
        score.refused += 1
        return
    if lowered.effective != case.meant.effective or lowered.requests != case.meant.requests:
        score.effective += 1
    elif disagreements(lowered, case.meant):
        score.given += 1
    else:
        score.missed += 1
        score.what_was_missed = str(edit)


def trial(mutation: Mutation, among: Iterable[Case], *, places: int, seed: int = 2030) -> Score:
    """Apply a mutation at so many random places of each plan."""
    score, chance = Score(), random.Random(f'{seed} {mutation.name}')
    for case in among:
        found = list(mutation.places(case.lowered))
        for edit in chance.sample(found, min(places, len(found))):
            attempt(edit, case, score)
    return score


def main(plans: int, places: int) -> None:
    """Print a table of kinds of damage and how often each was caught."""
    for cloud, mutations in MUTATIONS.items():
        among = cases(cloud, plans, 3 * plans)
        for mutation in mutations:
            score = trial(mutation, among, places=places)
            print(  # noqa: T201 - it is a command
                f'| {cloud} | {mutation.name} | {score.tried} | {score.effective} | {score.given} | {score.refused} | '
                f'{score.missed} |  {score.what_was_missed}',
                flush=True,
            )


if __name__ == '__main__':
    main(*(int(each) for each in sys.argv[1:3]))

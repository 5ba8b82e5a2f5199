"""The evaluator has teeth: whatever is damaged in lowered resources, the law no longer holds."""

from __future__ import annotations

import pytest

from tests.evaluator.editing import Mutation
from tests.evaluator.evaluate import evaluate
from tests.evaluator.law import disagreements
from tests.evaluator.pool import cases
from tests.evaluator.trial import MUTATIONS, trial
from tests.examples.markdown import page, tables

PLANS, TRIES, PLACES = 2, 8, 3
"""How many plans, of how many organisations, and at how many places of each a mutation is tried."""


@pytest.mark.parametrize('cloud', MUTATIONS)
def test_the_law_holds_before(cloud: str) -> None:
    for case in cases(cloud, PLANS, TRIES):
        assert disagreements(evaluate(case.lowered), case.meant) == []


@pytest.mark.parametrize(
    ('cloud', 'mutation'),
    [
        pytest.param(cloud, mutation, id=f'{cloud}: {mutation.name}')
        for cloud, mutations in MUTATIONS.items()
        for mutation in mutations
    ],
)
def test_damage_is_seen(cloud: str, mutation: Mutation) -> None:
    score = trial(mutation, cases(cloud, PLANS, TRIES), places=PLACES)
    assert score.missed == 0, score.what_was_missed
    assert score.tried > 0, 'no plan has a place for it'


def test_the_page_lists_every_kind_of_damage() -> None:
    rows = tables(page('docs/access.md'), 'What damage it sees')[0]
    names = {'gcp': 'Google Cloud', 'azure': 'Azure'}
    wanted = [(names[cloud], mutation.name) for cloud, mutations in MUTATIONS.items() for mutation in mutations]
    assert [(row[0], row[1]) for row in rows] == wanted

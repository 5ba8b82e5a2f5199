"""The ids of accounts: an interface, so whole values are held; and two pairs never have one."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.config.github_names import deployer_id

PROJECT = 'lantern-common'
ID = re.compile(r'[a-z][a-z0-9-]{4,28}[a-z0-9]')
NAMES = st.text('aA1.-_é', min_size=1, max_size=40)
LONG_NAMES = st.text('ab._-1', min_size=1, max_size=6).map(lambda end: f'cpg-flow-align-genotype{end}')
"""Alike for longer than an id is long."""
ENVIRONMENTS = st.sampled_from(['development', 'production', 'trial', 'trial-of-another-team', 'trial-of-another'])


@pytest.mark.parametrize(
    ('repository', 'environment', 'identifier'),
    [
        ('aligner', 'development', 'aligner-img-dev-deployer'),
        ('aligner', 'production', 'aligner-img-prod-deployer'),
        ('aligner', 'trial', 'aligner-img-trial-deployer'),
        ('twelve-chars', 'production', 'twelve-chars-img-prod-deployer'),
        ('cpg-flow-align-genotype', 'development', 'cpg-flow-align-img-dev-fc27a6'),
        ('cpg-flow-align-genotype', 'production', 'cpg-flow-align-img-prod-861fbd'),
        ('cpg-flow-alignment', 'development', 'cpg-flow-alignm-img-dev-0d8ac4'),
        ('1kg', 'development', 'r-1kg-img-dev-00e681'),
        ('a.b', 'development', 'a-b-img-dev-7a44d2'),
        ('a_b', 'development', 'a-b-img-dev-dd410b'),
        ('a-b', 'development', 'a-b-img-dev-deployer'),
    ],
)
def test_an_account_is_called_after_its_repository_and_environment(
    repository: str, environment: str, identifier: str
) -> None:
    assert deployer_id(PROJECT, repository, environment) == identifier


@given(NAMES, NAMES)
def test_an_id_is_what_google_accepts(repository: str, environment: str) -> None:
    assert ID.fullmatch(deployer_id(PROJECT, repository, environment))


@given(st.lists(st.tuples(LONG_NAMES, ENVIRONMENTS), unique=True, max_size=30))
def test_names_that_are_cut_or_changed_never_give_one_id(pairs: list[tuple[str, str]]) -> None:
    assert len({deployer_id(PROJECT, *pair) for pair in pairs}) == len(pairs)


@given(NAMES, NAMES)
def test_an_id_that_is_readable_has_the_names_in_it_and_another_their_hash(repository: str, environment: str) -> None:
    short = {'development': 'dev', 'production': 'prod'}.get(environment, environment)
    readable = f'{repository}-img-{short}-deployer'
    found = deployer_id(PROJECT, repository, environment)
    digest = hashlib.sha256(f'{PROJECT}\n{repository}\n{environment}'.encode()).hexdigest()[:6]
    assert found == readable if ID.fullmatch(readable) and '--' not in readable else found.endswith(f'-{digest}')


def test_the_same_pair_in_another_project_has_another_account_where_names_are_cut() -> None:
    name = 'cpg-flow-align-genotype'
    assert deployer_id(PROJECT, name, 'development') != deployer_id('lantern-other', name, 'development')

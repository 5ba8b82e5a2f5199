"""Names that must fit: readable while they do, hashed when they do not, never alike, and always the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.abstraction.azure.fitting import folded, registry_name, storage_account_name, vault_name

names = st.from_regex(r'[a-z][a-z0-9-]{0,60}[a-z0-9]', fullmatch=True)
ENDINGS = (('ver', '8'), ('tmp', '9'))


@pytest.mark.parametrize(
    ('name', 'ending', 'expected'),
    [
        ('lantern-alpha', 'ver', 'lanternalphaver'),
        ('lantern-rare-atlas-four', 'tmp', 'lanternrareatlasfourtmp'),
        ('lantern-rare-atlas-fourt', 'tmp', 'lanternrareatlasfourttmp'),
    ],
)
def test_a_storage_account_has_a_readable_name_while_it_fits(name: str, ending: str, expected: str) -> None:
    assert storage_account_name(name, ending, '9') == expected
    assert len(expected) <= 24


def test_a_name_that_does_not_fit_keeps_its_beginning_and_never_changes() -> None:
    # What is deployed lies under these names.
    assert storage_account_name('lantern-rare-atlas-fourteen', 'ver', '8') == 'lanternrareatso3kiu3noa8'
    assert vault_name('lantern-rare-atlas-fourteen') == 'vlanternrarea-d2qo5ctdo7'
    assert registry_name('lantern-' + 'a' * 40, 'images') == 'lantern' + 'a' * 32 + 'yam525tnvp9'


@given(names, names)
def test_storage_accounts_of_two_datasets_or_two_kinds_never_have_one_name(one: str, other: str) -> None:
    made = {
        (folded(name), ending): storage_account_name(name, ending, mark)
        for name in (one, other)
        for ending, mark in ENDINGS
    }
    assert len(set(made.values())) == len(made)
    assert [each for each in made.values() if not re.fullmatch(r'[a-z0-9]{3,24}', each)] == []


@given(names, names)
def test_registries_of_two_datasets_never_have_one_name(one: str, other: str) -> None:
    kinds = ('images', 'images-dev', 'images-tmp')
    made = {(folded(name), kind): registry_name(name, kind) for name in (one, other) for kind in kinds}
    assert len(set(made.values())) == len(made)
    assert [each for each in made.values() if not re.fullmatch(r'[a-z0-9]{5,50}', each)] == []


@given(st.one_of(names, st.from_regex(r'[0-9a-zA-Z-]{1,40}', fullmatch=True)))
def test_a_vault_has_a_name_that_azure_takes(name: str) -> None:
    assert re.fullmatch(r'[a-z][a-z0-9]*(-[a-z0-9]+)*', vault_name(name))
    assert 3 <= len(vault_name(name)) <= 24 or len(name) < 3


@given(names, names)
def test_vaults_of_two_datasets_never_have_one_name(one: str, other: str) -> None:
    assert (vault_name(one) == vault_name(other)) == (one == other)

"""docs/provider.md names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from cpg_infra.provider.http import TRIES
from cpg_infra.provider.schema import SCHEMA
from cpg_infra.provider.settings import CONFIGURATION, ENVIRONMENT, Settings

PAGE = (Path(__file__).parents[2] / 'docs' / 'provider.md').read_text(encoding='utf-8')


def first_cells(title: str) -> list[str]:
    """Names in the first two columns of the table below a title."""
    below = PAGE.partition(f'## {title}\n')[2].partition('\n## ')[0]
    rows = [line.split(' | ') for line in below.splitlines() if line.startswith('| `')]
    return [name for row in rows for cell in row[:2] for name in re.findall(r'`([^`]+)`', cell)]


def test_every_type_is_on_the_page() -> None:
    assert {name for name in first_cells('Types') if name.startswith('cpg:')} == set(SCHEMA)


def test_every_key_and_variable_is_on_the_page() -> None:
    assert set(first_cells('Configuration')) == {*CONFIGURATION, *ENVIRONMENT.values()}


def test_the_figures_are_those_of_the_program() -> None:
    usual = Settings()
    assert f'must be active: {usual.hail_user_timeout:g} ' in PAGE
    assert f'must be in effect: {usual.azure_role_timeout:g} ' in PAGE
    assert f'stands for the account: `{usual.azure_blob_url}` ' in PAGE
    assert f'polling an operation: {usual.patience:g} ' in PAGE
    assert f'with jitter: {usual.first_wait:g} ' in PAGE
    assert f'to each host: {usual.requests_per_second:g} ' in PAGE
    assert TRIES == 12

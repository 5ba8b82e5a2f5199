"""The evaluator is a second opinion: it knows nothing of the program that it judges."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent

SECOND_OPINION: Final = (
    'azure',
    'azure_conditions',
    'azure_permissions',
    'azure_principals',
    'azure_requests',
    'azure_roles',
    'azure_scopes',
    'azure_subscriptions',
    'boolean',
    'closure',
    'evaluate',
    'google',
    'google_conditions',
    'google_federation',
    'google_permissions',
    'google_roles',
    'resources',
    'services',
    'words',
)


@pytest.mark.parametrize('name', SECOND_OPINION)
def test_it_imports_nothing_but_itself(name: str) -> None:
    tree = ast.parse((HERE / f'{name}.py').read_text(encoding='utf-8'))
    imported = {each.module or '' for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    imported |= {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
    assert {module for module in imported if module.startswith('cpg_infra')} == set()
    own = {f'tests.evaluator.{other}' for other in SECOND_OPINION} | {'tests.evaluator'}
    assert {module for module in imported if module.startswith('tests')} <= own


def test_the_intent_side_does_not_lower() -> None:
    tree = ast.parse((HERE / 'intended.py').read_text(encoding='utf-8'))
    imported = {
        (each.module, alias.name)
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and (each.module or '').startswith('cpg_infra.abstraction')
        for alias in each.names
    }
    # What a neutral role means: the one thing that both must agree on.
    assert imported == {('cpg_infra.abstraction', 'OPERATIONS')}

"""Imports go one way, and a command loads only what it needs (docs/development.md, "Layers")."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WITHOUT_PULUMI = (
    'cpg_infra',
    'cpg_infra.config',
    'cpg_infra.plan',
    'cpg_infra.abstraction',
    'cpg_infra.driver',
    'cpg_infra.plugin',
    'cpg_infra.access',
    'cpg_infra.checks',
    'cpg_infra.cli.main',
)


def exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def loaded_by(module: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after `import module`."""
    code = f'import sys, {module}; print(*sorted(name for name in sys.modules if "." not in name))'
    environment = {name: value for name, value in os.environ.items() if not name.startswith('COV_')}
    run = subprocess.run(
        [sys.executable, '-c', code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_the_import_contracts_hold() -> None:
    run = subprocess.run(
        [
            sys.executable,
            '-c',
            'from importlinter.cli import lint_imports_command; lint_imports_command()',
            '--no-logo',
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize('module', [name for name in WITHOUT_PULUMI if exists(name)])
def test_planning_never_loads_pulumi(module: str) -> None:
    assert 'pulumi' not in loaded_by(module)


def test_the_command_line_starts_without_its_heavy_libraries() -> None:
    assert loaded_by('cpg_infra.cli.main').isdisjoint({'pydantic', 'yaml', 'rich', 'tree_sitter', 'pulumi'})


def test_the_console_scripts_name_functions_that_exist() -> None:
    scripts = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))['project']['scripts']
    for target in scripts.values():
        module, function = target.split(':')
        assert callable(getattr(importlib.import_module(module), function))

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from tests.cli.running import ROOT, program, run


def test_the_version_is_that_of_the_package() -> None:
    assert run('--version') == (0, f'cpg-infra {version("cpg-infra")}\n', '')


def test_help_names_every_command_and_every_exit_status() -> None:
    status, out, _ = run('--help')
    assert status == 0
    assert [
        line.split()[0]
        for line in out.partition('Commands:\n')[2].partition('\n\n')[0].splitlines()
        if line[2:3].strip()
    ] == [
        'validate',
        'plan',
        'stacks',
        'preview',
        'up',
        'refresh',
        'destroy',
        'export',
        'schema',
        'billing',
    ]
    assert 'Exit status: 0 all is well, 1 the configuration has faults' in out


def test_no_command_is_wrong_usage_and_shows_help() -> None:
    ran = program()
    assert ran.returncode == 2
    assert 'Usage: ' in ran.stdout + ran.stderr


def test_help_and_version_load_neither_the_models_nor_anything_that_paints() -> None:
    for option in ('--help', '--version'):
        code = (
            'import sys\n'
            'from cpg_infra.cli.main import app\n'
            f'try: app([{option!r}])\n'
            'except SystemExit: pass\n'
            'sys.stderr.write(" ".join(sys.modules))\n'
        )
        ran = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, check=True)
        loaded = set(ran.stderr.split())
        assert loaded.isdisjoint({'pydantic', 'yaml', 'rich', 'tree_sitter', 'pulumi', 'cpg_infra.config'})


def test_a_plan_in_a_pipe_loads_nothing_that_paints() -> None:
    code = (
        'import sys\n'
        'from cpg_infra.cli.main import app\n'
        'try: app(["plan", "examples/lantern", "--dataset", "twins"])\n'
        'except SystemExit: pass\n'
        'sys.stderr.write(" ".join(sys.modules))\n'
    )
    ran = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {'rich', 'pulumi'}.isdisjoint(ran.stderr.split())

"""Where the Pulumi CLI for tests comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / 'tools' / 'pulumi-cli' / 'build.py'


def build(*arguments: str, path: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, 'PATH': str(path), 'XDG_CACHE_HOME': str(cache)}
    return subprocess.run(
        [sys.executable, BUILD, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def executable(file: Path, script: str = 'exit 1') -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\n{script}\n', encoding='utf-8')
    file.chmod(0o755)
    return file


def place(cache: Path) -> Path:
    """Where a build of this version is kept."""
    ended = subprocess.run(
        [sys.executable, '-c', 'import build; print(build.cached())'],
        cwd=BUILD.parent,
        env={**os.environ, 'XDG_CACHE_HOME': str(cache), 'PYTHONDONTWRITEBYTECODE': '1'},
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(ended.stdout.strip())


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    executable(place(tmp_path / 'cache'))
    found = executable(tmp_path / 'bin' / 'pulumi')
    assert build(path=tmp_path / 'bin', cache=tmp_path / 'cache').stdout == f'{found}\n'


def test_the_one_that_was_built_before_comes_second(tmp_path: Path) -> None:
    kept = executable(place(tmp_path / 'cache'))
    assert kept.parent.name.startswith('v3.')
    assert build(path=tmp_path, cache=tmp_path / 'cache').stdout == f'{kept}\n'


def test_without_go_the_reason_is_said_and_the_status_is_its_own(tmp_path: Path) -> None:
    ended = build(path=tmp_path, cache=tmp_path / 'cache')
    assert ended.returncode == 3
    assert ended.stdout == ''
    assert ended.stderr == 'there is no pulumi on PATH, none was built before, and there is no Go to build one\n'


def test_a_build_that_fails_leaves_nothing_that_could_be_taken_for_a_cli(tmp_path: Path) -> None:
    executable(tmp_path / 'bin' / 'go', 'echo no network >&2; exit 1')
    ended = build(path=tmp_path / 'bin', cache=tmp_path / 'cache')
    assert ended.returncode == 3
    assert 'could not be built: no network' in ended.stderr
    assert not place(tmp_path / 'cache').exists()


def test_two_runs_at_a_time_build_once(tmp_path: Path) -> None:
    go = """
case "$1" in
build) echo built >> "$XDG_CACHE_HOME/builds"; sleep 0.3
       while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2"; chmod +x "$2" ;;
list) echo "$XDG_CACHE_HOME/module" ;;
esac
"""
    executable(tmp_path / 'bin' / 'go', go)
    for tool in ('sleep', 'chmod'):
        executable(tmp_path / 'bin' / tool, f'PATH=/usr/bin:/bin exec {tool} "$@"')
    runner = tmp_path / 'cache' / 'module' / 'python' / 'cmd' / 'pulumi-language-python-exec'
    runner.parent.mkdir(parents=True)
    runner.touch()
    environment = {**os.environ, 'PATH': str(tmp_path / 'bin'), 'XDG_CACHE_HOME': str(tmp_path / 'cache')}
    running = [
        subprocess.Popen(
            [sys.executable, BUILD], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [each.communicate()[0] for each in running]
    assert said == [f'{place(tmp_path / "cache")}\n'] * 2
    assert (tmp_path / 'cache' / 'builds').read_text(encoding='utf-8') == 'built\n'


def test_looking_only_builds_nothing(tmp_path: Path) -> None:
    executable(tmp_path / 'bin' / 'go', 'touch "$XDG_CACHE_HOME"/built')
    assert build('--no-build', path=tmp_path / 'bin', cache=tmp_path).returncode == 3
    assert not (tmp_path / 'built').exists()

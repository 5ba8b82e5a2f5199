"""Prints the path of a Pulumi CLI: the one on PATH, else one that was built before, else one built now.

A build is kept outside the tree, under a name made of the version and of the hash of `go.sum`, so that it is made
once per machine. Two runs at a time build once: the second waits. `--no-build` only looks.

Exit status 3 with the reason on stderr when there is none and none can be built. Standard library only.
"""

# ruff: noqa: INP001 - a script beside its go.mod, in no package

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
UNAVAILABLE: Final = 3
"""Exit status: no CLI, and the reason is on stderr."""

PACKAGE: Final = 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi'
SDK: Final = 'github.com/pulumi/pulumi/sdk/v3'
RUNNER: Final = 'pulumi-language-python-exec'
"""Runs a Python program for a language host. A file of the SDK's module, kept beside the CLI."""


class UnavailableError(Exception):
    """There is no CLI; the text says why."""


def version() -> str:
    """The version that `go.mod` names, such as `v3.259.0`."""
    found = re.search(
        r'^\s*github\.com/pulumi/pulumi/pkg/v3 (v\S+)', (HERE / 'go.mod').read_text('utf-8'), re.MULTILINE
    )
    if found is None:
        raise UnavailableError('go.mod does not name a version of the Pulumi CLI')
    return found[1]


def cached(environment: Mapping[str, str] = os.environ) -> Path:
    """Where a build of this version is, or would be."""
    home = Path(environment.get('XDG_CACHE_HOME') or Path.home() / '.cache')
    fingerprint = hashlib.sha256((HERE / 'go.sum').read_bytes()).hexdigest()[:16]
    return home / 'cpg-infra' / 'pulumi' / f'{version()}-{fingerprint}' / 'pulumi'


def find(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The CLI on PATH, else the one that was built before."""
    if on_path := shutil.which('pulumi', path=environment.get('PATH')):
        return Path(on_path).absolute()
    built = cached(environment)
    return built if built.is_file() else None


def build(target: Path) -> None:
    """Build the CLI at `target`. Whoever looks sees either nothing or all of it."""
    go = shutil.which('go')
    if go is None:
        raise UnavailableError('there is no pulumi on PATH, none was built before, and there is no Go to build one')
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name('lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_file():
            return
        sys.stderr.write(f'building the Pulumi CLI {version()}; this takes some minutes, once\n')
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            made = Path(folder) / target.name
            flags = f'-s -w -X {SDK}/go/common/version.Version={version()}'
            _run(go, 'build', '-trimpath', '-ldflags', flags, '-o', str(made), PACKAGE)
            module = Path(_run(go, 'list', '-m', '-f', '{{.Dir}}', SDK).strip())
            # The module cache is read-only; a copy of ours is not.
            target.with_name(RUNNER).write_bytes((module / 'python' / 'cmd' / RUNNER).read_bytes())
            made.replace(target)


def _run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - a command of ours
        command, cwd=HERE, env={**os.environ, 'CGO_ENABLED': '0'}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = '\n'.join(done.stderr.strip().splitlines()[-5:])
        raise UnavailableError(f'the Pulumi CLI could not be built: {last}')
    return done.stdout


def main(arguments: list[str]) -> int:
    """Print the path; see the module's docstring."""
    try:
        found = find()
        if found is None and '--no-build' not in arguments:
            build(cached())
            found = find()
        if found is None:
            raise UnavailableError('there is no pulumi on PATH and none was built before (tools/pulumi-cli/build)')
    except UnavailableError as error:
        sys.stderr.write(f'{error}\n')
        return UNAVAILABLE
    sys.stdout.write(f'{found}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

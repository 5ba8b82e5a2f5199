"""Prints the folder of a BigQuery emulator: the one that was set up before, else one set up now.

An emulator is an environment of its own, because it needs other versions than ours of libraries that we have too. It
is kept outside the tree, under a name made of the hash of its requirements and of how it is made, and of the Python that
it runs on, so that it is made once per machine. Two runs at a time make it once: the second waits. `--no-build` only
looks.

    HOME=<folder>/home <folder>/bin/python start.py start --ephemeral

Exit status 3 with the reason on stderr when there is none and none can be had. Standard library only.
"""

# ruff: noqa: INP001 - a script, in no package

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

REQUIREMENTS: Final = Path(__file__).resolve().parents[2] / 'requirements' / 'emulator.txt'
UNAVAILABLE: Final = 3
"""Exit status: no emulator, and the reason is on stderr."""

READY: Final = 'ready'
"""The file that is written last: a folder without it is not finished."""

_LAY_OUT_SPATIAL: Final = """
import os, sys
from importlib.resources import files
from pathlib import Path
import duckdb
connection = duckdb.connect()
(platform,) = connection.execute('PRAGMA platform').fetchone()
(version,) = connection.execute('SELECT version()').fetchone()
shipped = files('duckdb_extension_spatial').joinpath('extensions', version, 'spatial.duckdb_extension')
place = Path(os.environ['HOME'], '.duckdb', 'extensions', version, platform, 'spatial.duckdb_extension')
place.parent.mkdir(parents=True)
os.link(shipped, place)
connection.execute('LOAD spatial')
"""
"""The emulator begins with an extension of DuckDB that is downloaded otherwise; here it comes from a package."""


class UnavailableError(Exception):
    """There is no emulator; the text says why."""


def cached(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the emulator of these requirements is, or would be."""
    home = Path(environment.get('XDG_CACHE_HOME') or Path.home() / '.cache')
    made_of = REQUIREMENTS.read_bytes() + _LAY_OUT_SPATIAL.encode() + sys.base_prefix.encode()
    fingerprint = hashlib.sha256(made_of).hexdigest()[:16]
    return home / 'cpg-infra' / 'bigquery-emulator' / f'{fingerprint}-py{platform.python_version()}'


def find(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The emulator that was set up before."""
    folder = cached(environment)
    return folder if (folder / READY).is_file() else None


def build(folder: Path) -> None:
    """Set it up in `folder`. What an interrupted run has left there is made anew."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f'{folder.name}.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / READY).is_file():
            return
        sys.stderr.write('setting up the BigQuery emulator for tests; this takes a minute, once\n')
        venv.create(folder, clear=True, with_pip=True)
        python = str(folder / 'bin' / 'python')
        try:
            # What is never imported need not be compiled; what is, is compiled by the first start.
            _run(
                python, '-m', 'pip', 'install', '--quiet', '--no-compile', '--require-hashes', '--only-binary', ':all:',
                '--requirement', str(REQUIREMENTS),
            )  # fmt: skip
            _run(python, '-c', _LAY_OUT_SPATIAL, HOME=str(folder / 'home'))
        except UnavailableError:
            shutil.rmtree(folder)
            raise
        (folder / READY).touch()


def _run(*command: str, **environment: str) -> None:
    done = subprocess.run(  # noqa: S603 - a command of ours
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = '\n'.join(done.stderr.strip().splitlines()[-3:])
        raise UnavailableError(f'the BigQuery emulator cannot be had here: {last}')


def main(arguments: list[str]) -> int:
    """Print the folder; see the module's docstring."""
    try:
        found = find()
        if found is None and '--no-build' not in arguments:
            build(cached())
            found = find()
        if found is None:
            raise UnavailableError('no BigQuery emulator was set up before (tools/bigquery-emulator/set_up.py)')
    except UnavailableError as error:
        sys.stderr.write(f'{error}\n')
        return UNAVAILABLE
    sys.stdout.write(f'{found}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""Executables for one test: the providers, and the language host, under the names that the engine looks for.

They are written where they are needed, because they name this interpreter and the folder of the cloud. Each notes its
process id, so that a test can tell that nobody is left behind.
"""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
PIDS: Final = 'pids'

PROVIDERS_OF_CLOUDS: Final = ('gcp', 'azure-native', 'azuread', 'github')


def write_provider(folder: Path, name: str, cloud: Path) -> None:
    """`folder/pulumi-resource-<name>`: a simulated provider over the cloud in the folder `cloud`."""
    _write(folder / f'pulumi-resource-{name}', cloud, [sys.executable, '-m', 'tests.simulated_cloud.provider', name])


def write_own_provider(folder: Path, cloud: Path) -> None:
    """`folder/pulumi-resource-cpg`: the provider that this distribution brings along."""
    _write(folder / 'pulumi-resource-cpg', cloud, [str(Path(sys.executable).with_name('pulumi-resource-cpg'))])


def write_language_host(folder: Path, cloud: Path, runner: Path) -> None:
    """`folder/pulumi-language-python`: a host for Python programs that starts them with the script `runner`."""
    command = [sys.executable, '-m', 'tests.simulated_cloud.language_host', str(runner)]
    _write(folder / 'pulumi-language-python', cloud, command)


def write_cloud_tool(folder: Path, cloud: Path) -> None:
    """`folder/cloud`: looks into the cloud and changes it by hand."""
    _write(folder / 'cloud', cloud, [sys.executable, '-m', 'tests.simulated_cloud'])


def _write(script: Path, cloud: Path, command: list[str]) -> None:
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(
        '#!/bin/sh\n'
        f'echo $$ >> {shlex.quote(str(cloud / PIDS))}\n'
        f'SIMULATED_CLOUD={shlex.quote(str(cloud))}\n'
        f'PYTHONPATH={shlex.quote(str(REPOSITORY))}${{PYTHONPATH:+:$PYTHONPATH}}\n'
        'export SIMULATED_CLOUD PYTHONPATH\n'
        f'exec {shlex.join(command)} "$@"\n',
        encoding='utf-8',
    )
    script.chmod(0o755)


def left_behind(cloud: Path, patience: float = 60.0) -> list[int]:
    """Process ids of providers and hosts that are still there after `patience` seconds."""
    noted = cloud / PIDS
    pids = [int(line) for line in noted.read_text(encoding='utf-8').split()] if noted.exists() else []
    deadline = time.monotonic() + patience
    while (alive := [pid for pid in pids if _is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not alive:
        noted.unlink(missing_ok=True)
    return alive


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended and that nobody asked after is none any more.
    status = Path(f'/proc/{pid}/stat')
    return not (status.exists() and status.read_text(encoding='utf-8').rpartition(')')[2].split()[0] == 'Z')

"""The Pulumi CLI: found, asked for its version once, and run one process at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Final

from pulumi import automation as auto
from pulumi.automation import CommandResult
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.leftovers import end_session
from cpg_infra.engine.automation.stopping import Stop

VARIABLE: Final = 'CPG_INFRA_PULUMI'
"""Environment variable with the path of a CLI that is not on PATH."""

OLDEST: Final = VersionInfo(3, 206, 0)
"""The first version that sends its events to us instead of writing them to a file."""

_LINES_KEPT: Final = 400
"""Of the display of an operation. What we tell comes from its events; this is for the class of an error."""


def find_cli(environment: Mapping[str, str] = os.environ) -> str:
    """The path of the CLI. Raises `EngineError` when there is none."""
    named = environment.get(VARIABLE)
    found = named if named and Path(named).is_file() else shutil.which('pulumi', path=environment.get('PATH'))
    if found is None:
        raise EngineError(
            'there is no Pulumi CLI: install it (https://www.pulumi.com/docs/install/), or set '
            f'{VARIABLE} to its path; `cpg-infra plan` needs none',
            'cli-missing',
        )
    return str(Path(found).absolute())


class PulumiCli(auto.PulumiCommand):
    """The CLI at a path. Each run is a session of its own, hears of signals once, and leaves nobody behind."""

    def __init__(self, command: str, version: VersionInfo | None = None, stop: Stop | None = None) -> None:
        """`version` spares asking for it: 0.3 s. Raises `EngineError` when the CLI cannot serve us."""
        # The parent's constructor knows PATH and whole installations only.
        self.command = command
        self.version = version or _version_of(command)
        self.stop = stop or Stop()
        self.result: CommandResult | None = None
        """Of the last run: an exception holds its text only."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], object] | None = None,
        on_error: Callable[[str], object] | None = None,
    ) -> CommandResult:
        """Run one command. Raises `pulumi.automation.errors.CommandError` when it fails."""
        environment = {**os.environ, **additional_env, 'PULUMI_AUTOMATION_API': 'true'}
        # Files and not pipes: were this process killed, the next line that it prints would end the engine too, in the
        # middle of writing its state perhaps. So it finishes what is in flight, and saves it.
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as said,
            subprocess.Popen(  # noqa: S603 - the path that find_cli found
                [self.command, '--non-interactive', *args],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=said,
                start_new_session=True,
            ) as process,
        ):
            with self.stop.reaching(process.pid):
                process.wait()
            end_session(process.pid)
            # A state that is exported is read whole; a display need not be.
            kept = None if 'export' in args else _LINES_KEPT
            result = CommandResult(stdout=_text(out, kept), stderr=_text(said, _LINES_KEPT), code=process.returncode)
        self.result = result
        if result.code != 0:
            raise create_command_error(result)
        return result


def _text(file: IO[bytes], kept: int | None) -> str:
    """The last lines of what was printed."""
    file.seek(0)
    return '\n'.join(deque((line.decode('utf-8', 'replace').rstrip('\r\n') for line in file), maxlen=kept))


def _version_of(command: str) -> VersionInfo:
    environment = {**os.environ, 'PULUMI_SKIP_UPDATE_CHECK': 'true'}
    try:
        said = subprocess.run(  # noqa: S603 - the path that find_cli found
            [command, 'version'], env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
        version = VersionInfo.parse(said.removeprefix('v'))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise EngineError(f'{command} does not work as a Pulumi CLI: {error}', 'cli-missing') from error
    if version < OLDEST:
        raise EngineError(
            f'the Pulumi CLI {version} is too old: install {OLDEST} or newer (https://www.pulumi.com/docs/install/)',
            'cli-old',
        )
    return version

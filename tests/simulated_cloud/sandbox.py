"""Everything for a person to try the example on, without a cloud: `make sandbox`; with `--preview`, one look at it.

A folder gets a copy of the example, a simulated cloud, executables that stand in for the real ones, an empty stack and
a file `environment` to source. The services run here until they are interrupted. The folder is kept: the next sandbox
goes on where this one ended.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.simulated_cloud.launchers import (
    PROVIDERS_OF_CLOUDS,
    REPOSITORY,
    write_cloud_tool,
    write_language_host,
    write_own_provider,
    write_provider,
)
from tests.simulated_cloud.seed import seed
from tests.simulated_cloud.surroundings import environment, services

EXAMPLE: Final = REPOSITORY / 'examples' / 'lantern'
RUNNER: Final = 'pulumi-language-python-exec'
STACK: Final = 'prod'
PORT: Final = 8765
LINES_SHOWN: Final = 12
"""Of a preview that creates everything."""

TO_TRY: Final = """\
The sandbox is ready; the services run here until you press Ctrl-C. In another terminal:

    . {environment}
    cd {project}
    pulumi preview
    pulumi up --yes --skip-preview
    {edit}
    pulumi up

The cloud is a file. Drift, and what becomes of it:

    cloud show 'bucket lantern-ataxia-main$'
    cloud grant 'bucket lantern-ataxia-main' roles/storage.admin user:somebody@elsewhere.example.org
    cloud remove 'group lt-ataxia-analysis@groups.lantern.example.org'
    cloud show 'container lanternimagingver/'
    cloud set 'container lanternimagingver/main' publicAccess '"Blob"'
    pulumi refresh
    pulumi up
    pulumi destroy

To begin anew, delete {folder}.
"""


def prepare(folder: Path, pulumi: Path, surroundings: Mapping[str, str]) -> dict[str, str]:
    """Make the sandbox, or what is missing of it; returns the environment that it is used in."""
    project, cloud, tools = folder / 'lantern', folder / 'cloud', folder / 'bin'
    is_new = not project.exists()
    if is_new:
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns('__pycache__'))
        seed(cloud, 'lantern')
    for name in ('state', 'home'):
        (folder / name).mkdir(exist_ok=True)
    for name in PROVIDERS_OF_CLOUDS:
        write_provider(tools, name, cloud)
    write_own_provider(tools, cloud)
    write_language_host(tools, cloud, pulumi.resolve().with_name(RUNNER))
    write_cloud_tool(tools, cloud)
    used = {
        **surroundings,
        'PATH': os.pathsep.join((str(tools), str(pulumi.parent), str(Path(sys.executable).parent), os.environ['PATH'])),
        'PULUMI_BACKEND_URL': f'file://{folder / "state"}',
        'PULUMI_CONFIG_PASSPHRASE': 'sandbox',
        'PULUMI_HOME': str(folder / 'home'),
        'PULUMI_SKIP_UPDATE_CHECK': 'true',
        'PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION': 'true',
        # Two thousand resources: the state is written at the end, not after each of them.
        'PULUMI_SKIP_CHECKPOINTS': 'true',
    }
    lines = [f'export {key}={shlex.quote(value)}\n' for key, value in used.items()]
    (folder / 'environment').write_text(''.join(lines), encoding='utf-8')
    if is_new:
        subprocess.run(
            [pulumi, 'stack', 'init', STACK, '--non-interactive'],
            cwd=project,
            env={**os.environ, **used},
            check=True,
            capture_output=True,
        )
    return used


def preview(pulumi: Path) -> int:
    """Let the real engine say what it would make of the example in an empty cloud; the status of the command."""
    with tempfile.TemporaryDirectory(prefix='cpg-infra-demo-') as scratch:
        folder = Path(scratch)
        (folder / 'cloud').mkdir()
        with services(folder / 'cloud') as running:
            used = prepare(folder, pulumi, environment(running))
            command = [str(Path(sys.executable).with_name('cpg-infra')), 'preview', '--stack', STACK]
            said = subprocess.run(
                command, cwd=folder / 'lantern', env={**os.environ, **used}, capture_output=True, text=True, check=False
            )
    if said.returncode != 0:
        sys.stderr.write(f'{said.stdout}{said.stderr}')
        return said.returncode
    # What there is to remark was said by the plan.
    lines = said.stdout.splitlines()
    sys.stdout.write('The same, previewed by the real engine on a simulated cloud (cpg-infra preview):\n\n')
    sys.stdout.writelines(f'{line}\n' for line in lines[:LINES_SHOWN])
    if len(lines) > LINES_SHOWN:
        sys.stdout.write(f'  … {len(lines) - LINES_SHOWN:,} more lines; `make sandbox` to try it yourself\n')
    return 0


def main() -> int:
    """Prepare, say what to try, and serve; or preview."""
    parser = argparse.ArgumentParser(description='The example on a simulated cloud.')
    parser.add_argument('folder', type=Path, nargs='?', default=REPOSITORY / 'build' / 'sandbox')
    parser.add_argument('--port', type=int, default=PORT, help='of the services')
    parser.add_argument('--preview', action='store_true', help='preview the example in a cloud of its own, and end')
    options = parser.parse_args()
    pulumi = os.environ.get('CPG_INFRA_PULUMI')
    if not pulumi:
        what = 'preview' if options.preview else 'sandbox'
        sys.stderr.write(f'No {what}: it needs a Pulumi CLI, and there is none (tools/pulumi-cli/README.md).\n')
        return 0 if options.preview else 1
    if options.preview:
        return preview(Path(pulumi))
    folder: Path = options.folder.absolute()
    (folder / 'cloud').mkdir(parents=True, exist_ok=True)
    with services(folder / 'cloud', folder / 'services.json', options.port) as running:
        prepare(folder, Path(pulumi), environment(running))
        project = folder / 'lantern'
        sys.stdout.write(
            TO_TRY.format(
                environment=shlex.quote(str(folder / 'environment')),
                project=shlex.quote(str(project)),
                edit='$EDITOR ataxia/members.yaml',
                folder=folder,
            )
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


if __name__ == '__main__':
    sys.exit(main())

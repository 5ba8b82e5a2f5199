"""The excerpt of real output in README.md: chosen items of one dataset's plan, `…` where others are left out."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Final

from tests.examples import lantern

COMMAND: Final = ('plan', 'examples/lantern', '--dataset', 'controls', '--date', str(lantern.DATE))
README: Final = lantern.ROOT / 'README.md'
BETWEEN: Final = re.compile(r'(?<=<!-- excerpt -->\n).*?(?=<!-- /excerpt -->)', re.DOTALL)

CHOSEN: Final[dict[str, tuple[str, ...]]] = {
    'shared-project': ('project',),
    'groups': ('analysis', 'data-manager', 'main-read', 'release-access'),
    'storage': ('lantern-controls-archive', 'lantern-controls-main', 'lantern-controls-main-analysis'),
    'release': ('lantern-controls-shared', 'lantern-controls-release', 'shared@'),
}
"""Components, and what begins the names of the items of each that are shown."""


def output() -> str:
    """What the command prints when it is piped."""
    program = 'from cpg_infra.cli.main import main; main()'
    run = subprocess.run(
        [sys.executable, '-c', program, *COMMAND], cwd=lantern.ROOT, capture_output=True, check=True, text=True
    )
    return run.stdout


def excerpt(text: str) -> str:
    """The chosen items of a plan's text, as a code block."""
    # The hash changes with everything: it would make each change of a plan one of README.md.
    lines = re.sub(r'(?<=, plan )[0-9a-f]{12}', '…', text).splitlines()
    head = lines.index('')
    shown = lines[: head + 2]
    component, keep = '', False
    for line in lines[head + 2 :]:
        depth = len(line) - len(line.lstrip())
        if depth == 0:
            break
        if depth == 2:
            component, keep = line.split()[0], False
            if component in CHOSEN:
                shown.append(line)
            continue
        if depth == 4:
            keep = component in CHOSEN and _is_chosen(line, CHOSEN[component])
        if keep:
            shown.append(line)
        elif component in CHOSEN and shown[-1].strip() != '…':
            shown.append('    …')
    return '\n'.join(['```', *shown, '```', ''])


def _is_chosen(line: str, names: tuple[str, ...]) -> bool:
    words = re.split(r'[\s:]+', line.strip())
    return any(words[1] == name or words[0] == name or words[1].startswith(f'{name}/') for name in names) or any(
        words[1].startswith(name) for name in names if name.endswith('@')
    )


def with_excerpt(readme: str) -> str:
    """README.md with its excerpt as it should be."""
    new = excerpt(output())
    return BETWEEN.sub(lambda _: new, readme)

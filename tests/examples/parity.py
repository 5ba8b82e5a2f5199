"""The parity report of the example, which is a page of the documentation."""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path
from typing import Final

from tests.cli.running import run
from tests.examples import lantern

PARITY: Final = lantern.ROOT / 'docs' / 'parity.md'


def parity_page() -> str:
    """What `cpg-infra plan examples/lantern --parity --format markdown` prints."""
    with chdir(lantern.ROOT):
        folder = Path(os.path.relpath(lantern.LANTERN, lantern.ROOT))
        ran = run('plan', str(folder), '--parity', '--format', 'markdown', '--date', str(lantern.DATE))
    assert ran.status == 0, ran.err
    return ran.out

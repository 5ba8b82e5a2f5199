"""Writes the golden plan, the parity page and the excerpt in README.md anew: `python -m tests.examples.regenerate`.

Read the difference before you commit it.
"""

from __future__ import annotations

import sys

from tests.examples import lantern
from tests.examples.excerpt import README, with_excerpt
from tests.examples.golden import render
from tests.examples.parity import PARITY, parity_page

TITLE = f'Plan of examples/lantern on {lantern.DATE}; written by `python -m tests.examples.regenerate`'


def text() -> str:
    """The golden plan as it should be."""
    return render(lantern.plan(), TITLE)


if __name__ == '__main__':
    lantern.GOLDEN.write_text(text(), encoding='utf-8')
    README.write_text(with_excerpt(README.read_text(encoding='utf-8')), encoding='utf-8')
    PARITY.write_text(parity_page(), encoding='utf-8')
    written = ', '.join(str(path.relative_to(lantern.ROOT)) for path in (lantern.GOLDEN, PARITY))
    sys.stdout.write(f'wrote {written} and the excerpt in README.md\n')

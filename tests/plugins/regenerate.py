"""Writes the golden inventories anew: `python -m tests.plugins.regenerate`. Read the difference before you commit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.plugins.github_wif import federation
from tests.plugins.inventory import render, write

INVENTORIES: Final[Mapping[str, Callable[[], str]]] = {
    'github_wif': lambda: render(federation.with_everything(), {'github-federation'}),
}

if __name__ == '__main__':
    write({name: made() for name, made in INVENTORIES.items()})

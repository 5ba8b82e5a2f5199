"""Writes the golden inventories anew: `python -m tests.plugins.regenerate`. Read the difference before you commit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.plugins.billing_aggregator import billing
from tests.plugins.github_wif import federation
from tests.plugins.inventory import render, write
from tests.plugins.metamist import loading

INVENTORIES: Final[Mapping[str, Callable[[], str]]] = {
    'billing_aggregator': lambda: render(billing.billed(), {'billing-aggregator'}),
    'github_wif': lambda: render(federation.with_everything(), {'github-federation'}),
    'metamist': lambda: render(loading.loaded(), {'metamist-etl'}),
}

if __name__ == '__main__':
    write({name: made() for name, made in INVENTORIES.items()})

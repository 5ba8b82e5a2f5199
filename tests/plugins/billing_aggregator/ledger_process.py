"""One aggregation in a process of its own: `python -m tests.plugins.billing_aggregator.ledger_process FILE EXPORT`."""

from __future__ import annotations

import sys

from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from tests.plugins.billing_aggregator.building import aggregate

if __name__ == '__main__':
    with open_ledger(sys.argv[1], patience=120) as ledger:
        outcomes = aggregate(ledger, sys.argv[2])
    sys.stdout.write(' '.join(one.status for one in outcomes))

"""Doing it again when somebody else wrote the same table at once.

BigQuery aborts a transaction, or a statement, that meets another one on the same table, whichever rows they are about;
two sources that are loaded at the same time do that. Nothing of the aborted one is there, so it is done again.
"""

from __future__ import annotations

from typing import Final

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from cpg_infra.plugins.billing_aggregator.ledger.faults import ConflictError

again_on_conflict: Final = retry(
    retry=retry_if_exception_type(ConflictError),
    stop=stop_after_attempt(6),
    wait=wait_random_exponential(max=30),
    reraise=True,
)
"""For a function that is one transaction, or one statement, from beginning to end."""

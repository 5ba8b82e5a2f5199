"""The figures of a month, into their table and, where the configuration names one, into a spreadsheet."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.outside import OutsideError, Sheets
from cpg_infra.plugins.billing_aggregator.outside.sheets import SCOPE
from cpg_infra.plugins.billing_aggregator.service.configured import Configured
from cpg_infra.plugins.billing_aggregator.tables import SummaryRow, write_month
from cpg_infra.plugins.billing_aggregator.tables.spreadsheet import Sheeted, write_spreadsheet

TRIES: Final = 10
PATIENCE: Final = 180.0
"""Tries and seconds in all: the quota of spreadsheets is one per minute."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A month. `sheeted` is None when no spreadsheet was written, `fault` says why one could not be."""

    month: str
    rows: Sequence[SummaryRow]
    sheeted: Sheeted | None = None
    fault: str | None = None


def summarise(
    configured: Configured, month: str, now: dt.datetime, *, dry_run: bool = False, spreadsheet: bool = True
) -> Summary:
    """Write the table first: what is wrong with the spreadsheet does not touch it. Raises `LedgerError`.

    A month without figures leaves the spreadsheet as it is.
    """
    with configured.ledger() as ledger:
        rows = write_month(ledger, month, now, dry_run=dry_run)
    billing = configured.organisation.billing
    identifier = billing.aggregator.billing_sheet_id if billing and billing.aggregator else None
    if dry_run or not spreadsheet or identifier is None or not rows:
        return Summary(month, rows)
    currency, account = (
        configured.organisation.budget_currency,
        billing.coordinator_machine_account if billing else None,
    )
    try:
        with dataclasses.replace(configured.http(), tries=TRIES, first_wait=2.0, patience=PATIENCE) as http:
            sheets = Sheets(http, configured.identity(http, SCOPE), identifier)
            return Summary(month, rows, write_spreadsheet(sheets, month, rows, currency, now, account))
    except OutsideError as error:
        return Summary(month, rows, fault=str(error))

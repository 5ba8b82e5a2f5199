"""Requests of the entry points that aggregate nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cpg_infra.plugins.billing_aggregator.requests.arrival import Arrival
from cpg_infra.plugins.billing_aggregator.requests.faults import Faults
from cpg_infra.plugins.billing_aggregator.requests.fields import read_fields
from cpg_infra.plugins.billing_aggregator.requests.values import flag, month


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """`force`: the full report on any day. `dry_run`: the report is answered, and posted nowhere."""

    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class MonthlyRequest:
    """`month`: its first day; None for the last complete month."""

    month: dt.date | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """Of what has no choices. `dry_run`: nothing is written."""

    dry_run: bool = False


def read_report(arrival: Arrival) -> ReportRequest:
    """Read a request. Raises `BadRequestError` with all its faults."""
    faults = Faults()
    fields = read_fields(arrival, ('force', 'dry_run'), faults)
    request = ReportRequest(flag(fields, 'force', faults), flag(fields, 'dry_run', faults))
    faults.refuse_any()
    return request


def read_monthly(arrival: Arrival, today: dt.date) -> MonthlyRequest:
    """Read a request. Raises `BadRequestError` with all its faults."""
    faults = Faults()
    fields = read_fields(arrival, ('month', 'dry_run'), faults)
    request = MonthlyRequest(month(fields, 'month', faults), flag(fields, 'dry_run', faults))
    if request.month is not None and request.month > today:
        faults.add('month', f'{request.month:%Y-%m} is in the future')
    faults.refuse_any()
    return request


def read_plain(arrival: Arrival) -> PlainRequest:
    """Read a request. Raises `BadRequestError` with all its faults."""
    faults = Faults()
    request = PlainRequest(flag(read_fields(arrival, ('dry_run',), faults), 'dry_run', faults))
    faults.refuse_any()
    return request

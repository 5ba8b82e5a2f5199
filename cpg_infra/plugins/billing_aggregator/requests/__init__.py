"""What an entry point is asked, whichever way it comes; everything wrong with it is said at once."""

from cpg_infra.plugins.billing_aggregator.requests.aggregation import AggregationRequest, read_aggregation
from cpg_infra.plugins.billing_aggregator.requests.arrival import Arrival
from cpg_infra.plugins.billing_aggregator.requests.faults import BadRequestError
from cpg_infra.plugins.billing_aggregator.requests.message import Message, read_message
from cpg_infra.plugins.billing_aggregator.requests.tasks import (
    MonthlyRequest,
    PlainRequest,
    ReportRequest,
    read_monthly,
    read_plain,
    read_report,
)

__all__ = [
    'AggregationRequest',
    'Arrival',
    'BadRequestError',
    'Message',
    'MonthlyRequest',
    'PlainRequest',
    'ReportRequest',
    'read_aggregation',
    'read_message',
    'read_monthly',
    'read_plain',
    'read_report',
]

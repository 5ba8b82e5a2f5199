"""Posting a report, and asking which projects are paid for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_report.report import Billing, Report
from cpg_infra.plugins.billing_aggregator.cost_report.slack import messages
from cpg_infra.plugins.billing_aggregator.cost_report.wording import heading
from cpg_infra.plugins.billing_aggregator.outside import CloudBilling, OutsideError, Slack

_AT_ONCE: Final = 16


def send(report: Report, slack: Slack) -> int:
    """Post the report; says how many messages it took. Raises `OutsideError` at the first that Slack does not take."""
    parts = messages(report)
    for blocks in parts:
        slack.post(heading(report), blocks)
    return len(parts)


def billing_states(billing: CloudBilling, projects: Collection[str]) -> Mapping[str, Billing]:
    """Whether each project is paid for."""

    def state(project: str) -> Billing:
        try:
            return Billing.LINKED if billing.state(project).enabled else Billing.UNLINKED
        except OutsideError:
            return Billing.UNKNOWN

    wanted = sorted(projects)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(state, wanted), strict=True))

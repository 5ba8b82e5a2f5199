from __future__ import annotations

from pathlib import Path

from cpg_infra.plugins.billing_aggregator.cost_control import CONDITIONS
from cpg_infra.plugins.billing_aggregator.cost_control.conditions import Kind, Reason

PAGE = Path(__file__).parents[4] / 'docs' / 'billing-reports.md'
THEN = {Kind.REFUSAL: 'nothing', Kind.DOUBT: 'doubt', Kind.PENDING: 'announced'}


def test_the_page_has_every_condition_in_its_order() -> None:
    rows = [
        f'| {condition.holds_when} | `{condition.reason}` | '
        f'{"–" if condition.reason is Reason.WITHIN_BUDGET else THEN[condition.kind]} |'
        for condition in CONDITIONS
    ]
    assert '\n'.join(rows) in PAGE.read_text(encoding='utf-8')

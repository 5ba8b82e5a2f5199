"""What every project cost this month and in the last 24 hours, and which of them need a look.

`figures` asks the ledger, `report` judges, `text`, `slack` and `page` show.
"""

from cpg_infra.plugins.billing_aggregator.cost_report.figures import Figures, gather
from cpg_infra.plugins.billing_aggregator.cost_report.page import page
from cpg_infra.plugins.billing_aggregator.cost_report.report import (
    Billing,
    Flag,
    Known,
    ProjectCost,
    Report,
    make_report,
)
from cpg_infra.plugins.billing_aggregator.cost_report.sending import billing_states, send
from cpg_infra.plugins.billing_aggregator.cost_report.slack import messages
from cpg_infra.plugins.billing_aggregator.cost_report.text import text

__all__ = [
    'Billing',
    'Figures',
    'Flag',
    'Known',
    'ProjectCost',
    'Report',
    'billing_states',
    'gather',
    'make_report',
    'messages',
    'page',
    'send',
    'text',
]

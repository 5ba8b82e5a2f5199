"""Takes a project off its billing account when it is certainly over its budget, and only then.

Whatever is not known for certain is a reason to do nothing: `conditions` has the list, `decision` applies it, `control`
gathers what is known, acts, reads back, and writes every decision down.
"""

from cpg_infra.plugins.billing_aggregator.cost_control.conditions import CONDITIONS, Reason
from cpg_infra.plugins.billing_aggregator.cost_control.control import CostControl, Handled
from cpg_infra.plugins.billing_aggregator.cost_control.decision import Decision, Outcome, decide
from cpg_infra.plugins.billing_aggregator.cost_control.evidence import Evidence, History, Spend, Unknown
from cpg_infra.plugins.billing_aggregator.cost_control.notification import Notification, read_notification
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Mode, Policy, Watched, policy_of

__all__ = [
    'CONDITIONS',
    'CostControl',
    'Decision',
    'Evidence',
    'Handled',
    'History',
    'Mode',
    'Notification',
    'Outcome',
    'Policy',
    'Reason',
    'Spend',
    'Unknown',
    'Watched',
    'decide',
    'policy_of',
    'read_notification',
]

"""Takes a project off its billing account when it is certainly over its budget, and only then.

Whatever is not known for certain is a reason to do nothing: `conditions` has the list, `decision` applies it, `control`
gathers what is known, acts, reads back, and writes every decision down.

What asks the ledger needs the extra `billing`, so it is imported when it is first wanted: a plan needs the policy only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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

_HOMES: Final = {
    'CONDITIONS': 'cpg_infra.plugins.billing_aggregator.cost_control.conditions',
    'CostControl': 'cpg_infra.plugins.billing_aggregator.cost_control.control',
    'Decision': 'cpg_infra.plugins.billing_aggregator.cost_control.decision',
    'Evidence': 'cpg_infra.plugins.billing_aggregator.cost_control.evidence',
    'Handled': 'cpg_infra.plugins.billing_aggregator.cost_control.control',
    'History': 'cpg_infra.plugins.billing_aggregator.cost_control.evidence',
    'Mode': 'cpg_infra.plugins.billing_aggregator.cost_control.policy',
    'Notification': 'cpg_infra.plugins.billing_aggregator.cost_control.notification',
    'Outcome': 'cpg_infra.plugins.billing_aggregator.cost_control.decision',
    'Policy': 'cpg_infra.plugins.billing_aggregator.cost_control.policy',
    'Reason': 'cpg_infra.plugins.billing_aggregator.cost_control.conditions',
    'Spend': 'cpg_infra.plugins.billing_aggregator.cost_control.evidence',
    'Unknown': 'cpg_infra.plugins.billing_aggregator.cost_control.evidence',
    'Watched': 'cpg_infra.plugins.billing_aggregator.cost_control.policy',
    'decide': 'cpg_infra.plugins.billing_aggregator.cost_control.decision',
    'policy_of': 'cpg_infra.plugins.billing_aggregator.cost_control.policy',
    'read_notification': 'cpg_infra.plugins.billing_aggregator.cost_control.notification',
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(home), name)

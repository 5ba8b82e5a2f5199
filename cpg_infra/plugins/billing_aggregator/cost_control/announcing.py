"""What people are told, and when nothing but time, a quota or a setting stands between."""

from __future__ import annotations

from cpg_infra.plugins.billing_aggregator.cost_control.conditions import ANNOUNCEMENTS
from cpg_infra.plugins.billing_aggregator.cost_control.evidence import Evidence, Unknown
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Mode


def announcement(known: Evidence) -> str:
    """A project is over its budget: what will happen, when, and how to prevent it."""
    told = 0 if isinstance(known.history, Unknown) else len(known.history.announced)
    first = known.now if isinstance(known.history, Unknown) else known.history.first_breach or known.now
    lines = [f'{_over(known)} (announcement {told + 1} of {ANNOUNCEMENTS})']
    if known.policy.mode is Mode.ENFORCE:
        lines.append(
            f'After {first + known.policy.grace:%Y-%m-%d %H:%M} UTC the project is taken off its billing account: '
            'everything that runs in it stops, and its data is deleted some time later.'
        )
    else:
        lines.append('Cost control is in dry-run mode: nothing will be done about it.')
    lines.append('Raise the budget, or add a snooze to `billing.gcp_cost_controls.snoozes`, to keep it.')
    return '\n'.join(lines)


def unlinked(known: Evidence) -> str:
    """A project was taken off its billing account."""
    project = known.notification.project
    return (
        f'{_over(known)}\nIt was taken off its billing account. To undo it: '
        f'`gcloud billing projects link {project} --billing-account={known.policy.account}`, within days.'
    )


def failed(known: Evidence, why: str) -> str:
    """A project should have been taken off its billing account, and perhaps was not."""
    return f'{_over(known)}\nTaking it off its billing account failed: {why}'


def _over(known: Evidence) -> str:
    said = known.notification
    watched = known.policy.projects[said.project]
    share = f' ({said.cost / said.amount:.0%})' if said.amount else ''
    return (
        f'{said.project} ({watched.dataset}) has spent {said.cost:,.2f} of its budget of {said.amount:,.2f} '
        f'{said.currency}{share} since {said.since:%Y-%m-%d}.'
    )

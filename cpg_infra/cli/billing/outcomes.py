"""What a run came to, in lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cpg_infra.cli.billing.balances import topic_lines
from cpg_infra.cli.billing.options import SOURCE_FAILED, UNRECONCILED
from cpg_infra.cli.remarks import amount
from cpg_infra.plugins.billing_aggregator.aggregate import Outcome
from cpg_infra.plugins.billing_aggregator.ledger.posting import TopicChange


def outcome_text(outcomes: Sequence[Outcome], *, dry: bool) -> str:
    """A line per source, with what it noticed and what is wrong below it."""
    lines: list[str] = []
    for one in outcomes:
        lines.append(_line(one, dry=dry))
        lines += [f'  {note}' for note in one.notes.said]
        topics = {str(balance): balance.topics for balance in one.balances}
        for fault in one.faults:
            lines += [f'  {fault}', *(f'    {topic}' for topic in topic_lines(topics.get(fault, ())))]
        lines += [f'  {change}' for change in _changes(one.changes)]
    return ''.join(f'{line}\n' for line in lines)


def status_of(outcomes: Iterable[Outcome]) -> int:
    """The exit status: a source that failed outweighs one that does not reconcile."""
    found = {one.status for one in outcomes}
    return SOURCE_FAILED if 'failed' in found else UNRECONCILED if 'unreconciled' in found else 0


def _line(one: Outcome, *, dry: bool) -> str:
    posted = one.posted
    parts = [
        amount(posted.lines, 'line'),
        f'{posted.inserted:,} new postings',
        f'{posted.updated:,} changed',
        f'{posted.deleted:,} removed',
    ]
    if posted.rejected:
        parts.append(f'{posted.rejected:,} in the dead letters')
    if posted.frozen:
        parts.append(f'{posted.frozen:,} of closed months left as they are')
    end = (
        'nothing was written'
        if dry
        else {'ok': 'reconciled', 'unreconciled': 'NOT RECONCILED', 'failed': 'FAILED'}[one.status]
    )
    if dry and one.status == 'failed':
        end = 'FAILED'
    return f'{one.source}: {", ".join(parts)}; {end}'


def _changes(changes: Sequence[TopicChange]) -> Iterable[str]:
    for change in changes:
        yield (
            f'{change.invoice_month} {change.topic}: {change.before.normalize():f} → {change.after.normalize():f} '
            f'{change.currency}'
        )

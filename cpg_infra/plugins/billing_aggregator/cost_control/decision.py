"""From what is known to what is done. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from cpg_infra.plugins.billing_aggregator.cost_control.conditions import ANNOUNCEMENTS, CONDITIONS, Kind, Reason
from cpg_infra.plugins.billing_aggregator.cost_control.evidence import Evidence, Unknown


class Outcome(StrEnum):
    """What a decision comes to."""

    WITHIN = 'within'
    REFUSED = 'refused'
    DOUBT = 'doubt'
    PENDING = 'pending'
    UNLINK = 'unlink'


@dataclass(frozen=True, slots=True)
class Decision:
    """`because`: every condition that does not hold, with its explanation. `announce`: people are to be told now."""

    outcome: Outcome
    because: tuple[tuple[Reason, str], ...] = ()
    announce: bool = False

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The names of the conditions that do not hold."""
        return tuple(reason for reason, _ in self.because)


def decide(known: Evidence) -> Decision:
    """Look at every condition, so that a decision names all that stands against it."""
    failing = [(condition, why) for condition in CONDITIONS if (why := condition.why_not(known)) is not None]
    because = tuple((condition.reason, why) for condition, why in failing)
    kinds = {condition.kind for condition, _ in failing}
    if Reason.WITHIN_BUDGET in {reason for reason, _ in because}:
        # Nothing else was asked: for a budget that holds, the rest is nobody's business.
        return Decision(Outcome.WITHIN, because[:1])
    if Kind.DOUBT in kinds:
        return Decision(Outcome.DOUBT, because)
    if Kind.REFUSAL in kinds:
        return Decision(Outcome.REFUSED, because)
    if Kind.PENDING in kinds:
        return Decision(Outcome.PENDING, because, announce=_due(known))
    return Decision(Outcome.UNLINK)


def _due(known: Evidence) -> bool:
    """The second announcement comes when half of the grace has passed since the first."""
    if isinstance(known.history, Unknown):
        return False
    announced = known.history.announced
    if not announced:
        return True
    spacing: dt.timedelta = known.policy.grace / ANNOUNCEMENTS
    return len(announced) < ANNOUNCEMENTS and known.now - max(announced) >= spacing

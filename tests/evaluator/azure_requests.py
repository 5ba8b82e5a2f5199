"""Eligibility on Azure: on which terms a role may be asked for (Privileged Identity Management)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tests.evaluator.azure_principals import named
from tests.evaluator.resources import Resources, UnreadableError, text
from tests.evaluator.words import Plain

DEFAULT_SECONDS: Final = 8 * 3600
"""How long an activation lasts at most where no policy says otherwise."""

_DURATION: Final = re.compile(r'P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?')


class Terms(NamedTuple):
    """How long it lasts at a time, whether a reason must be given, how many must agree and who they are."""

    seconds: int = DEFAULT_SECONDS
    justified: bool = True
    approvals: int = 0
    approvers: frozenset[str] = frozenset()


def terms(eligible: Mapping[str, Plain], policies: Sequence[Mapping[str, Plain]], resources: Resources) -> Terms:
    """The terms of an eligibility: those of the policy on its scope."""
    here = [policy for policy in policies if text(policy['scope']).lower() == text(eligible['scope']).lower()]
    if len(here) > 1:
        raise UnreadableError(f'{text(eligible["scope"])} has two policies')
    rules = {rule.get('id'): rule for policy in here for rule in policy['rules']}
    found = Terms()
    if (rule := rules.get('Expiration_EndUser_Assignment')) is not None:
        found = found._replace(seconds=seconds(rule['maximumDuration']))
    if (rule := rules.get('Enablement_EndUser_Assignment')) is not None:
        found = found._replace(justified='Justification' in rule['enabledRules'])
    if (rule := rules.get('Approval_EndUser_Assignment')) is not None and rule['setting'].get('isApprovalRequired'):
        stages = rule['setting'].get('approvalStages') or ()
        who = {named(each['id'], resources) for stage in stages for each in stage.get('primaryApprovers') or ()}
        found = found._replace(approvals=len(stages), approvers=frozenset(who))
    return found


def seconds(duration: str) -> int:
    """An ISO 8601 duration of days, hours and minutes. Raises `UnreadableError` for any other."""
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match.groups()):
        raise UnreadableError(f'not a duration: {duration}')
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60

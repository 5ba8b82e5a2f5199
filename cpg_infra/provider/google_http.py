"""What Google's APIs have in common: how they say "already there" and "try again"."""

from __future__ import annotations

from typing import Final

from cpg_infra.provider.reply import Reply, passing
from cpg_infra.provider.values import items, mapping, optional_text

FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
CONFLICT: Final = 409

_QUOTA: Final = frozenset({'rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'RATE_LIMIT_EXCEEDED'})


def exists(reply: Reply) -> bool:
    """Whether 409 means "already exists", not "aborted, try again"."""
    error = mapping(mapping(reply.body).get('error'))
    said = optional_text(error, 'message') or reply.words
    return reply.status == CONFLICT and (
        optional_text(error, 'status') == 'ALREADY_EXISTS' or 'already exists' in said.lower()
    )


def hidden(reply: Reply) -> bool:
    """Whether there may be nothing: Google does not tell whoever may not look."""
    return reply.status == FORBIDDEN and 'may not exist' in reply.words


def google_passing(reply: Reply) -> bool:
    """Whether another try may help: aborted operations and exhausted quotas too."""
    if reply.status == CONFLICT:
        return not exists(reply)
    if reply.status == FORBIDDEN:
        error = mapping(mapping(reply.body).get('error'))
        said = [*items(error.get('errors')), *items(error.get('details'))]
        return any(optional_text(mapping(item), 'reason') in _QUOTA for item in said)
    return passing(reply)

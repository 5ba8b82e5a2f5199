"""Where a cloud's role allows other than what the neutral role means. Nothing else may differ.

Each row is exact: what it adds really is added, what it takes away really is missing. A difference that is not here, and
a row that is no longer true, fail the law.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.evaluator.words import Ability, Can


@dataclass(frozen=True, slots=True)
class Approximation:
    """One difference. `on_request` is set for a role that is only given for a while."""

    cloud: str
    role: str
    added: frozenset[Ability]
    missing: frozenset[Ability]
    reason: str
    on_request: bool = False


def _row(
    cloud: str,
    role: str,
    reason: str,
    *,
    added: tuple[tuple[str, Can], ...] = (),
    missing: tuple[tuple[str, Can], ...] = (),
    on_request: bool = False,
) -> Approximation:
    more, less = (frozenset(Ability(part, can) for part, can in pairs) for pairs in (added, missing))
    return Approximation(cloud, role, more, less, reason, on_request)


_ITSELF = ('', Can.READ_METADATA)
_SEEN_WITH_A_ROLE = 'predefined roles on a project include reading what the project is'
_ADMINISTERING_IS_SEEING = 'who administers something sees it'

APPROXIMATIONS: Final = (
    _row('gcp', 'project.view-compute', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row('gcp', 'project.view-logs', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row('gcp', 'project.view-monitoring', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row('gcp', 'project.view-clusters', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row(
        'gcp',
        'project.administer-clusters',
        f'{_SEEN_WITH_A_ROLE}; {_ADMINISTERING_IS_SEEING}',
        added=(_ITSELF, ('clusters', Can.READ_METADATA)),
    ),
    _row(
        'gcp',
        'project.administer-compute',
        f'{_SEEN_WITH_A_ROLE}; {_ADMINISTERING_IS_SEEING}',
        added=(_ITSELF, ('machines', Can.READ_METADATA)),
    ),
    _row(
        'gcp',
        'project.edit-batch-jobs',
        f'{_SEEN_WITH_A_ROLE}; {_ADMINISTERING_IS_SEEING}',
        added=(_ITSELF, ('batch', Can.READ_METADATA)),
    ),
    _row(
        'gcp',
        'project.work-in-clusters',
        'a worker writes its own logs and measurements',
        added=(('logs', Can.CREATE), ('monitoring', Can.CREATE)),
    ),
    _row(
        'gcp',
        'project.pay-for-requests',
        'the consumer of a service sees how much it consumes',
        added=(('monitoring', Can.READ_METADATA),),
    ),
    _row(
        'gcp',
        'project.view-roles',
        f'{_SEEN_WITH_A_ROLE}, and who holds which role there',
        added=(_ITSELF, ('policy', Can.READ_METADATA)),
    ),
    _row(
        'gcp',
        'project.browse',
        'browsing a project includes who holds which role there',
        added=(('policy', Can.READ_METADATA),),
    ),
    _row(
        'gcp',
        'project.manage-temporary-access',
        f'{_SEEN_WITH_A_ROLE}; {_ADMINISTERING_IS_SEEING}',
        added=(_ITSELF, ('policy', Can.READ_METADATA)),
    ),
    _row('gcp', 'account.act-as', 'the role includes seeing the account', added=(_ITSELF,)),
    _row('gcp', 'account.manage-keys', 'the role includes seeing the account', added=(_ITSELF,)),
    _row('gcp', 'account.create-tokens', 'the role includes seeing the account', added=(_ITSELF,)),
    _row(
        'gcp',
        'bucket.read',
        'entitlements take predefined roles only, and the one for reading objects cannot read the bucket itself',
        missing=(_ITSELF,),
        on_request=True,
    ),
)
"""Every difference, by cloud and role."""

BY_ROLE: Final = {(each.cloud, each.role, each.on_request): each for each in APPROXIMATIONS}

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
    """One difference. `on_request` is set for a role that is only given for a while.

    `unless` names an option of the organisation on that cloud with which there is no difference.
    """

    cloud: str
    role: str
    added: frozenset[Ability]
    missing: frozenset[Ability]
    reason: str
    on_request: bool = False
    unless: str | None = None


def _row(
    cloud: str,
    role: str,
    reason: str,
    *,
    added: tuple[tuple[str, Can], ...] = (),
    missing: tuple[tuple[str, Can], ...] = (),
    on_request: bool = False,
    unless: str | None = None,
) -> Approximation:
    more, less = (frozenset(Ability(part, can) for part, can in pairs) for pairs in (added, missing))
    return Approximation(cloud, role, more, less, reason, on_request, unless)


_ITSELF = ('', Can.READ_METADATA)
_SEEN_WITH_A_ROLE = 'predefined roles on a project include reading what the project is'
_ADMINISTERING_IS_SEEING = 'who administers something sees it'

_VIEWER = (
    'whoever sees logs reads all that is not contents: the configuration of everything in the resource group, '
    'and who holds which role'
)
_VIEWS: Final = (
    _ITSELF,
    ('policy', Can.READ_METADATA),
    ('roles', Can.READ_METADATA),
    ('machines', Can.READ_METADATA),
    ('monitoring', Can.READ_METADATA),
    ('logs', Can.READ_METADATA),
    ('every bucket', Can.READ_METADATA),
    ('every machine-account', Can.READ_METADATA),
    ('every registry', Can.READ_METADATA),
)
"""What the one role for viewing machines, logs and monitoring allows on a resource group."""

APPROXIMATIONS: Final = (
    _row('gcp', 'project.view-compute', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row('gcp', 'project.view-logs', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row(
        'gcp',
        'project.view-monitoring',
        f'{_SEEN_WITH_A_ROLE}; monitoring is of measurements',
        added=(_ITSELF, ('measurements', Can.READ)),
    ),
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
        added=(('logs', Can.CREATE), ('measurements', Can.CREATE)),
    ),
    _row(
        'gcp',
        'project.pay-for-requests',
        'the consumer of a service sees how much it consumes',
        added=(('measurements', Can.READ),),
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
    _row(
        'gcp',
        'account.create-tokens',
        'the role includes seeing the account, and signing as it',
        added=(_ITSELF, ('signatures', Can.CREATE)),
    ),
    _row('gcp', 'account.come-in-as', 'the role includes seeing the account', added=(_ITSELF,)),
    _row('gcp', 'project.run-queries', _SEEN_WITH_A_ROLE, added=(_ITSELF,)),
    _row(
        'gcp',
        'project.unlink-billing',
        'what a project is charged to is read with the project',
        added=(_ITSELF,),
        missing=(('billing', Can.READ_METADATA),),
    ),
    _row(
        'gcp',
        'bucket.read',
        'entitlements take predefined roles only, and the one for reading objects cannot read the bucket itself',
        missing=(_ITSELF,),
        on_request=True,
    ),
    _row(
        'azure',
        'bucket.append',
        'uploads in blocks take the permission to write, and no condition tells a new blob from an old one',
        added=(('', Can.OVERWRITE),),
        unless='strict_append',
    ),
    _row(
        'azure',
        'bucket.mutate',
        'who replaces a blob may also move it to another tier',
        added=(('tier', Can.OVERWRITE),),
    ),
    _row('azure', 'registry.read', 'the role pulls, and does not show the registry itself', missing=(_ITSELF,)),
    _row('azure', 'registry.write', 'the role pushes and pulls, and does not show the registry', missing=(_ITSELF,)),
    _row('azure', 'secret.read', 'the role includes seeing what secret there is', added=(_ITSELF,)),
    _row('azure', 'account.act-as', 'the role includes seeing the identity', added=(_ITSELF,)),
    *(
        _row('azure', f'project.view-{what}', _VIEWER, added=tuple(each for each in _VIEWS if each != meant))
        for what, meant in (
            ('compute', ('machines', Can.READ_METADATA)),
            ('logs', ('logs', Can.READ_METADATA)),
            ('monitoring', ('monitoring', Can.READ_METADATA)),
        )
    ),
    _row(
        'azure',
        'project.view-roles',
        'whoever sees the roles of a resource group sees it, and who holds which role',
        added=(_ITSELF, ('policy', Can.READ_METADATA)),
    ),
)
"""Every difference, by cloud and role."""

BY_ROLE: Final = {(each.cloud, each.role, each.on_request): each for each in APPROXIMATIONS}

"""The membership tables: which group contains which, and what is passed on to a dependency.

They are data so that a reviewer can hold them against `docs/access.md`, row by row.
"""

from __future__ import annotations

from cpg_infra.plan.roles import MetamistRole

CACHED: frozenset[str] = frozenset({'analysis', 'web-access'})

CONTAINS: dict[str, tuple[str, ...]] = {
    'analysis': ('data-manager',),
    'upload': ('data-manager',),
    'metadata-access': ('analysis',),
    'metadata-contribute': ('analysis',),
    'web-access': ('analysis', 'metadata-access'),
    'main-list': ('analysis',),
    'main-read': ('main-create', 'data-manager'),
    'main-create': ('standard', 'full'),
}
"""What the groups of every dataset contain."""

CONTAINS_WITH_TESTS: dict[str, tuple[str, ...]] = {
    'test-full': ('analysis', 'full', 'test'),
    'test-read': ('test-full',),
}
"""What further groups contain when the dataset has a test namespace."""

IMAGES: dict[str, tuple[str, ...]] = {
    'images-reader': ('analysis', 'standard', 'full'),
    'images-writer': ('standard', 'full'),
    'images-dev-writer': ('test', 'test-full'),
}
"""What the groups of image users contain, with the container registry component."""

IMAGES_WITH_TESTS: dict[str, tuple[str, ...]] = {
    'images-reader': ('test',),
    'images-dev-reader': ('test',),
}
"""What they contain besides when the dataset has a test namespace."""

METAMIST_GROUPS: dict[str, tuple[str, MetamistRole]] = {
    'sample-metadata-main-read': ('main', MetamistRole.READER),
    'sample-metadata-main-contribute': ('main', MetamistRole.CONTRIBUTOR),
    'sample-metadata-main-write': ('main', MetamistRole.WRITER),
    'sample-metadata-test-read': ('test', MetamistRole.READER),
    'sample-metadata-test-contribute': ('test', MetamistRole.CONTRIBUTOR),
    'sample-metadata-test-write': ('test', MetamistRole.WRITER),
}
"""The six groups of the metamist component: the namespace and the role that each gives."""

_MR, _MC, _MW = 'sample-metadata-main-read', 'sample-metadata-main-contribute', 'sample-metadata-main-write'
_TR, _TC, _TW = 'sample-metadata-test-read', 'sample-metadata-test-contribute', 'sample-metadata-test-write'
ALL_METAMIST_GROUPS: tuple[str, ...] = tuple(METAMIST_GROUPS)

METAMIST_SOURCES: dict[str, tuple[str, ...]] = {
    'analysis': (_MR, _MC, _TR, _TW, _TC),
    'data-manager': ALL_METAMIST_GROUPS,
    'full': ALL_METAMIST_GROUPS,
    'metadata-access': (_MR, _TR, _TW),
    'metadata-contribute': (_MR, _MC, _TR, _TW, _TC),
    'metadata-write': (_MR, _MW, _TR, _TW),
    'test-full': (_MR, _TR, _TW),
    'test-read': (_MR, _TR),
    'main-read': (_MR,),
    'main-create': (_MR, _MW),
}
"""Which groups are in which of the six."""

METAMIST_COORDINATOR: tuple[str, ...] = (_MR,)
METAMIST_LOGGER: tuple[str, ...] = ALL_METAMIST_GROUPS
METAMIST_READ_ONLY: tuple[str, ...] = (_MR,)
METAMIST_READ_WRITE: tuple[str, ...] = (_MR, _MW)

PASSED_ON: tuple[str, ...] = (
    'analysis',
    'data-manager',
    'web-access',
    'metadata-access',
    'metadata-contribute',
    'metadata-write',
    'upload',
    'main-list',
    'main-read',
    'main-create',
    'full',
    'images-reader',
    'images-dev-reader',
    'images-writer',
    'images-dev-writer',
    'tmp-main-read-access',
)
"""`depends_on`: the group of the dependant becomes a member of the same group of the dependency."""

PASSED_ON_WITH_TESTS: tuple[str, ...] = ('test-read', 'test-full')
"""Passed on besides when the dependant has a test namespace."""

READ_ONLY: dict[str, tuple[str, ...]] = {
    'main-read': ('main-read', 'main-create', 'full'),
    'main-list': ('main-list',),
    'images-reader': ('images-reader',),
    'images-dev-reader': ('images-dev-reader', 'images-dev-writer'),
    'tmp-main-read-access': ('tmp-main-read-access',),
}
"""`depends_on_readonly`: which groups of the dependant are in which group of the dependency."""

READ_ONLY_WITH_TESTS: dict[str, tuple[str, ...]] = {'test-read': ('test-read', 'test-full')}

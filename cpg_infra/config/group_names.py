"""Names of the groups that exist for every dataset and for the organisation, without prefix and domain."""

from __future__ import annotations

from typing import Final

METAMIST_GROUP_SUFFIXES: Final = (
    'sample-metadata-main-read',
    'sample-metadata-main-write',
    'sample-metadata-main-contribute',
    'sample-metadata-test-read',
    'sample-metadata-test-write',
    'sample-metadata-test-contribute',
)
"""Suffixes of the groups that only a dataset with the component `metamist` has."""

EVERY_DATASET_SUFFIXES: Final = (
    'data-manager',
    'analysis',
    'upload',
    'metadata-access',
    'metadata-contribute',
    'metadata-write',
    'web-access',
    'release-access',
    'main-list',
    'main-read',
    'main-create',
    'test',
    'standard',
    'full',
    'test-full',
    'test-read',
    'images-reader',
    'images-writer',
    'images-dev-reader',
    'images-dev-writer',
    'tmp-main-read-access',
)
"""Suffixes of the groups that every dataset has, whatever its components."""

DATASET_GROUP_SUFFIXES: Final = (*EVERY_DATASET_SUFFIXES, *METAMIST_GROUP_SUFFIXES)
"""A dataset's groups are `<dataset>-<suffix>`."""

ORGANISATION_GROUPS: Final = (
    'analysis-runner-config-viewers-group',
    'sample-metadata-invokers',
    'internal-logs-access',
    'hail-wheels-viewers',
    'git-credentials-readers',
    'analysis-runner-invokers',
)
"""Groups that the program makes once for the whole organisation."""
